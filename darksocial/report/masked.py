"""How often visits of known origin pass for dark without it, and what the bounds allow for that.

The model itself expects that some lost search and social visits among those booked as Direct look
dark: of one class the part Σ p(class) · p(dark) / Σ p(class), which is balanced by dark visits that
look like theirs. Visits whose origin is known and was masked (model/masking.py) show the true part.
Where it is larger, the excess times the number of lost visits in Direct are false dark ones. The
lower bound goes down by their number, and the upper bound of the channel that lost them goes up.
The estimate and the probabilities of visits do not change.

On ten simulated sites (8,000 visits each, rates varied threefold) masked search visits passed for
dark in 20% of the cases, and so did those that had lost their referrer in truth (at most 3 points
apart on a site); the model itself expected 12%. Masked social visits did in 17% and lost ones in
11%, because apps that lose a referrer often name themselves: there the bound allows for too much.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from darksocial.engines import Engine
from darksocial.expressions import ir
from darksocial.lookups.channels import DARK_SOCIAL
from darksocial.model.masking import CLASS_OF_MASKED
from darksocial.model.sums import exact_sum
from darksocial.report.channels import Sums
from darksocial.report.values import ChannelRow, DarkSocial, MaskedOrigin

MIN_MASKED_SESSIONS = 30
"""Fewer visits of known origin do not show how many would pass for dark. Assumed."""


def as_dark_too(patterns: ir.Table) -> dict[str, ir.NumericValue]:
    """Return, of each class that is tested, the sum of its probability times that of dark social,
    both of a person's visit, as columns of `patterns`."""
    person = 1 - patterns.p_bot
    return {
        f"{name}_as_dark": patterns.n
        * (patterns[f"p_{name}"] > 0).ifelse(
            patterns[f"p_{name}"] * patterns.p_dark_social / person, 0.0
        )
        for name in CLASS_OF_MASKED.values()
    }


def masked_origins(
    engine: Engine, visits: ir.Table, direct: Sequence[Sums]
) -> tuple[MaskedOrigin, ...]:
    """Return what masking showed, by channel. `direct`: the sums of the visits booked as Direct."""
    masked = visits.filter(visits.p_dark_masked.notnull())
    counted = masked.group_by("channel_before").agg(
        sessions=masked.count(), dark=exact_sum(masked.p_dark_masked)
    )
    rows = engine.fetch(counted.order_by("channel_before"), "masked origins").to_pylist()
    return tuple(_origin(row, direct) for row in rows)


def _origin(row: Mapping[str, float], direct: Sequence[Sums]) -> MaskedOrigin:
    channel, sessions = str(row["channel_before"]), int(row["sessions"])
    name = CLASS_OF_MASKED[channel]
    lost = math.fsum(each[f"p_{name}"] for each in direct)
    dark = row["dark"] / sessions
    expected = math.fsum(each[f"{name}_as_dark"] for each in direct) / lost if lost else None
    excess = 0.0 if expected is None else max(0.0, dark - expected)
    is_shown = sessions >= MIN_MASKED_SESSIONS
    return MaskedOrigin(channel, sessions, dark, expected, lost, excess * lost * is_shown)


def with_false_dark(dark: DarkSocial, origins: Sequence[MaskedOrigin]) -> DarkSocial:
    """Return the estimate with lower bounds that allow for false dark visits."""
    false = math.fsum(origin.false_dark for origin in origins)
    return replace(
        dark, low=max(0.0, dark.low - false), direct_low=max(0.0, dark.direct_low - false)
    )


def rows_with_false_dark(
    rows: Sequence[ChannelRow], origins: Sequence[MaskedOrigin], sessions: float
) -> tuple[ChannelRow, ...]:
    """Return the channels of all `sessions` with bounds that allow for false dark visits."""
    false = {origin.channel: origin.false_dark for origin in origins}
    total = math.fsum(false.values())
    return tuple(
        replace(
            row,
            low=max(0.0, row.low - (total if row.channel == DARK_SOCIAL else 0.0)),
            high=max(row.high, min(sessions, row.high + false.get(row.channel, 0.0))),
        )
        for row in rows
    )
