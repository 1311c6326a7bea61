"""The section that shows visits by day, device or something else that was asked for."""

from collections.abc import Iterator

from darksocial.language import gettext as _
from darksocial.outputs import tables
from darksocial.outputs.analysis._parts import Part, Section, Sentence, Table
from darksocial.outputs.group_words import (
    GROUP_HEADINGS,
    OF_PATHS,
    TITLES,
    group_name,
    what_groups_count,
)
from darksocial.report.group_rows import GroupRow
from darksocial.report.numbers import estimate, is_none, money, range_of, whole
from darksocial.report.values import Report


def groups(report: Report) -> Iterator[Section]:
    """Yield the visits by what was asked for, if something was."""
    by = report.groups.by
    if by is None:
        return
    sells = report.groups.sells
    columns = [
        tables.path(GROUP_HEADINGS[by]) if by in OF_PATHS else tables.label(GROUP_HEADINGS[by]),
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
    parts.append(Sentence(what_groups_count(report.zone), is_aside=True))
    yield Section(TITLES[by], parts)


def _row(by: str, row: GroupRow, sells: bool) -> tables.Row:
    name = group_name(by, row.name, row.others)
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
