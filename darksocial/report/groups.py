"""Count the visits of a report by day, device or something else that they share (Breakdown).

Groups of time are in their order, others by their dark social. The interval of a group is that of
channels.py for its visits, and is wider by the same factor as that of the whole report, which
allows for what the input lacks (hidden.py). Assumed: what is missing is missing in each group.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pyarrow as pa

from darksocial.engines import Engine
from darksocial.expressions import ir
from darksocial.model.sums import exact_sum
from darksocial.report.build import by_pattern, sums_by_channel
from darksocial.report.channels import Sums, channel_rows, interval
from darksocial.report.group_rows import GroupChannelRow, GroupRow, Groups
from darksocial.report.values import DarkSocial, Report
from darksocial.selection import BY_TIME, Breakdown, zone_of
from darksocial.visits.hits import whole_seconds

QUARTER_HOUR_SECONDS = 900
"""Days and hours of every zone in use begin at a quarter of an hour of UTC
(https://data.iana.org/time-zones/theory.html); times before 1972 are not looked at."""
NOT_KNOWN_KEY = ""
"""In place of null, which equals nothing in a join."""
COLUMN_OF = {"device": "device", "country": "country", "campaign": "utm_campaign", "app": "app"}
GROUPED = ("place", "channel", "booked")


def with_groups(
    engine: Engine, report: Report, visits: ir.Table, breakdown: Breakdown, zone: str
) -> Report:
    """Return the report with its visits by what `breakdown` names, in the days of `zone`."""
    grouped = engine.view("grouped_visits", _with_group(engine, visits, breakdown.by, zone))
    patterns = by_pattern(engine, grouped, ("group",))
    names, number = _names(engine, patterns, breakdown)
    keys = pa.table({"group": pa.array(names, pa.string()), "place": range(len(names))})
    placed = patterns.left_join(engine.load("named_groups", keys), "group").drop("group_right")
    placed = engine.stage("placed", placed.mutate(place=placed.place.fill_null(len(names))))
    sums: dict[int, list[Sums]] = defaultdict(list)
    for row in sums_by_channel(engine, placed, GROUPED):
        sums[row["place"]].append(row)
    wider = _wider(report.dark_social, [row for rows in sums.values() for row in rows])
    rows, channels = [], []
    for place, name in enumerate([*names, NOT_KNOWN_KEY]):
        if place in sums:
            others = number - len(names) if place == len(names) else 0
            rows.append(_row(name or None, others, sums[place], wider))
            channels += _channels(name or None, others, sums[place])
    return replace(report, groups=Groups(breakdown.by, tuple(rows), tuple(channels)))


def _with_group(engine: Engine, visits: ir.Table, by: str, zone: str) -> ir.Table:
    """Return visits with the name of their `group`; '' where it is not known."""
    if by in COLUMN_OF:
        return visits.mutate(group=visits[COLUMN_OF[by]].fill_null(NOT_KNOWN_KEY))
    if by == "landing":
        name = visits.site.fill_null("").concat(visits.landing_path)
        return visits.mutate(group=name.fill_null(NOT_KNOWN_KEY))
    if by == "section":
        return _looked_up(engine, visits, visits.landing_path, section_of)
    quarter = whole_seconds(visits.started_at) // QUARTER_HOUR_SECONDS
    local = zone_of(zone)
    return _looked_up(engine, visits, quarter, lambda number: time_group(by, number, local))


def _looked_up(
    engine: Engine, visits: ir.Table, value: ir.Value, name_of: Callable[[Any], str]
) -> ir.Table:
    """Return visits with the group that `name_of` makes of each distinct value."""
    keyed = engine.view("keyed_visits", visits.mutate(group_key=value))
    keys = keyed.filter(keyed.group_key.notnull()).select("group_key").distinct()

    def look_up(batch: pa.RecordBatch) -> pa.RecordBatch:
        names = [name_of(key) for key in batch.column("group_key").to_pylist()]
        columns = [batch.column("group_key"), pa.array(names, pa.string())]
        return pa.RecordBatch.from_arrays(columns, ["key", "group"])

    names = engine.look_up("group_names", keys, look_up)
    joined = keyed.left_join(names, keyed.group_key == names.key)
    return joined.mutate(group=joined.group.fill_null(NOT_KNOWN_KEY)).drop("key", "group_key")


def section_of(path: str) -> str:
    """Return the section of a page, the first part of its path: /politics/ of /politics/a/b."""
    first, slash, _rest = path.partition("?")[0].removeprefix("/").partition("/")
    return f"/{first}/" if slash else "/"


def time_group(by: str, quarter: int, zone: tzinfo) -> str:
    """Return the day, the Monday of the week, or the hour of the day in a zone, of a quarter of an
    hour, numbered since 1970."""
    local = datetime.fromtimestamp(quarter * QUARTER_HOUR_SECONDS, UTC).astimezone(zone)
    match by:
        case "hour":
            return f"{local:%H}:00"
        case "week":
            return f"{local.date() - timedelta(days=local.weekday())}"
    return f"{local.date()}"


def _names(engine: Engine, patterns: ir.Table, breakdown: Breakdown) -> tuple[list[str], int]:
    """Return the groups that have a row of their own, in the order of the rows, and how many groups
    there are."""
    totals = patterns.group_by("group").agg(
        n=exact_sum(patterns.n), dark=exact_sum(patterns.n * patterns.p_dark_social)
    )
    ranked = totals.order_by([totals.dark.desc(), totals.n.desc(), totals.group])
    limit = breakdown.rows
    top = engine.fetch(ranked.limit(limit) if limit else ranked, "groups")["group"].to_pylist()
    number = engine.fetch(totals.agg(n=totals.count()), "number of groups").to_pylist()[0]["n"]
    return (sorted(top) if breakdown.by in BY_TIME else top), number


def _wider(whole: DarkSocial, sums: Sequence[Sums]) -> tuple[float, float]:
    """Return the factors of both bounds by which the report allows for what the input lacks."""
    low, high = interval([(row, "p_dark_social") for row in sums], _total(sums, "n"))
    return whole.low / low if low else 1.0, whole.high / high if high else 1.0


def _row(
    name: str | None, others: int, sums: Sequence[Sums], wider: tuple[float, float]
) -> GroupRow:
    sessions = _total(sums, "n")
    low, high = interval([(row, "p_dark_social") for row in sums], sessions)
    direct = next((row for row in channel_rows(sums) if row.channel == "Direct"), None)
    return GroupRow(
        name=name,
        others=others,
        sessions=sessions,
        direct_before=direct.before if direct else 0.0,
        direct_after=direct.after if direct else 0.0,
        dark=_total(sums, "p_dark_social"),
        low=low * wider[0],
        high=min(sessions, high * wider[1]),
        conversions=_total(sums, "conversions"),
        conversions_dark=_total(sums, "conversions_p_dark_social"),
        revenue=_total(sums, "revenue"),
        revenue_dark=_total(sums, "revenue_p_dark_social"),
    )


def _channels(name: str | None, others: int, sums: Sequence[Sums]) -> list[GroupChannelRow]:
    return [
        GroupChannelRow(name, others, row.channel, row.before, row.after)
        for row in channel_rows(sums)
    ]


def _total(rows: Sequence[Sums], column: str) -> float:
    return math.fsum(row[column] for row in rows)
