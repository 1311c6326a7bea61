"""What stored visits are expected to be, with intervals that add up as those of their reports do.

The interval of a report has two parts: its base rates and what the input lacks may be wrong, which
moves all its visits in one direction, and visits spread around their probabilities. The second is
known of each visit (the variance of a draw), so the first is what remains of the interval of the
report, and each visit has as much of it as it is uncertain: where the log-odds of all visits are
off by one small number, a probability p is off by p(1 - p) times it.

What moves a report moves the report of the next day as well, because most base rates are assumed,
or learned from days that both have: these parts are added. The draws of visits are independent.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from darksocial.model.intervals import Z_90
from darksocial.model.weighing import CHANNEL_OF_CLASS, PROBABILITIES
from darksocial.report.values import Report
from darksocial.schema import ARRIVAL, MIN_LIKELY_BOT, NOT_LOGGED
from darksocial.visits.conditions import BOTS_LABEL, NOT_LOGGED_LABEL

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_Pair = tuple[Numbers, Flags]
DIRECT_CHANNEL = "Direct"
PART_COLUMN = "part"
"""The column with the number of the report that a visit is of (stored.py)."""
CAUSE_COLUMNS = (*PROBABILITIES, "p_bot")
COLUMNS = (PART_COLUMN, "weight", "began", "channel_before", *CAUSE_COLUMNS)


@dataclass(frozen=True, slots=True)
class Estimate:
    """An expected number of visits with its 90% interval."""

    expected: float
    low: float
    high: float


NOTHING = Estimate(0.0, 0.0, 0.0)
PARTS_OF_SUMS = ("expected", "variance", "below", "above")


@dataclass(frozen=True, slots=True)
class Parts:
    """What each of some visits adds to an estimate: to the expected number and its variance, and to
    how far all of them may be too high (`below`) and too low (`above`) together."""

    expected: Numbers
    variance: Numbers
    below: Numbers
    above: Numbers

    def estimate(self, rows: Flags | npt.NDArray[np.int64], most: float) -> Estimate:
        """Return the estimate of some of the visits, of which there are `most`."""
        sums = [math.fsum(getattr(self, name)[rows]) for name in PARTS_OF_SUMS]
        return estimate_of_sums(*sums, most=most)


def estimate_of_sums(
    expected: float, variance: float, below: float, above: float, *, most: float
) -> Estimate:
    """Return the estimate of visits of which these are the sums of `Parts`; there are `most`."""
    spread = Z_90 * math.sqrt(max(0.0, variance))
    low = expected - math.hypot(below, spread)
    high = expected + math.hypot(above, spread)
    return Estimate(expected, max(0.0, low), min(most, high))


@dataclass(frozen=True, slots=True)
class Judged:
    """Visits as they are counted, an array with a value for each.

    counted: the channel in whose row it is counted before weighing.
    booked: the channel that it was booked to.
    direct: whether it was booked as Direct and is no likely bot's.
    arrived: whether it arrived booked as Direct, likely bots included.
    causes: what it is, by the columns `CAUSE_COLUMNS` and `p_booked`.
    dark, direct_dark: dark social of all visits, and of those in `direct`.
    channels: the estimates of which each channel consists.
    probabilities: how probable it is that a visit belongs to a channel.
    """

    weight: Numbers
    counted: npt.NDArray[np.object_]
    booked: npt.NDArray[np.object_]
    direct: Flags
    arrived: Flags
    causes: Mapping[str, Numbers]
    dark: Parts
    direct_dark: Parts
    channels: Mapping[str, Sequence[Parts]]
    probabilities: Mapping[str, Numbers]

    def of_channel(self, channel: str, rows: Flags, most: float) -> Estimate:
        """Return how many of some visits belong to a channel; there are `most` of them."""
        parts = self.channels.get(channel, ())
        if not parts:
            return NOTHING
        summed = (np.sum([getattr(each, name) for each in parts], axis=0) for name in PARTS_OF_SUMS)
        return Parts(*summed).estimate(rows, most)


def judged(visits: pa.Table, reports: Sequence[Report]) -> Judged:
    """Return visits with the columns `COLUMNS`, as they are counted. `reports` are their parts."""
    part = visits[PART_COLUMN].to_numpy()
    weight = visits["weight"].to_numpy()
    causes = {name: filled(visits[name]) for name in CAUSE_COLUMNS}
    causes["p_booked"] = np.clip(1.0 - np.sum(list(causes.values()), axis=0), 0.0, None)
    began = np.array(pc.fill_null(visits["began"], ARRIVAL).to_pylist(), object)
    before = np.array(visits["channel_before"].to_pylist(), object)
    is_bot = causes["p_bot"] > MIN_LIKELY_BOT
    booked = np.where(began == NOT_LOGGED, NOT_LOGGED_LABEL, before)
    counted = np.where(is_bot, BOTS_LABEL, booked)
    # Of some visits it is not known how they began: they count as arrivals.
    arrived = (before == DIRECT_CHANNEL) & (began == ARRIVAL)
    direct = counted == DIRECT_CHANNEL
    dark = causes["p_dark_social"]
    whole = [_interval(report.dark_social) for report in reports]
    of_direct = [
        Estimate(row.direct_expected, row.direct_low, row.direct_high)
        for row in (report.dark_social for report in reports)
    ]
    everything = np.ones(len(part), np.bool_)
    sources = _sources(causes, booked)
    return Judged(
        weight,
        counted,
        booked,
        direct,
        arrived,
        causes,
        _parts(dark, weight, everything, part, whole),
        _parts(dark, weight, direct, part, of_direct),
        _channels(sources, weight, part, reports),
        {
            channel: np.sum([p * rows for p, rows in pairs], axis=0)
            for channel, pairs in sources.items()
        },
    )


def filled(column: pa.ChunkedArray) -> Numbers:
    """Return a column of numbers, with 0 for null."""
    numbers: Numbers = pc.fill_null(column.cast(pa.float64()), 0.0).to_numpy()
    return numbers


def _interval(row: object) -> Estimate:
    names = ("expected", "low", "high")
    return Estimate(*(float(getattr(row, name)) for name in names))


def _sources(
    causes: Mapping[str, Numbers], booked: npt.NDArray[np.object_]
) -> dict[str, list[_Pair]]:
    """Return of which visits each channel consists: those of a cause, and those that stay booked;
    of each the probabilities of all visits, and which of them it is about."""
    everything = np.ones(len(booked), np.bool_)
    sources = {BOTS_LABEL: [(causes["p_bot"], everything)]}
    for name, channel in CHANNEL_OF_CLASS.items():
        sources.setdefault(channel, []).append((causes[f"p_{name}"], everything))
    for channel in sorted(set(booked)):
        sources.setdefault(channel, []).append((causes["p_booked"], booked == channel))
    return sources


def _channels(
    sources: Mapping[str, Sequence[_Pair]],
    weight: Numbers,
    part: Numbers,
    reports: Sequence[Report],
) -> dict[str, list[Parts]]:
    """Return the estimates of which each channel consists."""
    rows = [{row.channel: row for row in report.channels} for report in reports]
    channels = {}
    for channel, pairs in sources.items():
        intervals = [
            Estimate(row.after, row.low, row.high) if (row := of_report.get(channel)) else NOTHING
            for of_report in rows
        ]
        channels[channel] = _parts_of_pairs(
            pairs, weight, part, intervals, are_drawn=channel != BOTS_LABEL
        )
    return channels


def _parts(
    probability: Numbers,
    weight: Numbers,
    rows: Flags,
    part: Numbers,
    intervals: Sequence[Estimate],
) -> Parts:
    return _parts_of_pairs([(probability, rows)], weight, part, intervals)[0]


def _parts_of_pairs(
    pairs: Sequence[_Pair],
    weight: Numbers,
    part: Numbers,
    intervals: Sequence[Estimate],
    *,
    are_drawn: bool = True,
) -> list[Parts]:
    """Return the estimates that make up a number together, whose interval each report states.

    A pair has the probabilities of all visits, and which of them it is about. The interval of bots
    has no part for the draws of visits (`are_drawn`).
    """
    number = len(intervals)
    uncertain = [weight * p * (1 - p) * rows for p, rows in pairs]
    counted = [weight * rows for _p, rows in pairs]
    variance = np.bincount(part, np.sum(uncertain, axis=0), number)
    visits = np.bincount(part, np.sum(counted, axis=0), number)
    below, above, by_visits = (np.zeros(number) for _each in range(3))
    for place, interval in enumerate(intervals):
        spread = Z_90**2 * variance[place] if are_drawn else 0.0
        by_visits[place] = variance[place] <= 0
        basis = visits[place] if by_visits[place] else variance[place]
        if basis > 0:
            below[place], above[place] = (each / basis for each in _common(interval, spread))
    parts = []
    for (p, rows), doubt, each in zip(pairs, uncertain, counted, strict=True):
        basis_of_visit = np.where(by_visits[part] > 0, each, doubt)
        drawn = doubt if are_drawn else np.zeros(len(part))
        expected = weight * p * rows
        parts.append(
            Parts(expected, drawn, basis_of_visit * below[part], basis_of_visit * above[part])
        )
    return parts


def _common(interval: Estimate, spread: float) -> tuple[float, float]:
    """Return how far all visits of a report may be off together, below and above, given the square
    of the `spread` of their draws."""
    below, above = (
        math.sqrt(max(0.0, distance**2 - spread))
        for distance in (interval.expected - interval.low, interval.high - interval.expected)
    )
    if interval.low <= 0 < interval.expected:
        # The bound was cut off at 0. Odds that may be f times as high may be f times as low.
        below = max(below, above * interval.expected / (interval.expected + above))
    return below, above
