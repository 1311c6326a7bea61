"""What partners brought, in a terminal: a line for each, readable at any width."""

from rich.console import Console

from darksocial.campaigns.partner_values import PartnerReport, PartnerRow
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs import Output, tables
from darksocial.outputs.campaigns.terminal import roi_cells
from darksocial.outputs.drawing import display, title, wrapped
from darksocial.outputs.tables import show_table
from darksocial.outputs.texts import NO_NAME
from darksocial.printable import printable
from darksocial.report.numbers import (
    decimal,
    estimate,
    money,
    roi,
    whole,
    whole_percent,
)

SHOWN_PAGES = 3
"""Pages of a partner that are printed; files have more."""


def show(report: PartnerReport) -> None:
    """Print what links brought, how codes were used, which pages were reached, and what limits
    the numbers."""
    console = Console(highlight=False)
    title(console, _("What partners cost and brought, with what their links set off in private"))
    _show_links(console, report)
    if report.orders is not None:
        title(console, _("Codes of partners among the orders"))
        _show_codes(console, report)
    if report.partner_pages:
        title(console, _("Pages that partners reached"))
        _show_pages(console, report)
    for text in (*_explained(report), *report.notes):
        wrapped(console, printable(text))
    _show_files(console, report)
    display(console)


def _show_links(console: Console, report: PartnerReport) -> None:
    columns = [
        tables.text(_("partner")),
        tables.number(_("clicks")),
        tables.number(_("copied")),
        tables.number(_("after")),
        tables.number(_("fee")),
        tables.number(_("ROI")),
        tables.number(_("after")),
        tables.number(_("90% interval")),
        tables.number(_("echo")),
    ]
    show_table(console, columns, [_of_links(row) for row in report.partners])


def _of_links(row: PartnerRow) -> list[str]:
    echo = NO_NAME if row.echo_factor is None else decimal(row.echo_factor, 2)
    return [
        printable(row.partner),
        estimate(row.visits_own),
        estimate(row.visits_passed_on),
        estimate(row.visits_after),
        NO_NAME if row.fee is None else money(row.fee),
        *roi_cells(row),
        echo,
    ]


def _show_codes(console: Console, report: PartnerReport) -> None:
    columns = [
        tables.text(_("partner")),
        tables.number(_("orders")),
        tables.number(_("value")),
        tables.number(_("in the log")),
        tables.number(_("by link or echo")),
        tables.number(_("leak")),
        tables.number(_("90% interval")),
        tables.number(_("ROI by codes")),
    ]
    rows = [_of_codes(row) for row in report.partners if row.codes is not None]
    if rows:
        show_table(console, columns, rows)


def _of_codes(row: PartnerRow) -> list[str]:
    leak, low, high = row.leak, row.leak_low, row.leak_high
    if leak is None or low is None or high is None:
        of_leak = [NO_NAME, NO_NAME]
    else:
        span = _("{low} to {high}").format(low=whole_percent(low), high=whole_percent(high))
        of_leak = [whole_percent(leak), span]
    return [
        printable(row.partner),
        whole(row.codes or 0),
        money(row.code_revenue or 0.0),
        whole(row.codes_in_log or 0),
        NO_NAME if row.codes_with_visit is None else estimate(row.codes_with_visit),
        *of_leak,
        NO_NAME if row.roi_by_codes is None else roi(row.roi_by_codes),
    ]


def _show_pages(console: Console, report: PartnerReport) -> None:
    columns = [tables.text(_("partner")), tables.number(_("visits")), tables.path(_("page"))]
    rows: list[tables.Row] = []
    for partner in report.partners:
        own = [page for page in report.partner_pages if page.partner == partner.partner]
        for page in own[:SHOWN_PAGES]:
            rows.append([printable(page.partner), estimate(page.visits), tables.Path(page.path)])
    show_table(console, columns, rows)


def _explained(report: PartnerReport) -> list[str]:
    """Return what the columns mean."""
    texts = [
        _(
            "ROI is as GA4 books visits by the partner's links; after is with copies of these, and "
            "with links to pages that its visitors shared in private. Echo is visits after by "
            "clicks."
        ),
        _("Credit for conversions: {credit}, {days} days.").format(
            credit=report.credit, days=report.lookback_days
        ),
    ]
    if report.orders is not None:
        texts.append(
            _(
                "Leak is the part of the orders with a code whose buyers came neither by the "
                "partner's link nor by its echo, as far as the log shows. Codes and visits are two "
                "views of the same orders: do not add them."
            )
        )
    if any(not row.enough_data and row.roi_after is not None for row in report.partners):
        texts.append(_("* There is not enough data to compare this partner with others."))
    return texts


def _show_files(console: Console, report: PartnerReport) -> None:
    for file in report.order_files:
        text = ngettext(
            "{file} was read as {export}: {n} order, {further} further rows of orders, and "
            "{rejects} rows that do not count.",
            "{file} was read as {export}: {n} orders, {further} further rows of orders, and "
            "{rejects} rows that do not count.",
            file.orders,
        ).format(
            file=file.file,
            export=file.export,
            n=whole(file.orders),
            further=whole(file.further_rows),
            rejects=whole(file.rejects),
        )
        wrapped(console, printable(text))
    for reject in report.order_rejects:
        text = ngettext(
            "{n} row of {file} does not count: {reason} (line {line}).",
            "{n} rows of {file} do not count: {reason} (first in line {line}).",
            reject.rows,
        ).format(
            n=whole(reject.rows), file=reject.file, reason=reject.reason, line=reject.first_line
        )
        wrapped(console, printable(text))


OUTPUT = Output("terminal", show=show)
