"""Costs and visits are joined by exactly the same source, medium and campaign, as GA4 does.

An export without tags is joined by the name of the campaign, among the visits of the tool's own
sources: where exactly one pair of source and medium has visits of that name, it is theirs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from darksocial.campaigns.cost_files import CostRow
from darksocial.campaigns.partner_list import PartnerList
from darksocial.campaigns.spending import ONE_CURRENCY, Spending, key_of
from darksocial.campaigns.stored import Key
from darksocial.errors import InputError
from darksocial.language import gettext as _
from darksocial.lookups.channels import NOT_SET, UNASSIGNED, TrafficSource, default_channel

MAX_EXAMPLES = 5


@dataclass(slots=True)
class Cost:
    """What a key cost: the sum of its rows, and of their clicks (None: no row has any)."""

    amount: Decimal = Decimal(0)
    clicks: int | None = None

    def add(self, row: CostRow) -> None:
        """Add a row."""
        self.amount += row.cost
        if row.clicks is not None:
            self.clicks = (self.clicks or 0) + row.clicks


@dataclass(frozen=True, slots=True)
class Joined:
    """The costs by key, with keys for those that no visit has; and sentences about what did not
    join."""

    costs: Mapping[Key, Cost]
    notes: tuple[str, ...]

    @property
    def total(self) -> float:
        """The sum of all costs."""
        return float(sum(cost.amount for cost in self.costs.values()))


def one_currency(of_costs: str | None, partners: PartnerList) -> str | None:
    """Return the currency of costs and fees. Raises InputError if they are in two."""
    if of_costs and partners.currency and of_costs != partners.currency:
        raise InputError(
            _(
                "Fees of partners are in {one}, and the files of costs have costs in {other}."
            ).format(one=partners.currency, other=of_costs),
            expected=ONE_CURRENCY,
        )
    return of_costs or partners.currency


def with_fees(joined_costs: Joined, partners: PartnerList, keys: Sequence[Key]) -> Joined:
    """Return the costs with the fees of the partners. A fee of whose visits the files of costs have
    a cost as well may be the same money, so it is left out, and a note says so."""
    costs = dict(joined_costs.costs)
    paid = {key.partner for key in costs}
    notes = []
    text = _("The fee of {partner} is left out, since the files of costs have costs of its links.")
    for partner, fee in partners.fees:
        if partner in paid:
            notes.append(text.format(partner=partner))
            continue
        own = next((key for key in keys if key.partner == partner), None)
        costs[own or Key(NOT_SET, NOT_SET, None, UNASSIGNED, partner)] = Cost(fee)
    return Joined(costs, (*joined_costs.notes, *notes))


def joined(spending: Spending, keys: Sequence[Key]) -> Joined:
    """Return the costs of all rows by key. `keys` are those of the visits."""
    alike: defaultdict[tuple[str, str, str | None], list[Key]] = defaultdict(list)
    for key in keys:
        alike[key.source, key.medium, key.campaign].append(key)
    by_tags = {tags: _common(group) for tags, group in alike.items()}
    costs: defaultdict[Key, Cost] = defaultdict(Cost)
    for row in spending.rows:
        costs[_key(row, by_tags)].add(row)
    alone = [key for key in costs if key not in by_tags.values()]
    with_costs = {key[:3] for key in costs}
    without = [key for key in keys if key.campaign and key[:3] not in with_costs]
    return Joined(costs, tuple(_notes(spending, alone, without, keys)))


def _common(keys: Sequence[Key]) -> Key:
    """Return the key that the costs of keys with the same tags have: where all their visits came by
    one partner's links, the cost is the partner's, and else nobody's."""
    partners = {key.partner for key in keys}
    return keys[-1]._replace(partner=partners.pop() if len(partners) == 1 else None)


def _key(row: CostRow, by_tags: Mapping[tuple[str, str, str | None], Key]) -> Key:
    if row.source is None and row.format.sources:
        sources = row.format.sources
        own = [
            tags for tags in by_tags if tags[2] == row.campaign and tags[0].casefold() in sources
        ]
        if len(own) == 1 and row.campaign:
            return by_tags[own[0]]
    _days, source, medium, campaign = key_of(row)
    tags = source or NOT_SET, medium or NOT_SET, campaign
    if tags in by_tags:
        return by_tags[tags]
    return Key(*tags, default_channel(TrafficSource(tags[0], tags[1], campaign or "")))


def _notes(
    spending: Spending, alone: Sequence[Key], without: Sequence[Key], keys: Sequence[Key]
) -> Iterable[str]:
    if alone:
        text = _("Costs without visits, since no visit has exactly these tags: {keys}.")
        yield text.format(keys=_named(alone))
    if without and spending.rows:
        text = _("Campaigns without costs: {keys}.")
        yield text.format(keys=_named(without))
    for cost in alone:
        for key in keys:
            if _alike(cost, key):
                text = _("{cost} of the costs and {visit} of the visits differ only by case or "
                         "blanks, so they are not joined.")  # fmt: skip
                yield text.format(cost=_name(cost), visit=_name(key))


def _alike(one: Key, other: Key) -> bool:
    """Return whether two keys are one but for case and blanks."""
    first, second = ([_folded(part) for part in key[:3]] for key in (one, other))
    return first == second and one[:3] != other[:3]


def _folded(text: str | None) -> str:
    return "".join((text or "").casefold().replace("%20", " ").replace("+", " ").split())


def _named(keys: Sequence[Key]) -> str:
    names = ", ".join(_name(key) for key in keys[:MAX_EXAMPLES])
    rest = len(keys) - MAX_EXAMPLES
    return _("{names} and {n} more").format(names=names, n=rest) if rest > 0 else names


def _name(key: Key) -> str:
    return f"{key.source} / {key.medium} / {key.campaign or NOT_SET}"
