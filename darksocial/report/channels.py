"""Sessions, conversions and revenue by channel, as booked and as estimated, with intervals."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from darksocial.expressions import ir
from darksocial.model.intervals import Z_90
from darksocial.model.weighing import CHANNEL_OF_CLASS, PROBABILITIES
from darksocial.report.values import ChannelRow, ConversionRow
from darksocial.visits.conditions import BOTS_LABEL, COUNTED_CHANNELS

Sums = Mapping[str, Any]
"""A row of `build.sums_by_channel`."""
ESTIMATED = (*PROBABILITIES, "p_booked")
"""What a visit of a person can be, as the columns of patterns name it."""


def interval(parts: Sequence[tuple[Sums, str]], sessions: float) -> tuple[float, float]:
    """Return the 90% interval of the sum of estimates, within 0 and all `sessions`.

    Each of the `parts` is an estimate: a row of sums, and its column. To the bounds of base rates
    comes the spread of visits around their probabilities (a sum of independent draws, normal
    approximation).
    """
    expected, low, high, variance = (
        math.fsum(row[f"{name}{suffix}"] for row, name in parts)
        for suffix in ("", "_low", "_high", "_variance")
    )
    spread = Z_90 * math.sqrt(variance)
    below, above = math.hypot(expected - low, spread), math.hypot(high - expected, spread)
    return max(0.0, expected - below), min(sessions, expected + above)


def bounds_of_estimates(patterns: ir.Table) -> dict[str, ir.NumericValue]:
    """Return, of each class, the sums from which its interval is made, as columns of `patterns`.

    The bounds assume that the base odds of the class are wrong by the pattern's `odds_factor`,
    which was found for dark social and is assumed to hold for the others. Odds that are multiplied
    by f make f * q / (1 + (f - 1) * q) of a probability q. `p_` columns are q times the probability
    of being a person.
    """
    factor = patterns.odds_factor
    columns: dict[str, ir.NumericValue] = {}
    for name in ESTIMATED:
        p = patterns[name]
        for bound, by in (("low", 1 / factor), ("high", factor)):
            columns[f"{name}_{bound}"] = patterns.n * with_odds_by(patterns, name, by)
        columns[f"{name}_variance"] = patterns.n * p * (1 - p)
    for bound in ("low", "high"):
        columns[f"p_bot_{bound}"] = patterns.n * patterns[f"p_bot_{bound}"]
    columns["p_bot_variance"] = patterns.n * 0.0
    return columns


def with_odds_by(patterns: ir.Table, name: str, by: ir.NumericValue) -> ir.NumericValue:
    """Return the probability of a class, the column `name`, with its base odds multiplied."""
    p, person = patterns[name], 1 - patterns.p_bot
    shifted: ir.NumericValue = (p > 0).ifelse(by * p * person / (person + (by - 1) * p), 0.0)
    return shifted


def conversion_rows(sums: Sequence[Sums]) -> tuple[ConversionRow, ...]:
    """Return conversions and revenue by channel, booked and expected."""
    counted, earned = _by_channel(sums, "conversions_"), _by_channel(sums, "revenue_")
    rows = [
        ConversionRow(name, counted[name][0], counted[name][1], earned[name][0], earned[name][1])
        for name in counted
    ]
    return tuple(row for row in rows if any((row.before, row.after, row.revenue_after)))


def channel_rows(sums: Sequence[Sums]) -> tuple[ChannelRow, ...]:
    """Return the sessions of each channel, booked and expected, without empty channels."""
    parts: dict[str, list[tuple[Sums, str]]] = {name: [] for name in COUNTED_CHANNELS}
    for row in sums:
        for name, channel in _estimates(row):
            parts[channel].append((row, name))
    sessions = math.fsum(row["n"] for row in sums)
    rows = [
        ChannelRow(name, *pair, *interval(parts[name], sessions))
        for name, pair in _by_channel(sums, "").items()
    ]
    return tuple(row for row in rows if row.before or row.after > 0)


def _by_channel(sums: Sequence[Sums], prefix: str) -> dict[str, tuple[float, float]]:
    """Return how much of a measure is booked to each channel, and how much is expected of it.

    `prefix` begins the columns of the measure; that of sessions is empty.
    """
    before: dict[str, list[float]] = {name: [] for name in COUNTED_CHANNELS}
    after: dict[str, list[float]] = {name: [] for name in before}
    for row in sums:
        before[row["channel"]].append(row[prefix.rstrip("_") or "n"])
        for name, channel in _estimates(row):
            after[channel].append(row[f"{prefix}{name}"])
    return {name: (math.fsum(before[name]), math.fsum(after[name])) for name in before}


def _estimates(row: Sums) -> list[tuple[str, str]]:
    """Return what the sessions of a row can be, each with the channel that it is counted in."""
    of_classes = [(f"p_{name}", channel) for name, channel in CHANNEL_OF_CLASS.items()]
    return [("p_bot", BOTS_LABEL), ("p_booked", row["booked"]), *of_classes]
