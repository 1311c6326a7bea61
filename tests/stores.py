"""Small stores as `darksocial nightly` writes them, made by hand: real Parquet, real JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from darksocial.lookups import apps
from darksocial.report import summary_json
from darksocial.report.before import AS_ARRIVED
from darksocial.report.group_rows import Groups
from darksocial.report.values import (
    AppRow,
    Before,
    ChannelRow,
    ConversionRow,
    DarkSocial,
    LikelyBots,
    PageRow,
    Report,
    Shares,
)
from darksocial.schema import SESSIONS

DAY = date(2026, 3, 30)
Z = 1.645


@dataclass(frozen=True, slots=True)
class Visits:
    """`count` visits of a page, one after the other from `hour` on, each dark with probability
    `p`, through an app; `every` minutes lie between two."""

    path: str
    count: int
    p: float = 1.0
    app: str | None = None
    hour: int = 9
    every: float = 0.5
    site: str | None = None
    conversions: int | None = None


def days_before(count: int, last: date = DAY) -> list[date]:
    """The `count` days before a day, in order."""
    return [last - timedelta(days=n) for n in range(count, 0, -1)]


def write_day(store: Path, day: date, visits: Sequence[Visits]) -> None:
    """Write the sessions and the report of a day."""
    rows = [row for number, each in enumerate(visits) for row in _rows(day, each, number)]
    folder = store / "sessions" / f"date={day}"
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, SESSIONS.arrow), folder / "sessions-0.parquet")
    report = store / "reports" / f"date={day}" / "summary.json"
    report.parent.mkdir(parents=True)
    summary_json.write(report, report_on(visits))


def write_run(
    store: Path,
    started: datetime,
    days: Sequence[date],
    *,
    hits: int = 1000,
    rejects: int = 0,
    file: str = "access.log",
    unread: Sequence[Sequence[str]] = (),
) -> None:
    """Write the file of a run that read one log."""
    counts = {"lines": hits + rejects + 2, "hits": hits, "rejects": rejects, "blanks": 2}
    entry = {"file": file, "format": "combined", **counts, "unfinished": False}
    told = {
        "started_at": started.isoformat(),
        "ended_at": (started + timedelta(seconds=42)).isoformat(),
        "inputs": [entry],
        "days": [str(day) for day in days],
        "unread": list(unread),
        "purged": [],
        "version": "0.1.0",
    }
    path = store / "runs" / f"{started:%Y%m%dT%H%M%SZ}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told), "utf-8")


def night_after(day: date) -> datetime:
    """Three in the morning after a day."""
    return datetime.combine(day + timedelta(days=1), time(3), UTC)


def write_usual(store: Path, count: int, visits: Sequence[Visits], last: date = DAY) -> None:
    """Write the `count` days before a day, all with the same visits, and the run of each."""
    for day in days_before(count, last):
        write_day(store, day, visits)
        write_run(store, night_after(day), [day], hits=990, rejects=10)


def _rows(day: date, visits: Visits, number: int) -> list[dict[str, Any]]:
    begin = datetime.combine(day, time(visits.hour), UTC)
    common = {
        "site": visits.site,
        "pageviews": 1,
        "landing_path": visits.path,
        "device": "mobile",
        "new_visitor": True,
        "began": "arrival",
        "weight": 1.0,
        "conversions": visits.conversions,
        "channel_before": "Direct",
        "source_before": "(direct)",
        "medium_before": "(none)",
        "channel_after": "Dark Social" if visits.p > 0.5 else "Direct",
        "app": visits.app,
        "p_dark_social": visits.p,
        "p_direct": 1 - visits.p,
        **{f"p_lost_{cause}": 0.0 for cause in ("search", "social", "email", "ai")},
        "evidence": [],
    }
    starts = [begin + timedelta(minutes=visits.every * n) for n in range(visits.count)]
    return [
        {**common, "session_id": f"{number}-{n}", "visitor_id": f"{number}-{n}"}
        | {"started_at": start, "ended_at": start}
        for n, start in enumerate(starts)
    ]


def report_on(visits: Sequence[Visits]) -> Report:
    """A report on visits that were all booked as Direct."""
    total = float(sum(each.count for each in visits))
    dark = sum(each.count * each.p for each in visits)
    spread = Z * sum(each.count * each.p * (1 - each.p) for each in visits) ** 0.5 + 1
    by_app: dict[str | None, float] = {}
    for each in visits:
        by_app[each.app] = by_app.get(each.app, 0.0) + each.count * each.p
    sold = sum(each.count * each.conversions for each in visits if each.conversions)
    return Report(
        version="0.1.0",
        config_hash="",
        inputs=(),
        unread=(),
        started_at=None,
        ended_at=None,
        zone="UTC",
        filter=None,
        sessions=total,
        visitors=int(total),
        pageviews=int(total),
        before=Before(AS_ARRIVED, 0.0),
        channels=(
            ChannelRow("Dark Social", 0.0, dark, max(0.0, dark - spread), dark + spread),
            ChannelRow("Direct", total, total - dark, total - dark - spread, total),
        ),
        channels_recorded=(),
        goals=1,
        conversions=(ConversionRow("Direct", sold, sold, 20.0 * sold, 20.0 * sold),)
        if sold
        else (),
        groups=Groups(),
        likely_bots=LikelyBots(sessions=0.0, direct=0.0, expected=0.0, low=0.0, high=0.0),
        dark_social=DarkSocial(
            expected=dark,
            low=max(0.0, dark - spread),
            high=dark + spread,
            direct_sessions=total,
            direct_expected=dark,
            direct_low=max(0.0, dark - spread),
            direct_high=dark + spread,
            share_of_direct=dark / total if total else None,
            prior_share=0.5,
        ),
        apps=tuple(
            AppRow(app, apps.label(app) if app else "not known", expected, None)
            for app, expected in by_app.items()
        ),
        pages=tuple(
            PageRow(each.site, each.path, each.count, each.count, each.count * each.p)
            for each in visits
        ),
        shares=Shares(0, 0, 0.0, None, (), ()),
        evidence=(),
        rejects=(),
        bots=(),
        previews=(),
        notes=(),
        site_notes=(),
        goal_notes=(),
        cannot_tell=(),
        masked_origins=(),
        model=(),
        counted_twice=(),
    )


def more(visits: Visits, count: int) -> Visits:
    """The same visits in another number."""
    return replace(visits, count=count)
