"""Fill the table of campaigns from credit and costs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from darksocial.campaigns.credit import Credit
from darksocial.campaigns.groupings import CAMPAIGN, CHANNEL, MEDIUM, PARTNER, SOURCE
from darksocial.campaigns.joining import Cost
from darksocial.campaigns.parts import PART_KINDS
from darksocial.campaigns.stored import Key, Numbers
from darksocial.campaigns.values import CampaignRow
from darksocial.lookups.channels import NOT_SET

INTERVAL = (0.05, 0.95)
MIN_CONVERSIONS = 10
"""With fewer the interval of a rate spans a factor of two and more (exact Poisson bounds of 9 are
4.7 and 15.7), so campaigns cannot be compared. Chosen for that."""
NONE_SEEN = 3.0
"""The upper bound of a number of which none was counted, with 95%: the rule of three
(https://doi.org/10.1001/jama.1983.03330370053031)."""

PARTS_OF_GROUP = ("source", "medium", "campaign", "channel", "partner")
GROUPS: Mapping[str, Sequence[str]] = {
    CAMPAIGN: ("source", "medium", "campaign"),
    SOURCE: ("source",),
    MEDIUM: ("medium",),
    CHANNEL: ("channel",),
    PARTNER: ("partner",),
}
"""What a row is of."""
NO_NAME_OF_GROUP = "-"


def group_of(by: str, credited: Key | CampaignRow) -> tuple[str | None, ...]:
    """Return the group of a key or of a row: `PARTS_OF_GROUP`, those that it is not of as None."""
    return tuple(getattr(credited, name) if name in GROUPS[by] else None for name in PARTS_OF_GROUP)


def name_of_group(group: tuple[str | None, ...]) -> str:
    """Return how a row is named; a dash where nothing says what it is of."""
    source, medium, campaign, channel, partner = group
    if partner is not None:
        return partner
    if medium is None or source is None:
        return source or medium or channel or NO_NAME_OF_GROUP
    return f"{campaign or NOT_SET} ({source} / {medium})"


class Both(NamedTuple):
    """The credit as GA4 books it and after weighing the evidence, for the same keys."""

    before: Credit
    after: Credit


@dataclass(frozen=True, slots=True)
class Terms:
    """What revenue is compared with: the margin (0 to 1) and the currency; what is recorded at
    all; and what a conversion is worth on average (None: nothing is)."""

    margin: float
    currency: str | None
    has_conversions: bool
    has_revenue: bool
    mean_value: float | None


class Measured(NamedTuple):
    """A measure of a row: before, by kind, after, and the interval of that."""

    before: float
    kinds: Numbers
    after: float
    low: float
    high: float


def rows_of(
    both: Both,
    keys: Sequence[Key],
    costs: Mapping[Key, Cost],
    by: str,
    terms: Terms,
    listed: Sequence[Key] = (),
) -> tuple[CampaignRow, ...]:
    """Return a row for each group of keys that has visits or a cost or is `listed`, the highest
    cost first."""
    groups: defaultdict[tuple[str | None, ...], list[Key]] = defaultdict(list)
    is_listed = {group_of(by, key) for key in listed}
    for key in dict.fromkeys([*keys, *costs, *listed]):
        groups[group_of(by, key)].append(key)
    place = {key: number for number, key in enumerate(keys)}
    rows = []
    for group, members in groups.items():
        places = [place[key] for key in members if key in place]
        spent = [costs[key] for key in members if key in costs]
        row = _row(both, group, members, places, spent, terms)
        has_any = row.visits_before or row.visits_after or row.cost is not None
        if has_any or group in is_listed:
            rows.append(row)
    return tuple(sorted(rows, key=lambda row: (-(row.cost or 0.0), -row.visits_after, str(row))))


def _row(
    both: Both,
    group: tuple[str | None, ...],
    members: Sequence[Key],
    places: Sequence[int],
    spent: Sequence[Cost],
    terms: Terms,
) -> CampaignRow:
    source, medium, campaign, channel, partner = group
    visits, conversions, revenue = (
        _measured(both, name, places) for name in ("visits", "conversions", "revenue")
    )
    cost = float(sum(each.amount for each in spent)) if spent else None
    counted = [each.clicks for each in spent if each.clicks is not None]
    clicks = sum(counted) if counted else None
    return CampaignRow(
        source=source,
        medium=medium,
        campaign=campaign,
        channel=channel or _channel(members),
        partner=partner,
        cost=cost,
        currency=terms.currency if spent else None,
        clicks=clicks,
        **_fields("visits", visits),
        **_fields("conversions", conversions if terms.has_conversions else None),
        **_fields("revenue", revenue if terms.has_revenue else None),
        echo_factor=_by(visits.after, float(visits.kinds[0])),
        **_returns(cost, conversions, revenue, terms),
        cpa_before=_by(cost, conversions.before if terms.has_conversions else None),
        cpa_after=_by(cost, conversions.after if terms.has_conversions else None),
        cpc=_by(cost, clicks if clicks else float(visits.kinds[0])),
        enough_data=terms.has_conversions and conversions.after >= MIN_CONVERSIONS,
    )


def _channel(members: Sequence[Key]) -> str | None:
    """Return the channel of a row whose keys have one, and null for several."""
    channels = {key.channel for key in members}
    return channels.pop() if len(channels) == 1 else None


def _measured(both: Both, name: str, places: Sequence[int]) -> Measured:
    before = both.before.visits if name == "visits" else both.before.measures[name]
    after = both.after.visits if name == "visits" else both.after.measures[name]
    kinds = after[list(places)].sum(axis=0) if places else np.zeros(len(PART_KINDS))
    drawn = both.after.drawn[name][:, list(places)].sum(axis=1)
    whole = float(kinds.sum())
    low, high = np.quantile(drawn, INTERVAL)
    return Measured(
        float(before[list(places)].sum()),
        kinds,
        whole,
        min(float(low), whole),
        max(float(high), whole),
    )


def _fields(name: str, measured: Measured | None) -> dict[str, Any]:
    """Return the fields of a measure; all are null where it is not recorded."""
    names = ("before", *PART_KINDS, "after", "after_low", "after_high")
    values: Sequence[float | None] = [None] * len(names)
    if measured:
        of_kinds = [float(value) for value in measured.kinds]
        values = [measured.before, *of_kinds, measured.after, measured.low, measured.high]
    return {f"{name}_{field}": value for field, value in zip(names, values, strict=True)}


def _returns(
    cost: float | None, conversions: Measured, revenue: Measured, terms: Terms
) -> dict[str, Any]:
    """Return ROI and ROAS. Where no conversion was seen, the upper bound is that of three."""
    high: float | None = revenue.high
    if not conversions.after and not revenue.high:
        high = None if terms.mean_value is None else NONE_SEEN * terms.mean_value
    earned = {
        "before": revenue.before,
        "after": revenue.after,
        "after_low": revenue.low,
        "after_high": high,
    }
    is_known = bool(cost) and terms.has_revenue
    of_cost = {
        name: value / cost if cost and is_known and value is not None else None
        for name, value in earned.items()
    }
    return {
        **{
            f"roi_{name}": None if roas is None else terms.margin * roas - 1
            for name, roas in of_cost.items()
        },
        "roas_before": of_cost["before"],
        "roas_after": of_cost["after"],
    }


def _by(value: float | None, divisor: float | None) -> float | None:
    return value / divisor if value is not None and divisor else None
