"""Tables of the page that count visits by what their readers share: device, country, and whatever
--by names."""

from collections.abc import Iterator, Sequence

from darksocial.language import gettext as _
from darksocial.outputs.group_words import (
    GROUP_HEADINGS,
    OF_PATHS,
    TITLES,
    group_name,
    what_groups_count,
)
from darksocial.outputs.page.cells import Cell, Table, number, numbers, path, text, texts
from darksocial.outputs.page.section import Section
from darksocial.report.group_rows import GroupRow, Groups
from darksocial.report.numbers import estimate, money, range_of, whole
from darksocial.report.page import PageFacts, ReadersRow
from darksocial.selection import BY_TIME

MAX_GROUP_ROWS = 60
"""Of more groups, such as the days of a year, the page leaves out rows, so that it stays small."""


def of_readers(facts: PageFacts, *, with_paths: bool) -> Iterator[Section]:
    """Yield the tables that have something to show."""
    asked = facts.summary["groups"]
    groups = Groups(asked["by"], tuple(GroupRow(**row) for row in asked["rows"]))
    if groups.rows and (with_paths or groups.by not in OF_PATHS):
        yield _of_groups(groups, facts.summary["zone"])
    devices, countries = facts.devices, facts.countries
    if devices and groups.by != "device":
        yield Section("devices", _("On which devices?"), table=_of_rows("device", devices))
    if countries and groups.by != "country":
        yield Section("countries", _("In which countries?"), table=_of_rows("country", countries))


def _of_groups(groups: Groups, zone: str) -> Section:
    """Visits by what was asked for."""
    by = groups.by or ""
    columns = [
        *texts(GROUP_HEADINGS[by]),
        *numbers(_("visits"), _("Direct"), _("estimated")),
        *numbers(_("dark social"), _("90% interval")),
    ]
    if groups.sells:
        columns += numbers(_("conversions"), _("of dark"), _("revenue"), _("of dark"))
    shown = groups.rows[-MAX_GROUP_ROWS:] if by in BY_TIME else groups.rows[:MAX_GROUP_ROWS]
    left_out = _("This is {n} of {all} rows: a file (--output csv=DIR) has all of them.").format(
        n=whole(len(shown)), all=whole(len(groups.rows))
    )
    return Section(
        "groups",
        TITLES[by],
        what_groups_count(zone),
        table=Table(columns, [list(_cells(by, row, sells=groups.sells)) for row in shown]),
        notes=[left_out] if len(shown) < len(groups.rows) else [],
    )


def _cells(by: str, row: GroupRow, *, sells: bool) -> Iterator[Cell]:
    name = group_name(by, row.name, row.others)
    yield path(name) if by in OF_PATHS and row.name else text(name)
    yield number(whole(row.sessions))
    yield number(whole(row.direct_before))
    yield number(estimate(row.direct_after))
    yield number(estimate(row.dark))
    yield number(range_of(row.low, row.high))
    if sells:
        yield number(whole(row.conversions))
        yield number(estimate(row.conversions_dark))
        yield number(money(row.revenue))
        yield number(money(row.revenue_dark))


def _of_rows(by: str, rows: Sequence[ReadersRow]) -> Table:
    columns = [
        *texts(GROUP_HEADINGS[by]),
        *numbers(_("visits"), _("Direct"), _("dark social"), _("90% interval")),
    ]
    lines = [
        [
            text(group_name(by, row.name, row.others)),
            number(whole(row.sessions)),
            number(whole(row.direct)),
            number(estimate(row.dark.expected)),
            number(range_of(row.dark.low, row.dark.high)),
        ]
        for row in rows
    ]
    return Table(columns, lines)
