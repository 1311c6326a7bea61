"""The section that shows visits by day, device or something else that was asked for."""

from collections.abc import Iterator

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups.apps import label
from darksocial.outputs import tables
from darksocial.outputs.analysis._parts import Part, Section, Sentence, Table
from darksocial.report.group_rows import GroupRow
from darksocial.report.numbers import estimate, is_none, money, range_of, whole
from darksocial.report.values import Report

TITLES = {
    "day": _("Visits by day"),
    "week": _("Visits by week, from Monday"),
    "hour": _("Visits by hour of the day"),
    "device": _("Visits by device"),
    "campaign": _("Visits by campaign"),
    "section": _("Visits by section"),
    "app": _("Visits by app"),
    "landing": _("Visits by landing page"),
}
OF_PATHS = frozenset({"section", "landing"})
"""Groups whose names are cut as paths are."""


def groups(report: Report) -> Iterator[Section]:
    """Yield the visits by what was asked for, if something was."""
    by = report.groups.by
    if by is None:
        return
    sells = any(row.conversions or row.revenue for row in report.groups.rows)
    columns = [
        tables.path(by) if by in OF_PATHS else tables.label(by),
        tables.number(_("visits")),
        tables.number(_("Direct")),
        tables.number(_("estimated")),
        tables.number(_("dark social")),
        tables.number(_("90% interval")),
    ]
    if sells:
        columns += [tables.number(_("conversions")), tables.number(_("of dark"))]
        columns += [tables.number(_("revenue")), tables.number(_("of dark"))]
    rows = [_row(by, row, sells) for row in report.groups.rows]
    parts: list[Part] = [Table(columns, rows)]
    meaning = _(
        "Direct is as booked and as estimated. Days and hours are those of {zone}; a visit counts "
        "by its start."
    )
    parts.append(Sentence(meaning.format(zone=report.zone), is_aside=True))
    yield Section(TITLES[by], parts)


def _row(by: str, row: GroupRow, sells: bool) -> tables.Row:
    name = _name(by, row)
    cells: list[tables.Cell] = [
        tables.Path(name) if by in OF_PATHS and row.name else name,
        whole(row.sessions),
        whole(row.direct_before),
        estimate(row.direct_after),
        estimate(row.dark),
        "" if is_none(row.high) else range_of(row.low, row.high),
    ]
    if sells:
        cells += [whole(row.conversions), estimate(row.conversions_dark)]
        cells += [money(row.revenue), money(row.revenue_dark)]
    return cells


def _name(by: str, row: GroupRow) -> str:
    if row.others:
        return ngettext("{n:,} other", "{n:,} others", row.others).format(n=row.others)
    if row.name is None:
        return _("not known") if by != "campaign" else _("none")
    return label(row.name) if by == "app" else row.name
