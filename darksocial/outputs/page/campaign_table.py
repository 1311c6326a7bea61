"""The sections of campaigns and of partners on the page."""

from collections.abc import Sequence

from darksocial.campaigns.partner_values import PartnerReport, PartnerRow
from darksocial.campaigns.values import CampaignReport, CampaignRow
from darksocial.language import gettext as _
from darksocial.outputs.page.cells import Row, Table, charts, clipped, number, numbers, path, texts
from darksocial.outputs.page.charts import dumbbell
from darksocial.outputs.page.section import MAX_NOTE_CHARACTERS, MAX_NOTES, Section
from darksocial.outputs.texts import name_of_row
from darksocial.report.numbers import estimate, money, range_of, roi, roi_range, whole

MAX_ROWS = 10


def of_campaigns(rows: Sequence[CampaignRow], report: CampaignReport) -> Section:
    """What campaigns cost and brought, as booked and with what their links set off in private."""
    return Section(
        "campaigns",
        _("What did campaigns bring?"),
        _("The ring is what an analytics tool books, the dot is with the visits by links that "
          "visitors of the campaign shared in private."),
        table=campaign_table(rows[:MAX_ROWS], has_costs=report.cost is not None),
        notes=[clipped(note, MAX_NOTE_CHARACTERS) for note in report.notes[:MAX_NOTES]],
    )  # fmt: skip


def of_partners(report: PartnerReport) -> Section:
    """What partners cost and brought, as booked and with what their links set off in private."""
    return Section(
        "partners",
        _("What did partners bring?"),
        _("The ring is what an analytics tool books by the links of partners, the dot is with the "
          "visits by links that their visitors shared in private."),
        table=partner_table(report.partners[:MAX_ROWS]),
        notes=[clipped(note, MAX_NOTE_CHARACTERS) for note in report.notes[:MAX_NOTES]],
    )  # fmt: skip


def campaign_table(rows: Sequence[CampaignRow], *, has_costs: bool) -> Table:
    """Return visits by campaign, as booked and with what its links set off; and, where there are
    costs, these and the ROI."""
    costs = [row.cost for row in rows]
    return _table(_("campaign"), rows, [name_of_row(row) for row in rows], costs, has_costs)


def partner_table(rows: Sequence[PartnerRow]) -> Table:
    """Return visits by partner, as booked and with what its links set off; and, where there are
    fees, these and the ROI."""
    fees = [row.fee for row in rows]
    names = [row.partner for row in rows]
    return _table(_("partner"), rows, names, fees, any(fee is not None for fee in fees))


def _table(
    title: str,
    rows: Sequence[CampaignRow | PartnerRow],
    names: Sequence[str],
    costs: Sequence[float | None],
    has_costs: bool,
) -> Table:
    columns = [
        *texts(title),
        *charts(_("without and with shares")),
        *numbers(_("visits"), _("with shares"), _("90% interval")),
    ]
    if has_costs:
        columns += numbers(_("cost"), _("ROI"), _("with shares"), _("90% interval"))
    highest = max(max(row.visits_before, row.visits_after_high) for row in rows)
    cells = [
        [*_visits(row, name, highest), *(_returns(row, cost) if has_costs else [])]
        for row, name, cost in zip(rows, names, costs, strict=True)
    ]
    return Table(columns, cells)


def _visits(row: CampaignRow | PartnerRow, name: str, highest: float) -> Row:
    says = _("{campaign}: {before} booked, {after} with shares").format(
        campaign=clipped(name), before=whole(row.visits_before), after=estimate(row.visits_after)
    )
    visits = {
        "before": row.visits_before,
        "after": row.visits_after,
        "low": row.visits_after_low,
        "high": row.visits_after_high,
    }
    return [
        path(name),
        dumbbell(visits, highest, says),
        number(whole(row.visits_before)),
        number(estimate(row.visits_after)),
        number(range_of(row.visits_after_low, row.visits_after_high)),
    ]


def _returns(row: CampaignRow | PartnerRow, cost: float | None) -> Row:
    low, high = row.roi_after_low, row.roi_after_high
    return [
        number("" if cost is None else money(cost)),
        number("" if row.roi_before is None else roi(row.roi_before)),
        number("" if row.roi_after is None else roi(row.roi_after)),
        number("" if low is None or high is None else roi_range(low, high)),
    ]
