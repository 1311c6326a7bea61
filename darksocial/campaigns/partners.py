"""The story of partners: their links among the visits, their codes among the orders."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from darksocial import arguments
from darksocial._version import __version__
from darksocial.campaigns.build import Both, rows_of
from darksocial.campaigns.codes import CodeUse, code_use, conversions_of, reached
from darksocial.campaigns.credit import Crediting, credited, factors_of
from darksocial.campaigns.groupings import LAST, PARTNER
from darksocial.campaigns.joining import Cost
from darksocial.campaigns.mapping import ClickIdMap
from darksocial.campaigns.orders import (
    Order,
    OrderFile,
    OrderNumbers,
    check_mapping,
    read_orders,
)
from darksocial.campaigns.partner_list import PartnerList, read_partners
from darksocial.campaigns.partner_values import (
    OrderFileRow,
    OrderRejectRow,
    PartnerPageRow,
    PartnerReport,
    PartnerRow,
)
from darksocial.campaigns.parts import Parts, booked_parts, parts_of
from darksocial.campaigns.report import (
    LOOKBACK_DAYS,
    NO_CONVERSIONS,
    NO_REVENUE,
    check_terms,
    lookback_notes,
    period_of,
    terms_of,
)
from darksocial.campaigns.stored import (
    Key,
    Numbers,
    StoredVisits,
    dark_count,
    visits_and_shares,
)
from darksocial.campaigns.values import CampaignRow
from darksocial.errors import InputError
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups.chatbots import CHATBOTS
from darksocial.report.numbers import whole
from darksocial.results.visitor_keys import key_changes
from darksocial.settings import ReadSettings
from darksocial.visits.bounds import DAY_SECONDS

MAX_PARTNER_PAGES = 10
"""Pages of a partner that are listed."""
LEAST_VISITS = 0.05
"""A page with fewer expected visits is not one that a partner reached: it would be shown as 0.0."""


def partners(
    out: arguments.Place,
    *,
    partners: arguments.Place,
    orders: arguments.Names = (),
    order_map: Mapping[str, str] | None = None,
    timezone: str = "UTC",
    credit: str = LAST,
    lookback: int = LOOKBACK_DAYS,
    margin: float = 1.0,
) -> PartnerReport:
    """Return what partners cost and brought: by clicks on their links, by what these set off in
    private, and by their codes.

    `out` is the folder of an analysis or a store. `partners` is a CSV with the columns partner,
    link (an address whose parameters count, or what paths begin with), code, since, until (the days
    on which these hold), fee and currency. `orders` are files of orders, exports of Shopify or
    WooCommerce, or any CSV whose columns `order_map` names by fields: time, code and value, and id,
    currency, state or cancelled. `timezone` is that of their times without a zone. `credit`,
    `lookback` and `margin` are as for `campaigns`.

    Orders are joined with visits by time and in sums, never by person; their numbers are hashed,
    and other columns are not read. Raises InputError if `out` or a file cannot be read, or fees and
    orders are in two currencies, and UsageError for a value that does not exist.
    """
    out = arguments.folder("out", out)
    check_terms(PARTNER, credit, lookback, margin)
    listed = read_partners(arguments.folder("partners", partners))
    columns = order_map or {}
    check_mapping(columns)
    zone, numbers = zone_of(timezone), OrderNumbers()
    names = [arguments.folder("orders", name) for name in arguments.names_of(orders)]
    files = [read_orders(name, columns, zone, numbers) for name in names]
    currency = _currency(listed, files)
    visits, shares = visits_and_shares(out, ClickIdMap(), listed)
    parts = parts_of(visits, shares)
    rules = Crediting(credit, lookback)
    factors = factors_of(visits, dark_count(out))
    both = Both(
        credited(visits, booked_parts(visits, parts.keys), rules),
        credited(visits, parts, rules, factors),
    )
    of_names = [Key("", "", None, "", name) for name in listed.names]
    fees = {Key("", "", None, "", name): Cost(fee) for name, fee in listed.fees}
    terms = terms_of(visits, margin, currency)
    rows = {row.partner: row for row in rows_of(both, parts.keys, fees, PARTNER, terms, of_names)}
    measured = _Measured(visits, parts, factors, lookback)
    sold = [order for file in files for order in file.orders]
    owned = _owned(sold, listed) if files else None
    shown = [*listed.names, *(name for name in (CHATBOTS,) if name in rows)]
    pages = {name: measured.pages(name) for name in shown}
    uses = {name: measured.use(listed, name, owned) for name in listed.names}
    first, last = period_of(visits)
    return PartnerReport(
        version=__version__,
        credit=credit,
        lookback_days=lookback,
        margin=margin,
        currency=currency,
        first_day=first,
        last_day=last,
        orders=len(sold) if files else None,
        orders_with_codes=None if owned is None else sum(map(len, owned.values())),
        partners=tuple(
            _row(_row_of_links(rows[name], listed), margin, len(pages[name]), uses.get(name))
            for name in shown
        ),
        partner_pages=tuple(
            PartnerPageRow(name, path, count)
            for name in shown
            for path, count in pages[name][:MAX_PARTNER_PAGES]
        ),
        order_files=tuple(_file_row(file) for file in files),
        order_rejects=tuple(
            OrderRejectRow(file.name, reject.reason, reject.rows, reject.first_line)
            for file in files
            for reject in file.rejects
        ),
        notes=(
            *filter(None, (listed.note, *(file.note for file in files))),
            *lookback_notes(visits, lookback, key_changes(out)),
            *_notes(visits, listed, sold),
        ),
    )


def zone_of(name: str) -> tzinfo:
    """Return a time zone, an IANA name or +01:00. Raises UsageError."""
    arguments.check("timezone", name, str)
    checked = ReadSettings(timezone=name).timezone
    if checked.startswith(("+", "-")):
        return datetime.strptime(checked, "%z").tzinfo or UTC
    return ZoneInfo(checked)


def _currency(listed: PartnerList, files: Sequence[OrderFile]) -> str | None:
    """Return the one currency of fees and orders. Raises InputError for two."""
    currencies = {file.currency: file.name for file in reversed(files) if file.currency}
    if listed.currency:
        currencies[listed.currency] = _("the file of partners")
    if len(currencies) > 1:
        (first, one), (second, other), *_rest = sorted(currencies.items())
        raise InputError(
            _("{one} has amounts in {first}, {other} in {second}.").format(
                one=one, first=first, other=other, second=second
            ),
            expected=_("fees and orders in one currency: no rate of exchange is assumed"),
        )
    return next(iter(currencies), None)


def _owned(orders: Sequence[Order], listed: PartnerList) -> dict[str, list[Order]]:
    """Return the orders with a code of each partner. An order with the codes of two is that of the
    first code's."""
    owned: dict[str, list[Order]] = {}
    for order in orders:
        day = datetime.fromtimestamp(order.second, UTC).date()
        owners = (listed.partner_of_code(code, day) for code in order.codes)
        if owner := next((owner for owner in owners if owner), None):
            owned.setdefault(owner, []).append(order)
    return owned


class _Measured:
    """What the visits say of each partner: pages, and the use of codes."""

    def __init__(self, visits: StoredVisits, parts: Parts, factors: Numbers, lookback: int) -> None:
        self._visits = visits
        self._parts = parts
        self._factors = factors
        self._conversions = conversions_of(visits, lookback)

    def pages(self, partner: str) -> list[tuple[str, float]]:
        """Return the pages on which a partner's visits began, with the number of these."""
        visits, parts = self._visits, self._parts
        own = np.flatnonzero([key.partner == partner for key in parts.keys])
        is_own = np.isin(parts.key, own)
        weight = (visits.weight[parts.visit] * parts.part)[is_own]
        page = visits.page[parts.visit[is_own]]
        counts = np.bincount(page, weight, minlength=len(visits.pages))
        order = np.argsort(-counts, kind="stable")
        return [
            (_page_name(visits.pages[place]), float(counts[place]))
            for place in order.tolist()
            if counts[place] >= LEAST_VISITS
        ]

    def use(
        self, listed: PartnerList, partner: str, owned: Mapping[str, list[Order]] | None
    ) -> CodeUse | None:
        """Return the use of a partner's codes; None without files of orders or codes."""
        rows = [row for row in listed.rows if row.partner == partner]
        if owned is None or not any(row.code for row in rows):
            return None
        probable = None
        if any(row.has_link for row in rows):
            measured = self._visits, self._parts, self._conversions
            probable = reached(*measured, partner, self._factors)
        return code_use(owned.get(partner, []), self._conversions, probable, self._factors)


def _page_name(page: tuple[str, str | None]) -> str:
    site, path = page
    return f"{site}{path or ''}"


def _row_of_links(row: CampaignRow, listed: PartnerList) -> CampaignRow:
    """Return the row without a return, where the partner has no link by which visits come."""
    if any(terms.has_link for terms in listed.rows if terms.partner == row.partner):
        return row
    return replace(row, roi_before=None, roi_after=None, roi_after_low=None, roi_after_high=None)


def _row(row: CampaignRow, margin: float, pages: int, use: CodeUse | None) -> PartnerRow:
    names = {field.name for field in fields(PartnerRow)}
    of_visits = {f.name: getattr(row, f.name) for f in fields(row) if f.name in names}
    fee = row.cost
    codes: dict[str, Any] = dict.fromkeys(names - {*of_visits, "fee", "pages"})
    if use:
        without = None if use.with_visit is None else use.in_log - use.with_visit
        codes |= {
            "codes": use.used,
            "code_revenue": use.value,
            "codes_in_log": use.in_log,
            "codes_with_visit": use.with_visit,
            "codes_without_visit": without,
            "leak": use.leak,
            "leak_low": use.leak_low,
            "leak_high": use.leak_high,
            "roi_by_codes": (margin * use.value - fee) / fee if fee else None,
        }
    return PartnerRow(**of_visits, fee=fee, pages=pages, **codes)


def _file_row(file: OrderFile) -> OrderFileRow:
    rejects = sum(reject.rows for reject in file.rejects)
    return OrderFileRow(file.name, file.tool, len(file.orders), file.further_rows, rejects)


def _notes(visits: StoredVisits, listed: PartnerList, orders: Sequence[Order]) -> Iterator[str]:
    """Yield what limits the numbers."""
    first, last = visits.second[[0, -1]] if len(visits.second) else (0.0, 0.0)
    outside = sum(not first <= order.second <= last + DAY_SECONDS for order in orders)
    if outside:
        text = ngettext(
            "{n} order is of a time before or after the visits.",
            "{n} orders are of times before or after the visits.",
            outside,
        )
        yield text.format(n=whole(outside))
    if not visits.has_conversions:
        yield NO_CONVERSIONS
    elif not visits.has_revenue:
        yield NO_REVENUE
    if orders and not any(row.code for row in listed.rows):
        yield _("The file of partners names no code, so orders say nothing of partners.")
