"""Read an Excel file (.xlsx, Office Open XML): its first sheet, as the lines of a CSV.

What reads CSV so reads Excel files as well. An Excel file is a zip archive of parts in XML
(ECMA-376, part 2). openpyxl reads it a row at a time, and the values that formulas had when the
file was saved. Two things of a sheet are no part of a CSV: titles above the header, in a single
cell, become comments; and cells without a value at the end of a row count as empty.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO

from darksocial.language import gettext as _
from darksocial.reading.bounds import MIB

CONTENT_TYPES, PARTS_FOLDER = "[Content_Types].xml", "xl/"
SHEETS_FOLDER = "xl/worksheets/"
MAX_PART_BYTES = 256 * MIB
"""Parts beside the sheets, such as the texts that cells share, are held in memory."""
# What in a number format is no directive: conditions and locales, quoted texts, escaped signs.
NO_DIRECTIVE = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.')
LINE_END = re.compile(r"\s*[\r\n]+\s*")
NEEDS_OPENPYXL = _(
    "this is an Excel file. Save it as CSV (UTF-8), and read that, or install what reads it: "
    "pip install 'darksocial[xlsx]'"
)
# What openpyxl raises where a part is missing, or is not what the standard says. The errors of
# both parsers of XML that it may use are a SyntaxError.
FAULTS = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, SyntaxError,
    AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first sheet of an Excel file.

    name: as it is on its tab.
    others: how many sheets are behind it.
    lines: its rows as lines of a CSV with commas, without line ends; they can be read once. Raises
        ValueError where the file is damaged.
    """

    name: str
    others: int
    lines: Iterator[str]


def is_workbook(file: IO[bytes]) -> bool:
    """Return whether a file, which must be seekable, is an Excel file of 2007 or later."""
    if not zipfile.is_zipfile(file):
        return False
    names = zipfile.ZipFile(file).namelist()
    return CONTENT_TYPES in names and any(name.startswith(PARTS_FOLDER) for name in names)


def first_sheet(file: IO[bytes]) -> Sheet:
    """Return the first sheet of an Excel file, which must stay open until its lines are read.

    Raises ValueError, with a reason for people, where openpyxl is not installed, or the file is
    damaged or has no sheet.
    """
    try:
        import openpyxl
    except ImportError as error:
        raise ValueError(NEEDS_OPENPYXL) from error
    try:
        _check_sizes(file)
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheets = book.worksheets
    except FAULTS as error:
        raise _damaged(error) from error
    if not sheets:
        raise ValueError(_("this is an Excel file without a sheet"))
    first = sheets[0]
    first.reset_dimensions()  # many programs write a size of one cell
    return Sheet(str(first.title), len(sheets) - 1, _lines(first.iter_rows()))


def _check_sizes(file: IO[bytes]) -> None:
    """Raise ValueError if a part that is held in memory is too large."""
    for part in zipfile.ZipFile(file).infolist():
        if part.file_size > MAX_PART_BYTES and not part.filename.startswith(SHEETS_FOLDER):
            raise ValueError(_("a part of more than {n} MiB").format(n=MAX_PART_BYTES // MIB))


def _damaged(error: Exception) -> ValueError:
    reason = str(error) or type(error).__name__
    return ValueError(_("this is an Excel file that is damaged ({reason})").format(reason=reason))


def _lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Return the rows as lines. What is above the first row of several cells is a title.

    In a sheet of a single column each cell is a line as it is: so programs leave a CSV whose
    separator they do not know.
    """
    titles: list[str] = []
    width = 0
    try:
        for row in rows:
            cells = _filled(row)
            if not width and len(cells) < 2:
                titles.append("".join(cells))
                continue
            if not width:
                yield from map(_comment, titles)
                width = len(cells)
            yield _line(cells, width)
    except FAULTS as error:
        raise _damaged(error) from error
    if not width:
        yield from titles


def _filled(row: Sequence[object]) -> list[str]:
    """Return the texts of a row's cells, without empty ones at its end."""
    texts = [_text(cell) for cell in row]
    while texts and not texts[-1]:
        del texts[-1]
    return texts


def _comment(title: str) -> str:
    return title if not title or title.startswith("#") else f"# {title}"


def _line(cells: list[str], width: int) -> str:
    """Return a row as a line of a CSV, as wide as the header; a comment stays by itself."""
    first = cells[0] if cells else ""
    if len(cells) < 2 and (not first or first.startswith("#")):
        return first
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells + [""] * (width - len(cells)))
    return line.getvalue()


def _text(cell: object) -> str:
    """Return a cell as a CSV has it: ISO 8601 for days and times, a point before decimals."""
    value = getattr(cell, "value", None)
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime():
            form = NO_DIRECTIVE.sub("", str(getattr(cell, "number_format", ""))).lower()
            is_day = value.time() == time() and "h" not in form
            return (value.date() if is_day else value).isoformat()
        case date() | time():
            return value.isoformat()
        case float():
            return _decimal(value)
        case _:
            return LINE_END.sub(" ", str(value)).strip()


def _decimal(value: float) -> str:
    """Return a number without an exponent.

    It never has three decimals: 1.204 could be a thousand and more, 1.2040 could not.
    """
    text = f"{Decimal(repr(value)):f}".removesuffix(".0")
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text
