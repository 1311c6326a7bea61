"""The table of campaigns on the page."""

from collections.abc import Sequence

from darksocial.campaigns.values import CampaignRow
from darksocial.language import gettext as _
from darksocial.outputs.page.cells import Row, Table, clipped, number, numbers, path, texts
from darksocial.outputs.page.charts import dumbbell
from darksocial.outputs.texts import name_of_row
from darksocial.report.numbers import estimate, money, range_of, roi, roi_range, whole


def campaign_table(rows: Sequence[CampaignRow], *, has_costs: bool) -> Table:
    """Return visits by campaign, as booked and with what its links set off; and, where there are
    costs, these and the ROI."""
    columns = [
        *texts(_("campaign"), ""),
        *numbers(_("visits"), _("with shares"), _("90% interval")),
    ]
    if has_costs:
        columns += numbers(_("cost"), _("ROI"), _("with shares"), _("90% interval"))
    highest = max(max(row.visits_before, row.visits_after_high) for row in rows)
    return Table(columns, [_cells(row, highest, has_costs) for row in rows])


def _cells(row: CampaignRow, highest: float, has_costs: bool) -> Row:
    name = name_of_row(row)
    says = _("{campaign}: {before} booked, {after} with shares").format(
        campaign=clipped(name), before=whole(row.visits_before), after=estimate(row.visits_after)
    )
    visits = {
        "before": row.visits_before,
        "after": row.visits_after,
        "low": row.visits_after_low,
        "high": row.visits_after_high,
    }
    cells = [
        path(name),
        dumbbell(visits, highest, says),
        number(whole(row.visits_before)),
        number(estimate(row.visits_after)),
        number(range_of(row.visits_after_low, row.visits_after_high)),
    ]
    if not has_costs:
        return cells
    low, high = row.roi_after_low, row.roi_after_high
    return [
        *cells,
        number("" if row.cost is None else money(row.cost)),
        number("" if row.roi_before is None else roi(row.roi_before)),
        number("" if row.roi_after is None else roi(row.roi_after)),
        number("" if low is None or high is None else roi_range(low, high)),
    ]
