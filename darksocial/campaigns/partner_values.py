"""The finished table of partners: frozen values, whose names are those of its JSON and Parquet."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """What a partner cost and brought.

    partner: its name; that of links which a chatbot sent is in parentheses.
    fee, currency: by the file of partners; null without any.
    Visits, conversions and revenue as in the table of campaigns: `before` as GA4 books visits by
    the partner's links, `own` by clicks on these, `passed_on` by copies of them, `traced` and
    `by_mix` by links to other pages that its visitors shared, `after` their sum, with a 90%
    interval.
    pages: on how many pages these visits began.
    codes: orders with one of its codes. code_revenue: their value.
    codes_in_log: those near which the log has a conversion. codes_with_visit,
    codes_without_visit: the expected number of these with a visit by its links or their echo, and
    without.
    leak: the part without, with a 90% interval; null without a link, and without such codes.
    roi_by_codes: of code_revenue alone.
    enough_data: whether conversions are enough to compare it with others.
    """

    partner: str
    fee: float | None
    currency: str | None
    visits_before: float
    visits_own: float
    visits_passed_on: float
    visits_traced: float
    visits_by_mix: float
    visits_after: float
    visits_after_low: float
    visits_after_high: float
    conversions_before: float | None
    conversions_after: float | None
    conversions_after_low: float | None
    conversions_after_high: float | None
    revenue_before: float | None
    revenue_after: float | None
    revenue_after_low: float | None
    revenue_after_high: float | None
    echo_factor: float | None
    roi_before: float | None
    roi_after: float | None
    roi_after_low: float | None
    roi_after_high: float | None
    pages: int
    codes: int | None
    code_revenue: float | None
    codes_in_log: int | None
    codes_with_visit: float | None
    codes_without_visit: float | None
    leak: float | None
    leak_low: float | None
    leak_high: float | None
    roi_by_codes: float | None
    enough_data: bool


@dataclass(frozen=True, slots=True)
class PartnerPageRow:
    """A page on which visits of a partner began, and how many."""

    partner: str
    path: str
    visits: float


@dataclass(frozen=True, slots=True)
class OrderFileRow:
    """A file of orders: whose export it is, its orders, further rows of these, and rejects."""

    file: str
    export: str
    orders: int
    further_rows: int
    rejects: int


@dataclass(frozen=True, slots=True)
class OrderRejectRow:
    """Why rows of a file of orders do not count: how many, and the line of the first."""

    file: str
    reason: str
    rows: int
    first_line: int


@dataclass(frozen=True, slots=True)
class PartnerReport:
    """What partners cost and brought, in the order of the file of partners.

    version: of darksocial.
    credit: how conversions are credited: last, first, linear, position or decay.
    lookback_days: how many days before a conversion visits are credited.
    margin: what remains of revenue before the fee, 0 to 1.
    currency: of fees and orders; null if nothing names one.
    first_day: of the visits, in UTC.
    last_day: of the visits, in UTC.
    orders: of all files of orders; null without files.
    orders_with_codes: those of them with a code of a partner; null without files.
    partners: one row each; docs/schema.md describes the columns.
    partner_pages: the pages with most visits of each partner.
    order_files: the files of orders, in their order.
    order_rejects: why rows of these do not count.
    notes: what limits the numbers.
    """

    version: str
    credit: str
    lookback_days: int
    margin: float
    currency: str | None
    first_day: date | None
    last_day: date | None
    orders: int | None
    orders_with_codes: int | None
    partners: tuple[PartnerRow, ...]
    partner_pages: tuple[PartnerPageRow, ...]
    order_files: tuple[OrderFileRow, ...]
    order_rejects: tuple[OrderRejectRow, ...]
    notes: tuple[str, ...]
