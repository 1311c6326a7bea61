"""The channels of a report as GA4's reports count them before weighing.

What a visit is by its evidence does not depend on the reading. So of a visit that is counted in the
channel of an earlier one, only that part moves there which would have stayed in its own: the
probability that it is direct. The probabilities of dark social, of lost referrers and of a bot
remain where they are, and `before` and `after` still add up to all sessions.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from darksocial import arguments
from darksocial.engines import Engine
from darksocial.errors import UsageError
from darksocial.expressions import ibis, ir
from darksocial.language import gettext as _
from darksocial.model.sums import exact_sum
from darksocial.plugins import one_of
from darksocial.report.before import LAST_NON_DIRECT, READINGS
from darksocial.report.values import Before, ChannelRow, ConversionRow, Report
from darksocial.schema import ARRIVAL
from darksocial.visits.chosen import IS_CHOSEN
from darksocial.visits.conditions import COUNTED_CHANNELS, likely_bot, probability_of_person
from darksocial.visits.last_source import with_last_source

MAX_DECIMALS = 9
"""Sums of the report are exact to twelve decimals: what is left of a difference is no number."""

Pair = tuple[float, float]
"""How much of a measure a channel has before weighing, and how much is expected after it."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What goes from Direct to the channels of earlier visits, by channel: sessions, conversions
    and revenue."""

    sessions: Mapping[str, Pair]
    conversions: Mapping[str, Pair]
    revenue: Mapping[str, Pair]

    @property
    def before(self) -> Before:
        """Return the reading, with the number of sessions that differ."""
        return Before(LAST_NON_DIRECT, math.fsum(n for n, _expected in self.sessions.values()))


def check_reading(reading: str) -> None:
    """Raise UsageError if there is no such reading."""
    arguments.check("before", reading, str)
    if reading not in READINGS:
        raise UsageError(
            _("`before` is {reading!r}.").format(reading=reading),
            expected=one_of(reading, READINGS),
        )


def read_by_last_source(engine: Engine, report: Report, visits: ir.Table) -> Report:
    """Return the report with the channels and conversions as GA4's reports count `visits`.

    Those that have `is_chosen` are all that were judged, of which the report is about the chosen
    ones: the source of one of them may be that of a visit that is not.
    """
    also = [name for name in (IS_CHOSEN,) if name in visits.columns]
    reread = with_last_source(engine, visits, also)
    moves = moves_of(engine, reread.filter(reread[IS_CHOSEN]) if also else reread)
    pairs = {row.channel: (row.before, row.after) for row in report.channels}
    bounds = moved_bounds(
        {row.channel: (row.low, row.high) for row in report.channels}, pairs, moves.sessions
    )
    sessions = moved(pairs, moves.sessions)
    counted = moved(
        {row.channel: (row.before, row.after) for row in report.conversions}, moves.conversions
    )
    earned = moved(
        {row.channel: (row.revenue_before, row.revenue_after) for row in report.conversions},
        moves.revenue,
    )
    none = (0.0, 0.0)
    return replace(
        report,
        before=moves.before,
        channels=tuple(
            ChannelRow(name, *sessions[name], *bounds.get(name, none))
            for name in COUNTED_CHANNELS
            if name in sessions
        ),
        conversions=tuple(
            ConversionRow(name, *counted.get(name, none), *earned.get(name, none))
            for name in COUNTED_CHANNELS
            if name in counted or name in earned
        ),
    )


def moves_of(engine: Engine, reread: ir.Table) -> Moves:
    """Return what goes from Direct to other channels. `reread` has `last_channel`.

    A likely bot is counted in a row of its own, so nothing of it moves before weighing.
    """
    is_counted = likely_bot(reread).ifelse(0, 1)
    p_booked = ibis.ifelse(
        reread.began.fill_null(ARRIVAL) == ARRIVAL, reread.p_direct, probability_of_person(reread)
    )
    measures = {
        "sessions": reread.weight,
        "conversions": reread.conversions.fill_null(0),
        "revenue": reread.revenue.fill_null(0.0),
    }
    sums = {f"{name}_before": exact_sum(value * is_counted) for name, value in measures.items()}
    sums |= {f"{name}_after": exact_sum(value * p_booked) for name, value in measures.items()}
    by_channel = reread.group_by("last_channel").agg(**sums).order_by("last_channel")
    rows = engine.fetch(by_channel, "visits with an earlier source").to_pylist()
    pairs = {
        name: {row["last_channel"]: (row[f"{name}_before"], row[f"{name}_after"]) for row in rows}
        for name in measures
    }
    return Moves(**pairs)


def moved(pairs: Mapping[str, Pair], moves: Mapping[str, Pair]) -> dict[str, Pair]:
    """Return a measure by channel after what `moves` from Direct, without empty channels."""
    none = (0.0, 0.0)
    changed = {name: _sum([pairs.get(name, none), moves[name]]) for name in moves}
    left = [pairs.get("Direct", none), *((-before, -after) for before, after in moves.values())]
    changed["Direct"] = _sum(left)
    return {name: pair for name, pair in {**pairs, **changed}.items() if any(pair)}


def moved_bounds(
    bounds: Mapping[str, Pair], pairs: Mapping[str, Pair], moves: Mapping[str, Pair]
) -> dict[str, Pair]:
    """Return the bounds of each channel after what `moves` from Direct, given those before and the
    sessions in `pairs`.

    The part of Direct that moves takes the same part of the bounds of Direct along. Assumed.
    """
    none = (0.0, 0.0)
    (_booked, estimated), (low, high) = pairs.get("Direct", none), bounds.get("Direct", none)
    parts = {name: after / estimated if estimated else 0.0 for name, (_n, after) in moves.items()}
    of_direct = {name: (low * part, high * part) for name, part in parts.items()}
    after = moved(bounds, of_direct)
    return {
        name: (max(0.0, low), max(0.0, high))
        for name in {*bounds, *moves}
        for low, high in [after.get(name, none)]
    }


def _sum(pairs: Iterable[Pair]) -> Pair:
    before, after = (math.fsum(values) for values in zip(*pairs, strict=True))
    return round(before, MAX_DECIMALS), round(after, MAX_DECIMALS)
