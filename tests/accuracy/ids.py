"""How well what came with share ids is counted, in the simulated worlds whose pages give them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from darksocial import Analysis, shares
from darksocial.evaluation.truth import TOLERANCE_SECONDS, visitor_id

Rows = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CountsOfIds:
    """What an analysis says of share ids beside the truth, summed up.

    came: sessions that came by a private share with an id; `known`: those with that id.
    others: sessions with an id that came by no share (own ids, scans), likely bots left out.
    fetched: of `known` those booked as Direct whose id one app alone shared, and its preview was
    fetched; `right`: with that app.
    shares: those in the truth with an id, once each; `seen`: those of them in the report;
    `parents`: with the parent of the truth (none is one, too); `false`: with another.
    clicks, of_report: visits a share in the truth, and whether the report's interval holds it.
    """

    came: int
    known: int
    others: int
    fetched: int
    right: int
    shares: int
    seen: int
    parents: int
    false: int
    clicks: float
    holds: bool


def counts_of_ids(analysis: Analysis, truth: Rows, secret: str, out: Path) -> CountsOfIds:
    """Compare an analysis, which is written to `out`, with the truth about the same log."""
    analysis.write(out)
    visits = _joined(analysis.to_pandas(), truth, secret)
    came = [row for row in visits if row["shared_from"] and row["true_id"]]
    known = [row for row in came if row["id"] == row["true_id"]]
    others = [row for row in visits if row["id"] and not row["true_id"] and row["p_bot"] < 0.5]
    made = [row for row in truth if row["type"] == "share" and row["share_id"]]
    apps = Counter(row["share_id"] for row in made)
    alone = {row["share_id"] for row in made if row["preview_time"] and apps[row["share_id"]] == 1}
    fetched = [row for row in known if row["dark"] and row["id"] in alone]
    private = {(r["share_root"], r["share_id"]): r for r in made if not r["public"]}
    report = shares(out)
    seen = {(share.root, share.key): share.parent for share in report.shares}
    pairs = [(seen[key], row["share_parent"]) for key, row in private.items() if key in seen]
    clicks = len(came) / len(private)
    rate = report.clicks_per_share
    return CountsOfIds(
        came=len(came),
        known=len(known),
        others=len(others),
        fetched=len(fetched),
        right=sum(row["app"] == row["true_app"] for row in fetched),
        shares=len(private),
        seen=len(pairs),
        parents=sum(said == true for said, true in pairs),
        false=sum(said is not None and said != true for said, true in pairs),
        clicks=clicks,
        holds=rate is not None and rate.low <= clicks <= rate.high,
    )


def _joined(sessions: pd.DataFrame, truth: Rows, secret: str) -> list[dict[str, Any]]:
    """The sessions, each with the true visit of the same visitor and moment, if there is one."""
    rows = [row for row in truth if row["type"] == "visit"]
    real = pd.DataFrame(rows)[["time", "client_ip", "user_agent", "app", "dark", "shared_from"]]
    real = real.assign(true_id=[row["share_id"] for row in rows]).rename(
        columns={"app": "true_app"}
    )
    people = zip(real.client_ip, real.user_agent, strict=True)
    real["visitor_id"] = [visitor_id(secret, *who) for who in people]
    real["started"] = pd.to_datetime(real.time, utc=True).astype("datetime64[us, UTC]")
    left = sessions.assign(started=sessions.started_at.astype("datetime64[us, UTC]"))
    left = left[["started", "visitor_id", "share_id", "app", "p_bot"]].rename(
        columns={"share_id": "id"}
    )
    both = pd.merge_asof(
        left.sort_values("started"),
        real.drop(columns=["time", "client_ip", "user_agent"]).sort_values("started"),
        on="started",
        by="visitor_id",
        direction="nearest",
        tolerance=pd.Timedelta(seconds=TOLERANCE_SECONDS),
    )
    plain = both.astype(object)
    found: list[dict[str, Any]] = plain.where(plain.notna(), None).to_dict("records")
    return found
