"""The story of campaigns: from visits and files of costs to the finished table."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from darksocial import arguments
from darksocial._version import __version__
from darksocial.campaigns.build import Both, Terms, group_of, name_of_group, rows_of
from darksocial.campaigns.compared import compared
from darksocial.campaigns.credit import Crediting, credited, factors_of
from darksocial.campaigns.groupings import CAMPAIGN, GROUPINGS, LAST, MODELS, PARTNER
from darksocial.campaigns.joining import joined, one_currency, with_fees
from darksocial.campaigns.journeys import journeys
from darksocial.campaigns.mapping import click_id_map
from darksocial.campaigns.partner_list import PartnerList, read_partners
from darksocial.campaigns.parts import booked_parts, parts_of
from darksocial.campaigns.spending import Spending, spending_of
from darksocial.campaigns.stored import StoredVisits, dark_count, visits_and_shares
from darksocial.campaigns.values import CampaignReport, CostFileRow
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.plugins import one_of
from darksocial.report.numbers import money
from darksocial.report.words import who_is_followed
from darksocial.results.visitor_keys import key_changes

LOOKBACK_DAYS, MAX_LOOKBACK_DAYS = 30, 90
"""As in GA4, which offers both (https://support.google.com/analytics/answer/10597962)."""

NO_CONVERSIONS = _(
    "No conversions are recorded: name what counts by --goal of `darksocial analyze`."
)
NO_REVENUE = _("No revenue is recorded: give goals a value, as in --goal path=/thanks,value=40.")


def campaigns(
    out: arguments.Place,
    *,
    costs: arguments.Names = (),
    cost_map: Mapping[str, str] | None = None,
    campaign_map: Sequence[str] = (),
    by: str = CAMPAIGN,
    credit: str = LAST,
    lookback: int = LOOKBACK_DAYS,
    margin: float = 1.0,
    partners: arguments.Place | None = None,
) -> CampaignReport:
    """Return what campaigns cost and brought, as GA4 books it and with what their links set off in
    private.

    `out` is the folder of an analysis or a store. `costs` are files of costs, in this order: those
    of a later file replace the earlier ones of the same days and campaign. `cost_map` names their
    columns where no known export has them: a field (date, start, end, source, medium, campaign,
    cost, currency, clicks) and its column, or a text in quotes for all rows. `campaign_map` names
    the campaigns of click ids without tags: `gclid=brand`, `gclid:/offers/*=autumn`. `by` is what a
    row is of: campaign, source, medium, channel or partner. `credit` is how a conversion is shared
    among the visitor's visits of the last `lookback` days (1 to 90): last, first, linear, position
    or decay. `margin` is the part of revenue that is left before the cost (above 0, at most 1).
    `partners` is a CSV of partners with their links, as the function `partners` takes it.

    Raises InputError if `out`, a file of costs or that of partners cannot be read, or costs are in
    two currencies, and UsageError for a value that does not exist.
    """
    out = arguments.folder("out", out)
    _check(by, credit, lookback, margin, partners)
    files = [arguments.folder("costs", name) for name in arguments.names_of(costs)]
    spending = spending_of(files, cost_map)
    listed = _listed(partners)
    visits, shares = visits_and_shares(out, click_id_map(campaign_map), listed)
    parts = parts_of(visits, shares)
    rules = Crediting(credit, lookback)
    both = Both(
        credited(visits, booked_parts(visits, parts.keys), rules),
        credited(visits, parts, rules, factors_of(visits, dark_count(out))),
    )
    costs_of = joined(spending, visits.keys)
    currency = one_currency(spending.currency, listed)
    if by == PARTNER:
        costs_of = with_fees(costs_of, listed, visits.keys)
    terms = terms_of(visits, margin, currency)
    rows = rows_of(both, parts.keys, costs_of.costs, by, terms)
    first, last = period_of(visits)
    return CampaignReport(
        version=__version__,
        by=by,
        credit=credit,
        lookback_days=lookback,
        margin=margin,
        currency=currency,
        first_day=first,
        last_day=last,
        visits=float(visits.weight.sum()),
        conversions=float(visits.conversions.sum()) if visits.has_conversions else None,
        revenue=float(visits.revenue.sum()) if visits.has_revenue else None,
        cost=costs_of.total if files or costs_of.costs else None,
        campaigns=rows,
        comparisons=compared(both.after, parts.keys, rows, by),
        paths=journeys(visits, parts, lookback, lambda key: name_of_group(group_of(by, key))),
        cost_files=tuple(CostFileRow(*file) for file in spending.files),
        notes=(
            *spending.notes,
            *filter(None, (listed.note,)),
            *costs_of.notes,
            *lookback_notes(visits, lookback, key_changes(out)),
            *_notes(visits, spending, margin),
        ),
    )


def _listed(partners: arguments.Place | None) -> PartnerList:
    if partners is None:
        return PartnerList()
    return read_partners(arguments.folder("partners", partners))


def _check(
    by: str, credit: str, lookback: int, margin: float, partners: arguments.Place | None
) -> None:
    check_terms(by, credit, lookback, margin)
    if by == PARTNER and partners is None:
        raise UsageError(
            _("`by` is {value!r}, and `partners` names no file.").format(value=by),
            expected=_("a CSV of partners with their links"),
        )


def check_terms(by: str, credit: str, lookback: int, margin: float) -> None:
    """Raise UsageError for a value that does not exist."""
    for field, value, names in (("by", by, GROUPINGS), ("credit", credit, MODELS)):
        arguments.check(field, value, str)
        if value not in names:
            raise UsageError(
                _("`{field}` is {value!r}.").format(field=field, value=value),
                expected=one_of(value, names),
            )
    arguments.check("lookback", lookback, int)
    if not 1 <= lookback <= MAX_LOOKBACK_DAYS:
        raise UsageError(
            _("`lookback` is {value}.").format(value=lookback),
            expected=_("1 to {highest} days").format(highest=MAX_LOOKBACK_DAYS),
        )
    arguments.check("margin", margin, float)
    if not 0 < margin <= 1:
        raise UsageError(
            _("`margin` is {value}.").format(value=margin),
            expected=_("a part of the revenue above 0, at most 1"),
        )


def terms_of(visits: StoredVisits, margin: float, currency: str | None) -> Terms:
    """Return what revenue is compared with."""
    conversions, revenue = float(visits.conversions.sum()), float(visits.revenue.sum())
    mean_value = revenue / conversions if conversions else None
    return Terms(margin, currency, visits.has_conversions, visits.has_revenue, mean_value)


def period_of(visits: StoredVisits) -> tuple[date | None, date | None]:
    """Return the first and the last day of the visits, in UTC; None if there are none."""
    if not len(visits.second):
        return None, None
    first, last = (datetime.fromtimestamp(visits.second[i], UTC).date() for i in (0, -1))
    return first, last


def lookback_notes(visits: StoredVisits, lookback: int, changes: Sequence[date]) -> Iterator[str]:
    """Yield where the lookback of conversions ends: at the first visits that are kept, and at each
    of `changes`, from which on visitors have ids by another key."""
    first, last = period_of(visits)
    if first and last and (last - first).days < lookback:
        yield ngettext(
            "The visits cover {n} day, so the lookback of {lookback} days ends at {first}.",
            "The visits cover {n} days, so the lookback of {lookback} days ends at {first}.",
            (last - first).days + 1,
        ).format(n=(last - first).days + 1, lookback=lookback, first=first)
    elif first and visits.has_conversions:
        yield _(
            "The visits begin on {first}, so the lookback of {lookback} days is shorter for "
            "conversions before {whole}."
        ).format(first=first, lookback=lookback, whole=first + timedelta(days=lookback))
    for sentence in who_is_followed(changes):
        yield sentence
        yield ngettext(
            "The lookback of {lookback} days ends there, too.",
            "The lookback of {lookback} days ends at each of them, too.",
            len(changes),
        ).format(lookback=lookback)


def _notes(visits: StoredVisits, spending: Spending, margin: float) -> Iterator[str]:
    """Yield what limits the numbers."""
    first, last = period_of(visits)
    outside = sum(
        row.cost
        for row in spending.rows
        if first and last and row.days and (row.days[1] < first or row.days[0] > last)
    )
    if outside:
        text = _("Costs of {cost} are of days before or after the visits, {first} to {last}.")
        yield text.format(cost=money(float(outside)), first=first, last=last)
    if not visits.has_conversions:
        yield NO_CONVERSIONS
    elif not visits.has_revenue:
        yield NO_REVENUE
    if spending.rows and visits.has_revenue and margin == 1:
        yield _("ROI takes all revenue as margin, since no --margin is named.")
