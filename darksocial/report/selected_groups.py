"""The stored visits of a report by day, week, hour, device or something else that they share.

Groups are those of groups.py, and their intervals those of estimates.py.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from darksocial.report.estimates import DIRECT_CHANNEL, Flags, Judged, filled
from darksocial.report.group_rows import GroupChannelRow, GroupRow, Groups
from darksocial.report.groups import (
    COLUMN_OF,
    NOT_KNOWN_KEY,
    QUARTER_HOUR_SECONDS,
    section_of,
    time_group,
)
from darksocial.report.stored import CHOSEN, Stored
from darksocial.report.values import Report
from darksocial.selection import BY_TIME, Breakdown, zone_of
from darksocial.visits.conditions import COUNTED_CHANNELS

SECOND = 1_000_000
Places = npt.NDArray[np.int64]


def with_stored_groups(report: Report, content: Stored, breakdown: Breakdown) -> Report:
    """Return a report with the chosen visits by what `breakdown` names, in the days and hours of
    its zone."""
    return replace(report, groups=_groups(content, breakdown, report.zone))


def _groups(content: Stored, breakdown: Breakdown, zone: str) -> Groups:
    visits = content.visits
    counts = content.counts
    chosen = visits[CHOSEN].to_numpy()
    names = _names(visits, breakdown.by, zone)
    values, places = np.unique(names, return_inverse=True)
    shown = _shown(values, places, counts, chosen, breakdown)
    others = sorted(set(places[chosen]) - set(shown))
    rows: list[GroupRow] = []
    channels: list[GroupChannelRow] = []
    for group in [[place] for place in shown] + ([others] if others else []):
        name = None if group is others else values[group[0]] or None
        number = len(others) if group is others else 0
        of_group = chosen & np.isin(places, group)
        rows.append(_row(name, number, counts, of_group, visits))
        channels += _channels(name, number, counts, of_group)
    return Groups(breakdown.by, tuple(rows), tuple(channels))


def _names(visits: pa.Table, by: str, zone: str) -> npt.NDArray[np.str_]:
    """Return the name of the group of each visit; '' where it is not known."""
    if by in COLUMN_OF:
        return _texts(visits[COLUMN_OF[by]])
    if by == "landing":
        path = visits["landing_path"]
        site = pc.fill_null(visits["site"], NOT_KNOWN_KEY)
        return _texts(pc.binary_join_element_wise(site, path, ""))
    if by == "section":
        return np.array(
            [
                section_of(path) if path else NOT_KNOWN_KEY
                for path in _texts(visits["landing_path"])
            ],
            np.str_,
        )
    quarters = visits["started_at"].cast(pa.int64()).to_numpy() // (SECOND * QUARTER_HOUR_SECONDS)
    values, places = np.unique(quarters, return_inverse=True)
    local = zone_of(zone)
    of_values = np.array([time_group(by, int(value), local) for value in values], np.str_)
    return of_values[places] if len(values) else np.array([], np.str_)


def _texts(column: pa.ChunkedArray) -> npt.NDArray[np.str_]:
    return np.array(pc.fill_null(column, NOT_KNOWN_KEY).to_pylist(), np.str_)


def _shown(
    values: npt.NDArray[np.str_],
    places: Places,
    counts: Judged,
    chosen: Flags,
    breakdown: Breakdown,
) -> list[int]:
    """Return the groups with a row of their own, in the order of the rows."""
    dark = np.bincount(places[chosen], counts.dark.expected[chosen], len(values))
    sessions = np.bincount(places[chosen], counts.weight[chosen], len(values))
    ranked = sorted(set(places[chosen].tolist()), key=lambda n: (-dark[n], -sessions[n], values[n]))
    top = ranked[: breakdown.rows]
    return sorted(top, key=lambda n: str(values[n])) if breakdown.by in BY_TIME else top


def _row(name: str | None, others: int, counts: Judged, rows: Flags, visits: pa.Table) -> GroupRow:
    sessions = math.fsum(counts.weight[rows])
    dark = counts.dark.estimate(rows, sessions)
    probability = counts.causes["p_dark_social"][rows]
    (sold, of_dark), (earned, by_dark) = (
        (math.fsum(measure), math.fsum(measure * probability))
        for measure in (filled(visits[name])[rows] for name in ("conversions", "revenue"))
    )
    return GroupRow(
        name=name,
        others=others,
        sessions=sessions,
        direct_before=math.fsum(counts.weight[rows & counts.direct]),
        direct_after=counts.of_channel(DIRECT_CHANNEL, rows, sessions).expected,
        dark=dark.expected,
        low=dark.low,
        high=dark.high,
        conversions=sold,
        conversions_dark=of_dark,
        revenue=earned,
        revenue_dark=by_dark,
    )


def _channels(
    name: str | None, others: int, counts: Judged, rows: Flags
) -> Sequence[GroupChannelRow]:
    sessions = math.fsum(counts.weight[rows])
    pairs = [
        (
            channel,
            math.fsum(counts.weight[rows & (counts.counted == channel)]),
            counts.of_channel(channel, rows, sessions).expected,
        )
        for channel in COUNTED_CHANNELS
    ]
    return [
        GroupChannelRow(name, others, channel, before, after)
        for channel, before, after in pairs
        if before or after > 0
    ]
