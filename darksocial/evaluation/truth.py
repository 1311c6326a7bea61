"""The truth about labelled traffic, and its visits joined with the sessions of an analysis."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from darksocial.errors import InputError
from darksocial.language import gettext as _
from darksocial.visits.visitors import ID_DIGITS

TOLERANCE_SECONDS = 60
TRUTH_COLUMNS = ("time", "client_ip", "user_agent", "path", "cause", "app", "dark")


@dataclass(frozen=True, slots=True)
class Truth:
    """Visits, shares and machines as they were, one frame each; `visitor_id` added."""

    visits: pd.DataFrame
    shares: pd.DataFrame
    bots: pd.DataFrame


def read(path: Path, secret: str) -> Truth:
    """Read a truth.jsonl (sample_logs/README.md describes it). `secret` keys visitor ids.

    Raises InputError if the file is none.
    """
    kinds: dict[str, list[dict[str, Any]]] = {"visit": [], "share": [], "bot": []}
    try:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            kinds[row["type"]].append(row)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            _("{path} is no truth about traffic: {reason!r}").format(path=path, reason=error),
            expected=_("JSON lines of the types visit, share and bot"),
            advice=_("`darksocial simulate` writes one"),
        ) from error
    return Truth(
        _with_ids(pd.DataFrame(kinds["visit"], columns=TRUTH_COLUMNS), secret),
        pd.DataFrame(kinds["share"], columns=["path", "app", "preview_time"]),
        _with_ids(pd.DataFrame(kinds["bot"], columns=["kind", "client_ip", "user_agent"]), secret),
    )


def _with_ids(rows: pd.DataFrame, secret: str) -> pd.DataFrame:
    pairs = zip(rows.client_ip, rows.user_agent, strict=True)
    ids = [visitor_id(secret, address, agent) for address, agent in pairs]
    return rows.assign(visitor_id=pd.Series(ids, dtype=str, index=rows.index))


def visitor_id(secret: str, address: str | None, agent: str | None) -> str:
    """Return the visitor_id of an address and a user agent, as visits/visitors.py makes it."""
    text = f"{secret}\n{address or ''}\n{agent or ''}"
    return hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]


def joined(sessions: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return the sessions that are a true visit, with its `cause`, `true_app` and `dark`.

    A session is the visit of the same visitor that began within a minute of it. Visits that began
    within a session join none.
    """
    times = visits.assign(
        started=pd.to_datetime(visits.time, utc=True).astype("datetime64[us, UTC]")
    )
    times = times.rename(columns={"app": "true_app"}).drop(columns=["time"])
    left = sessions.assign(started=sessions.started_at).sort_values("started")
    matched = pd.merge_asof(
        left,
        times[["started", "visitor_id", "cause", "true_app", "dark"]].sort_values("started"),
        on="started",
        by="visitor_id",
        direction="nearest",
        tolerance=pd.Timedelta(seconds=TOLERANCE_SECONDS),
    )
    return matched[matched.cause.notna()].assign(dark=lambda rows: rows.dark.astype(bool))
