"""Why visits were judged as they were, read back from the sessions that an analysis wrote."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import NoneType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from darksocial import arguments
from darksocial.errors import InputError, UsageError
from darksocial.schema import SESSIONS

KEY = "session_id"
CAUSES = {
    "p_dark_social": "dark social",
    "p_direct": "direct",
    "p_lost_search": "lost search",
    "p_lost_social": "lost social",
    "p_lost_email": "lost email",
    "p_lost_ai": "lost AI assistant",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A signal that spoke: how far it moved the log-odds of dark social, and what it saw."""

    signal: str
    log_odds: float
    note: str


@dataclass(frozen=True, slots=True)
class ExplainedVisit:
    """One visit with its verdict: the causes with their probabilities (they sum to 1, the most
    probable first) and the evidence, strongest first."""

    session_id: str
    started_at: datetime
    landing_path: str
    referrer: str | None
    device: str | None
    browser: str | None
    in_app: str | None
    new_visitor: bool
    source_before: str
    medium_before: str
    channel_before: str
    channel_after: str
    app: str | None
    causes: tuple[tuple[str, float], ...]
    evidence: tuple[Evidence, ...]


def explain(
    out: arguments.Place,
    *,
    session: str | None = None,
    page: str | None = None,
    app: str | None = None,
    top: int = 10,
) -> list[ExplainedVisit]:
    """Return visits with their evidence, the most probably dark first, at most `top`.

    They are those of one `session` id, of one landing `page`, of one `app`, or of all in `out`, the
    folder of an analysis.

    Raises InputError where `out` holds no analysis, and UsageError where nothing in it has that
    session or page.
    """
    out = arguments.folder("out", out)
    for field, value in (("session", session), ("page", page), ("app", app)):
        arguments.check(field, value, str, NoneType)
    arguments.check("top", top, int)
    sessions = sessions_of(out)
    wanted = None
    if session:
        wanted = pc.field("session_id") == session
    elif page:
        wanted = pc.field("landing_path") == page
    elif app:
        wanted = pc.field("app") == app
    with legible(out):
        narrow = sessions.to_table(
            columns=["session_id", "started_at", "p_dark_social"], filter=wanted
        ).sort_by(
            [
                ("p_dark_social", "descending"),
                ("started_at", "ascending"),
                ("session_id", "ascending"),
            ]
        )
    if wanted is not None and not narrow.num_rows:
        raise UsageError(
            _nothing_found(out, session, page, app),
            expected="a session_id, a landing_path or an app of the sessions",
            advice=f"darksocial explain {out} --top 5",
        )
    chosen = narrow.slice(0, min(top, narrow.num_rows)).column("session_id")
    with legible(out):
        rows = sessions.to_table(
            filter=pc.field("session_id").isin(pa.array(chosen.to_pylist(), pa.string()))
        )
    return _explained(rows.to_pylist())


def _nothing_found(out: Path, session: str | None, page: str | None, app: str | None) -> str:
    if session:
        return f"no visit in {out} has the session {session}"
    if page:
        return f"no visit in {out} landed on {page}"
    return f"no visit in {out} came through the app {app}"


@contextmanager
def legible(out: Path) -> Iterator[None]:
    """Translate what Arrow raises for a damaged file of a result into an InputError."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(
            f"{out} cannot be read: {reason}",
            expected="what `darksocial analyze` or `darksocial nightly` wrote",
            advice="write it anew; `darksocial store verify` checks a store",
        ) from error


def sessions_of(out: Path) -> ds.Dataset:
    """Return the sessions that an analysis wrote. Raises InputError where there are none."""
    folder = out / "sessions"
    if not folder.is_dir():
        raise InputError(
            f"{out} holds no sessions",
            expected="the folder that `darksocial analyze` wrote",
            advice=f"darksocial analyze LOG --out {out}",
        )
    with legible(out):
        sessions = ds.dataset(folder, SESSIONS.arrow, format="parquet", partitioning="hive")
        for file in sessions.get_fragments():
            if KEY not in file.physical_schema.names:
                raise InputError(
                    f"{file.path} holds no sessions: it has no column {KEY}",
                    expected="what `darksocial analyze` or `darksocial nightly` wrote",
                    advice="move the file elsewhere",
                )
    return sessions


def _explained(rows: Sequence[dict[str, Any]]) -> list[ExplainedVisit]:
    ordered = sorted(
        rows, key=lambda row: (-row["p_dark_social"], row["started_at"], row["session_id"])
    )
    return [_visit(row) for row in ordered]


def _visit(row: dict[str, Any]) -> ExplainedVisit:
    told = {name: row[name] for name in ExplainedVisit.__dataclass_fields__ if name in row}
    told["evidence"] = tuple(Evidence(**item) for item in row["evidence"])
    return ExplainedVisit(**told, causes=_causes(row))


def _causes(row: dict[str, Any]) -> tuple[tuple[str, float], ...]:
    causes = {label: row[column] for column, label in CAUSES.items()}
    booked = 1.0 - sum(causes.values())
    if row["channel_before"] != "Direct":
        causes[f"{row['channel_before']}, as booked"] = max(0.0, booked)
    ranked = sorted(causes.items(), key=lambda item: -item[1])
    return tuple((label, p) for label, p in ranked if p > 0)
