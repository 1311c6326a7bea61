"""Tables of the page: columns, and cells with a text, a number, a path or a small chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from darksocial.printable import printable

MAX_CELL_LENGTH = 160
"""Longer texts of a log are cut: a page stays small, whatever its addresses are."""
CUT_SIGN = "…"

Cell = dict[str, Any]
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, and whether it holds numbers, or small charts of them,
    which a narrow screen leaves out."""

    heading: str
    is_number: bool = False
    is_chart: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a section."""

    columns: Sequence[Column]
    rows: Sequence[Row]


def texts(*headings: str) -> list[Column]:
    """Return columns of texts."""
    return [Column(heading) for heading in headings]


def charts(heading: str) -> list[Column]:
    """Return a column of small charts."""
    return [Column(heading, is_chart=True)]


def numbers(*headings: str) -> list[Column]:
    """Return columns of numbers."""
    return [Column(heading, is_number=True) for heading in headings]


def clipped(shown: str, most: int = MAX_CELL_LENGTH) -> str:
    """Return a text from a log that can be shown: printable, of at most so many characters."""
    shown = printable(shown)
    return shown if len(shown) <= most else shown[:most] + CUT_SIGN


def text(shown: str) -> Cell:
    """Return a cell with a text."""
    return {"kind": "text", "text": clipped(shown)}


def path(shown: str) -> Cell:
    """Return a cell with an address or the name of a file, which may break anywhere."""
    return {"kind": "path", "text": clipped(shown)}


def number(shown: str) -> Cell:
    """Return a cell with a number."""
    return {"kind": "number", "text": shown}
