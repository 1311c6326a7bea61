"""Read a page's visits over time, and an app's evidence, from what an analysis wrote."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds

from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.lookups.apps import app_tagged, label
from darksocial.results.explain import (
    both,
    condition_of,
    expected_app,
    legible,
    period_of,
    sessions_of,
    within,
)
from darksocial.schema import MIN_LIKELY_BOT, NOT_LOGGED, SHARES
from darksocial.selection import EVERYTHING, Selection

MAX_STEPS = 32
STEPS = tuple(
    timedelta(minutes=m) for m in (1, 5, 10, 30, 60, 180, 360, 720, 1440, 2880, 10080, 40320)
)


@dataclass(frozen=True, slots=True)
class Step:
    """A period of time on a page: visits of other channels, Direct visits without and with dark
    social (expected numbers), and the apps that fetched its preview."""

    start: datetime
    booked: float
    direct: float
    dark: float
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grounds:
    """The evidence for one app: its visits by the kind of evidence, and their expected number."""

    app: str
    label: str
    visits: int
    dark: float
    by_ground: tuple[tuple[str, int], ...]


def page_tempo(
    out: Path, page: str, selection: Selection = EVERYTHING, site: str | None = None
) -> tuple[Step, ...]:
    """Return the page's visits that a selection chooses, and the shares of its time, in steps; with
    a `site` those of its page alone.

    The steps are as short as `MAX_STEPS` of them allow. Raises InputError if `out` holds no
    analysis, and UsageError if no visit landed on the page.
    """
    columns = ["started_at", "began", "channel_before", "p_dark_social", "p_bot", "weight"]
    of_site = None if site is None else pc.field("site") == site
    with legible(out):
        chosen = both(pc.field("landing_path") == page, condition_of(out, selection))
        chosen = both(chosen, of_site)
        visits = sessions_of(out).to_table(columns, filter=chosen)
    if not visits.num_rows:
        raise UsageError(
            _("no visit in {out} landed on {page}").format(out=out, page=page),
            expected=_("a landing_path of the sessions"),
        )
    with legible(out):
        in_time = within(period_of(out, selection), "time")
        of_page = both(both(pc.field("path") == page, in_time), of_site)
        table = shares_of(out).to_table(["time", "app"], filter=of_page)
    shares = table.to_pylist()
    rows = visits.to_pylist()
    times = [row["started_at"] for row in rows] + [row["time"] for row in shares]
    width = _width(max(times) - min(times))
    steps: dict[datetime, list[dict[str, Any]]] = {}
    apps: dict[datetime, list[str]] = {}
    for row in rows:
        steps.setdefault(_floor(row["started_at"], width), []).append(row)
    for row in sorted(shares, key=lambda share: (share["time"], share["app"])):
        apps.setdefault(_floor(row["time"], width), []).append(label(row["app"]))
    starts = sorted({*steps, *apps})
    return tuple(_step(start, steps.get(start, []), apps.get(start, [])) for start in starts)


def shares_of(out: Path) -> ds.Dataset:
    """Return the shares of an analysis (a file, or a folder of files) or of a store (by day); a
    folder without any has none (an export, or a log without previews)."""
    of_analysis = out / "shares.parquet"
    place = of_analysis if of_analysis.exists() else out / "shares"
    if not place.exists():
        return ds.dataset(SHARES.arrow.empty_table())
    return ds.dataset(place, SHARES.arrow, format="parquet", partitioning="hive")


def app_grounds(out: Path, app: str, selection: Selection = EVERYTHING) -> Grounds:
    """Return the evidence of the chosen visits with an app. Raises UsageError without any."""
    columns = ["app", "in_app", "referrer", "utm_source", "p_dark_social", "share_id"]
    with legible(out):
        chosen = both(pc.field("app") == app, condition_of(out, selection))
        table = sessions_of(out).to_table(columns, filter=chosen)
    rows = table.to_pylist()
    if not rows:
        raise UsageError(
            _("no visit in {out} came through the app {app}").format(out=out, app=app),
            expected=expected_app(out, app),
        )
    grounds = Counter(_ground(row) for row in rows)
    ranked = tuple(sorted(grounds.items(), key=lambda item: (-item[1], item[0])))
    return Grounds(app, label(app), len(rows), sum(r["p_dark_social"] for r in rows), ranked)


def _ground(row: dict[str, Any]) -> str:
    if row["referrer"]:
        return _("a referrer or package that names it")
    if row["in_app"] == row["app"]:
        return _("its own in-app browser")
    if app_tagged(row["utm_source"]) == row["app"]:
        return _("the utm_source of the link")
    if row["share_id"]:
        return _("a preview with the share id of the link")
    return _("a preview that it fetched shortly before")


def _width(span: timedelta) -> timedelta:
    return next((step for step in STEPS if span <= step * MAX_STEPS), STEPS[-1])


def _floor(time: datetime, width: timedelta) -> datetime:
    seconds = int(width.total_seconds())
    return datetime.fromtimestamp(int(time.timestamp()) // seconds * seconds, UTC)


def _step(start: datetime, rows: Sequence[dict[str, Any]], apps: Sequence[str]) -> Step:
    booked_direct = [row for row in rows if row["channel_before"] == "Direct"]
    people = [row for row in booked_direct if (row["p_bot"] or 0.0) <= MIN_LIKELY_BOT]
    direct = [row for row in people if row["began"] != NOT_LOGGED]
    dark = sum(row["p_dark_social"] * row["weight"] for row in direct)
    everything, all_direct = (sum(row["weight"] for row in part) for part in (rows, direct))
    return Step(start, everything - all_direct, all_direct - dark, dark, tuple(dict.fromkeys(apps)))
