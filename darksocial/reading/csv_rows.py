"""Rows of a CSV as texts of JSON objects, by the header and the comments before them."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from darksocial.reading.record_texts import Records, opened, text_of

DELIMITERS = ",;\t|"
HEADER_CELL = re.compile(r"(?:(?:(?!\d)|(?=\d[A-Z][a-z]))[\w#$@(\[&€£¥%][^\"\\<>{}=;|\t]{0,99})?")
"""A name above a column, in any language and with any sign that people write, or none.

GoatCounter writes the version of its export before the first name: `2Path`.
"""
COMMENT_PAIR = re.compile(r"#\s*([^:]+?)\s*:\s*(.+?)\s*$")
# The period of an exploration of Google Analytics 4.
COMMENT_PERIOD = re.compile(r"#\s*(\d{8})\s*-\s*(\d{8})\s*$")
MAX_CELL_CHARACTERS = 1 << 20


@dataclass(slots=True)
class CsvTable:
    """What is above the rows that are read: the values of comments, and the names of columns.

    `names_follow`: comments came between rows, and the next row is the header of another table.
    """

    pairs: dict[str, str] = field(default_factory=dict)
    header: list[str] = field(default_factory=list)
    delimiter: str = ","
    names_follow: bool = False

    def is_begun_by(self, line: str) -> bool:
        """Return whether a line before the rows is the header; others are comments or blank."""
        bare = bare_line(line)
        if not bare or bare.startswith("#"):
            self.pairs |= _pair(bare)
            return False
        self.delimiter = delimiter_of(line) or ","
        cells = next(csv.reader([line], delimiter=self.delimiter), [])
        self.header = [cell.strip() for cell in cells]
        return True

    def texts(self, lines: Iterable[str]) -> Records:
        """Return the rows below the header."""
        for row in csv.reader(_without_nul(lines), delimiter=self.delimiter):
            yield self._text(row)

    def _text(self, row: list[str]) -> str:
        if not any(row):
            return ""
        if row[0].startswith("#") and len(row) != len(self.header):
            self.names_follow = True  # the comments before another table
            self.pairs |= _pair(row[0].strip())
            return row[0]
        if self.names_follow:
            self.names_follow, self.header = False, [cell.strip() for cell in row]
            return "#" + self.delimiter.join(row)
        names = self.header
        if len(row) == len(names) + 1 and not row[0]:  # a row of totals, with its name behind
            names = [*names, "#"]
        if len(row) != len(names):
            return text_of(row)
        return text_of({**self.pairs, **opened(dict(zip(names, row, strict=True)))})


def read_csv(file: IO[bytes]) -> Records:
    """Return the comments, the header behind `#`, and each row as the text of an object."""
    table, lines = CsvTable(), _bounded_lines(file)
    for line in lines:
        if table.is_begun_by(line):
            if table.header:
                yield "#" + line.rstrip("\r\n")
            break
        yield bare_line(line)
    yield from table.texts(lines)


def rows_of_rest(table: CsvTable, file: IO[bytes]) -> Records:
    """Return the rows of a file below the header of `table`, which was read."""
    return table.texts(_bounded_lines(file))


def bare_line(line: str) -> str:
    """Return a line before the header without the separators of empty cells."""
    return line.strip().strip(",;\t")


def delimiter_of(text: str) -> str | None:
    """Return the delimiter of a CSV header, or None if the first line is not a header."""
    lines = (line.strip("\r") for line in text.split("\n"))
    first = next((line for line in lines if line.strip(" ,;\t") and not line.startswith("#")), "")
    is_text = first.replace("\t", " ").isprintable() and not first.startswith(("{", "["))
    if not first or not is_text:
        return None
    best = max(DELIMITERS, key=first.count)
    cells = _header_cells(first, best)
    names = [cell.strip() for cell in cells]
    written = [name for name in names if name]
    is_header = len(written) > 1 and len(set(written)) == len(written)
    return best if is_header and all(map(HEADER_CELL.fullmatch, names)) else None


def _header_cells(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line; none if it cannot be a header."""
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    try:
        return next(csv.reader([line[:MAX_CELL_CHARACTERS]], delimiter=delimiter), [])
    except csv.Error:
        return []


def _bounded_lines(file: IO[bytes]) -> Iterator[str]:
    """Return the lines of a file for `csv.reader`; of a line over 1 MiB only its beginning."""
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    text = io.TextIOWrapper(file, "utf-8", errors="backslashreplace", newline="")
    while line := text.readline(MAX_CELL_CHARACTERS):
        piece = line
        while len(piece) == MAX_CELL_CHARACTERS and not piece.endswith("\n"):
            piece = text.readline(MAX_CELL_CHARACTERS)
        yield line


def _pair(comment: str) -> dict[str, str]:
    """Return `# Start date: 20260301` as a value that all records have."""
    if period := COMMENT_PERIOD.match(comment):
        return {"#Start date": period[1], "#End date": period[2]}
    match = COMMENT_PAIR.match(comment)
    return {f"#{match[1]}": match[2]} if match else {}


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    return (line.replace("\0", "\\x00") for line in lines)
