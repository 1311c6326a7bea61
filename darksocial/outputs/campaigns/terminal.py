"""What campaigns brought, in a terminal: a line for each, readable at any width."""

from rich.console import Console

from darksocial.campaigns.groupings import CAMPAIGN
from darksocial.campaigns.partner_values import PartnerRow
from darksocial.campaigns.values import CampaignReport, CampaignRow
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs import Output, tables
from darksocial.outputs.drawing import display, title, wrapped
from darksocial.outputs.tables import show_table
from darksocial.outputs.texts import NO_NAME, name_of_row
from darksocial.printable import printable
from darksocial.report.numbers import (
    decimal,
    estimate,
    money,
    range_of,
    roi,
    roi_range,
    whole,
    whole_percent,
)

SHOWN_CAMPAIGNS, SHOWN_COMPARISONS = 30, 5


def show(report: CampaignReport) -> None:
    """Print the table, what is in it besides campaigns, and what limits it."""
    console = Console(highlight=False)
    rows = [row for row in report.campaigns if report.by != CAMPAIGN or _is_campaign(row)]
    title(console, _("What campaigns cost and brought, with what their links set off in private"))
    if not rows:
        wrapped(console, _("No visit came by a tagged link, and there are no costs."))
    else:
        _show_rows(console, report, rows[:SHOWN_CAMPAIGNS])
    rest = len(rows) - SHOWN_CAMPAIGNS
    if rest > 0:
        wrapped(console, ngettext("and {n:,} more", "and {n:,} more", rest).format(n=rest))
    for text in (*_explained(report), *report.notes):
        wrapped(console, printable(text))
    for file in report.cost_files:
        text = ngettext(
            "{file} was read as {export}: {n:,} row of costs, and {sums} of sums left out.",
            "{file} was read as {export}: {n:,} rows of costs, and {sums} of sums left out.",
            file.rows,
        )
        wrapped(
            console,
            printable(text.format(file=file.file, export=file.export, n=file.rows, sums=file.sums)),
        )
    display(console)


def _is_campaign(row: CampaignRow) -> bool:
    return row.campaign is not None or row.cost is not None


def _show_rows(console: Console, report: CampaignReport, rows: list[CampaignRow]) -> None:
    has_costs = report.cost is not None
    columns = [tables.text(report.by), tables.number(_("visits")), tables.number(_("after"))]
    if has_costs:
        columns += [tables.number(_("cost"))]
    columns += [
        tables.number(_("ROI") if has_costs else _("revenue")),
        tables.number(_("after")),
        tables.number(_("90% interval")),
        tables.number(_("echo")),
    ]
    show_table(console, columns, [_cells(row, has_costs) for row in rows])


def _cells(row: CampaignRow, has_costs: bool) -> list[str]:
    cells = [printable(name_of_row(row)), whole(row.visits_before), estimate(row.visits_after)]
    if has_costs:
        cells += [NO_NAME if row.cost is None else money(row.cost), *roi_cells(row)]
    else:
        cells += _revenue(row)
    return [*cells, NO_NAME if row.echo_factor is None else decimal(row.echo_factor, 2)]


def roi_cells(row: CampaignRow | PartnerRow) -> list[str]:
    """Return the ROI before and after, and the interval of the latter: with an asterisk where there
    is not enough data to compare the row with others."""
    low, high = row.roi_after_low, row.roi_after_high
    before, after = (
        NO_NAME if value is None else roi(value) for value in (row.roi_before, row.roi_after)
    )
    if low is None or high is None:
        return [before, after, NO_NAME]
    text = roi_range(low, high)
    return [before, after, text if row.enough_data else _("{range} *").format(range=text)]


def _revenue(row: CampaignRow) -> list[str]:
    low, high = row.revenue_after_low, row.revenue_after_high
    if row.revenue_before is None or row.revenue_after is None or low is None or high is None:
        return [NO_NAME] * 3
    return [money(row.revenue_before), money(row.revenue_after), range_of(low, high)]


def _explained(report: CampaignReport) -> list[str]:
    """Return what the columns mean."""
    texts = [
        _(
            "Before is as GA4 books visits and conversions; after is with visits by copied links, "
            "and by links without a tag that visitors of the campaign shared in private; beside "
            "them conversions of people who came back in another browser. Echo is visits after by "
            "own visits."
        ),
        _("Credit for conversions: {credit}, {days} days.").format(
            credit=report.credit, days=report.lookback_days
        ),
    ]
    texts += [
        _("{better} has a higher ROI than {worse} with a probability of {probability}.").format(
            better=row.better, worse=row.worse, probability=whole_percent(row.probability)
        )
        for row in report.comparisons[:SHOWN_COMPARISONS]
    ]
    if any(not row.enough_data and row.roi_after is not None for row in report.campaigns):
        texts.append(_("* There is not enough data to compare this campaign with others."))
    return texts


OUTPUT = Output("terminal", show=show)
