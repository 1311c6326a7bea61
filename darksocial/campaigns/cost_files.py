"""Read the files of costs: which export each is, and its rows, whatever there is around them.

Title lines above the header, sums below the rows, a byte order mark, UTF-16, tabs and semicolons
are read as the tools write them. Nothing is left out in silence: a row whose cost or day cannot be
read is an error that names it, since a sum without it would be wrong.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from darksocial import data
from darksocial.campaigns.amounts import Days, amount_of, day_of, days_of, form_of_days, mark_of
from darksocial.campaigns.costs import (
    CAMPAIGN,
    CLICKS,
    COST,
    CURRENCY_CODE,
    DATE,
    END,
    FIELDS,
    MEDIUM,
    SOURCE,
    START,
    CostFormat,
    registry,
)
from darksocial.campaigns.sheets import (
    BRACKETS,
    CELL_SEPARATORS,
    cells_of,
    is_quoted,
    lines_of,
    plain,
    split,
)
from darksocial.errors import InputError
from darksocial.language import gettext as _

MAX_TITLE_LINES = 30
"""How many lines there may be above the header. The longest seen, Microsoft's, has eleven."""
CODE = re.compile(r"[A-Z]{3}")
SUM = re.compile(
    r"(?:total|gesamt|insgesamt|summe|totaal|totale|suma|итого)(?:\s*:.*|\s+of\s+\d+.*)?",
    re.IGNORECASE,
)
"""What a row of sums begins with: `Total: Campaigns`. Four languages have `total` alike."""
NO_VALUES = frozenset({"", "-", "--", "—", "(not set)"})
MAPPED = CostFormat("mapped", _("columns that you named"), (COST,))


@dataclass(frozen=True, slots=True)
class CostRow:
    """What one campaign cost in some days.

    source, medium: as tags have them; None where the export names none, and then `format` says
    which sources its advertisements have.
    days: the first and the last day; None where the file has none.
    cost: in `currency`, None if no file names it.
    clicks: as the tool counts them; None where it does not.
    """

    source: str | None
    medium: str | None
    campaign: str | None
    days: Days | None
    cost: Decimal
    currency: str | None
    clicks: int | None
    format: CostFormat
    file: str


@dataclass(frozen=True, slots=True)
class CostFile:
    """A file of costs: its name, which export it is, its rows, how many rows of sums were left
    out, and a note on what else was not read (empty: nothing)."""

    name: str
    format: CostFormat
    rows: tuple[CostRow, ...]
    sums: int
    note: str

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies that its rows name."""
        return tuple(dict.fromkeys(row.currency for row in self.rows if row.currency))


@dataclass(frozen=True, slots=True)
class _Header:
    """The header of a file: its line (from 0), what separates its cells, the position of each
    field's column, what fields have in every row, and which export it is."""

    line: int
    delimiter: str
    columns: Mapping[str, int]
    constants: Mapping[str, str]
    format: CostFormat


def read_costs(path: Path, mapping: Mapping[str, str]) -> CostFile:
    """Read a file of costs. `mapping` names columns by fields, where the file has all of them; a
    text in quotes in place of a column is the value of every row.

    Raises InputError if it cannot be read, no export has its columns, or a row is not legible.
    """
    name = str(path)
    lines = lines_of(path, _("a file with the costs of campaigns"))
    header = _header(lines, mapping)
    if header is None:
        raise _unknown(name, lines, mapping)
    cells = list(_cells(lines, header))
    rows = [(number, row) for number, first, row in cells if not _is_sum(first, row, header)]
    mark = mark_of([(row[COST], row[CLICKS]) for _n, row in rows], header.delimiter)
    if not mark:
        raise InputError(
            _("{file} writes costs in two ways: with a point and with a comma").format(file=name),
            expected=_("one mark before the decimals of all costs"),
        )
    form = form_of_days([row[field] for _n, row in rows for field in (DATE, START, END)])
    return CostFile(
        name,
        header.format,
        tuple(_row(name, number, row, header, mark, form) for number, row in rows),
        len(cells) - len(rows),
        lines.note,
    )


def _header(lines: Sequence[str], mapping: Mapping[str, str]) -> _Header | None:
    """Return the first line with the columns of an export; of several exports the one that knows
    most of its columns."""
    for number, line in enumerate(lines[:MAX_TITLE_LINES]):
        claims = [
            header
            for delimiter in CELL_SEPARATORS
            for header in _claims(number, delimiter, split(line, delimiter), mapping)
        ]
        if claims:
            return max(claims, key=lambda header: len(header.columns))
    return None


def _claims(
    number: int, delimiter: str, cells: Sequence[str], mapping: Mapping[str, str]
) -> Iterator[_Header]:
    names = [plain(cell) for cell in cells]
    codes = [code for cell in cells if (code := _code_in(cell))]
    currency = {CURRENCY_CODE: codes[0]} if codes else {}
    if mapping:
        constants = {field: name[1:-1] for field, name in mapping.items() if is_quoted(name)}
        assigned = {field: plain(name) for field, name in mapping.items() if field not in constants}
        if assigned and set(assigned.values()) <= set(names):
            places = {field: names.index(name) for field, name in assigned.items()}
            yield _Header(number, delimiter, places, {**currency, **constants}, MAPPED)
            return
    for export in registry().values():
        columns: dict[str, int] = {}
        for field, name in header_names(export.name):
            if name in names:
                columns.setdefault(field, names.index(name))
        if set(export.needs) <= set(columns):
            yield _Header(number, delimiter, columns, currency, export)


def _code_in(cell: str) -> str | None:
    codes = (code for bracket in BRACKETS.findall(cell) for code in CODE.findall(bracket))
    code = next(codes, None)
    return None if code == "UTC" else code


@cache
def header_names(export: str) -> tuple[tuple[str, str], ...]:
    """Return the rows of data/cost_headers.csv for an export: field and plain name."""
    rows = data.read("cost_headers")
    return tuple((r["field"], plain(r["name"])) for r in rows if r["format"] == export)


def _cells(lines: Sequence[str], header: _Header) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Return the rows below the header: the line number (from 1), the first text, and that of each
    field, empty where it has none. Blank lines and remarks of one cell are no rows."""
    rows = csv.reader(lines[header.line + 1 :], delimiter=header.delimiter)
    for cells in rows:
        number = header.line + 1 + rows.line_num
        row = {field: header.constants.get(field, "") for field in FIELDS}
        for field, place in header.columns.items():
            row[field] = cells[place].strip() if place < len(cells) else ""
        filled = [cell.strip() for cell in cells if cell.strip()]
        if len(filled) > 1:
            yield number, filled[0], row


def _is_sum(first: str, row: Mapping[str, str], header: _Header) -> bool:
    """Return whether a row is a sum of others: it says so, or nothing says what it is of."""
    if SUM.fullmatch(first):
        return True
    naming = [field for field in (SOURCE, CAMPAIGN) if field in header.columns]
    values = [row[field] for field in naming]
    return bool(values) and all(text in NO_VALUES or SUM.fullmatch(text) for text in values)


def _row(
    file: str,
    number: int,
    row: Mapping[str, str],
    header: _Header,
    mark: str,
    form: str | None,
) -> CostRow:
    cost = amount_of(row[COST], mark)
    if cost is None:
        raise _illegible(file, number, _("a cost"), row[COST])
    clicks = amount_of(row[CLICKS], mark) if row[CLICKS] else None
    return CostRow(
        row[SOURCE] or None,
        row[MEDIUM] or None,
        row[CAMPAIGN] if row[CAMPAIGN] not in NO_VALUES else None,
        _days(file, number, row, form),
        cost,
        row[CURRENCY_CODE].upper() or None,
        None if clicks is None else int(clicks),
        header.format,
        file,
    )


def _days(file: str, number: int, row: Mapping[str, str], form: str | None) -> Days | None:
    if row[DATE]:
        days = days_of(row[DATE], form)
        if days is None:
            raise _illegible(file, number, _("a day"), row[DATE])
        return days
    if not (row[START] and row[END]):
        return None
    first, last = day_of(row[START], form), day_of(row[END], form)
    if not (first and last):
        raise _illegible(file, number, _("a day"), row[END] if first else row[START])
    return first, last


def _illegible(file: str, number: int, kind: str, text: str) -> InputError:
    return InputError(
        _("Line {line} of {file} has {text!r} where {kind} is expected.").format(
            line=number, file=file, text=text, kind=kind
        ),
        expected=_("numbers such as 1204.50, and days such as 2026-03-02"),
        advice=_(
            "days such as 3/2/2026 can be read where one of the file has a day after the 12th"
        ),
    )


def _unknown(name: str, lines: Sequence[str], mapping: Mapping[str, str]) -> InputError:
    first = next((line for line in lines if line.strip()), "")
    columns = ", ".join(cell for cell in cells_of(first) if cell)
    exports = ", ".join(export.title for export in registry().values())
    return InputError(
        _("{file} has the columns of no known export of costs: {columns}").format(
            file=name, columns=columns[:200]
        ),
        expected=_("an export of {exports}, or columns named by --map").format(exports=exports),
        advice="--map date=Day,source=Source,medium=Medium,campaign=Name,cost=Spend",
    )
