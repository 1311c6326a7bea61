"""Read small tables that people keep: a CSV in any usual encoding, with any usual separator, or an
Excel file.

Where a spreadsheet wrote it, there may be a byte order mark, UTF-16, tabs or semicolons. Headers
are compared without case, accents, spaces and signs.
"""

import csv
import re
from collections.abc import Sequence
from functools import cache
from itertools import takewhile
from pathlib import Path

from darksocial.errors import InputError
from darksocial.grammar.headers import plain_header
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.reading.workbook import Sheet, first_sheet, is_workbook

TITLE = "# "
"""How a line begins that is a title above the header of a sheet (reading/workbook.py)."""
CELL_SEPARATORS = ("\t", ";", ",")
BRACKETS = re.compile(r"\s*\(([^)]*)\)\s*")


class Lines(list[str]):
    """The lines of a table. `note` says what of the file was not read; empty for nothing."""

    note = ""


def lines_of(path: Path, expected: str) -> Lines:
    """Return the lines of a file, of an Excel file those of its first sheet as a CSV. Raises
    InputError, with what was `expected`, if it cannot be read or is no table."""
    try:
        with path.open("rb") as file:
            if is_workbook(file):
                return _lines_of_sheet(path, first_sheet(file))
            file.seek(0)
            content = file.read()
    except OSError as error:
        raise _unread(path, error.strerror or str(error), expected) from error
    except ValueError as error:
        raise _unread(path, str(error), expected) from error
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        # Excel in Western Europe saves a CSV that is not said to be UTF-8 in its own code page.
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return Lines(content.decode(encoding).splitlines())
        except UnicodeDecodeError:
            continue
    raise InputError(_("{file} is no text.").format(file=path), expected=expected)


def _lines_of_sheet(path: Path, sheet: Sheet) -> Lines:
    rows = list(sheet.lines)
    titles = len(list(takewhile(lambda row: row.startswith(TITLE), rows)))
    lines = Lines([*[""] * titles, *rows[titles:]])
    if sheet.others:
        text = ngettext(
            "Of {file} the first sheet was read, {name}, and not {n} other.",
            "Of {file} the first sheet was read, {name}, and not {n} others.",
            sheet.others,
        )
        lines.note = text.format(file=path, name=sheet.name, n=sheet.others)
    return lines


def _unread(path: Path, reason: str, expected: str) -> InputError:
    problem = _("{file} cannot be read: {reason}").format(file=path, reason=reason)
    return InputError(problem, expected=expected)


def split(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line."""
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]


def cells_of(line: str) -> list[str]:
    """Return the cells of one line, cut at the separator that it has most often."""
    return split(line, likely_separator(line))


def likely_separator(line: str) -> str:
    """Return the separator that a line has most often."""
    return max(CELL_SEPARATORS, key=line.count)


def rows_below(lines: Sequence[str], header: int, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the rows below the header line (from 0) that hold anything, each with the number of
    its last line (from 1)."""
    rows = csv.reader(lines[header + 1 :], delimiter=delimiter)
    numbered = ((header + 1 + rows.line_num, [cell.strip() for cell in row]) for row in rows)
    return [(number, row) for number, row in numbered if any(row)]


@cache
def plain(name: str) -> str:
    """Return a column's name without case, accents, spaces, signs and what is in brackets."""
    return plain_header(BRACKETS.sub(" ", name))


def is_quoted(text: str) -> bool:
    """Return whether a text is in quotes: in place of a column it is the value of each row."""
    return len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
