"""Tables that fit any terminal, with labels that are never cut.

Where a table is too wide, its bars go first, then paths and texts are narrowed. Where that is not
enough, each row becomes a block: its label, and below it one line for each value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from darksocial.outputs.drawing import (
    INDENT,
    bar,
    display,
    ellipsis_of,
    ending,
    shortened,
)
from darksocial.printable import printable
from darksocial.report.numbers import whole

GAP, NARROW_GAP = 2, 1
"""Blanks between columns, and those of a table that would not fit otherwise."""
BAR_CELLS, MIN_BAR_CELLS = 24, 4
"""A longer bar adds nothing, and a shorter one says nothing."""
MIN_WIDTHS = {"path": 20, "text": 18}
"""Paths and texts in narrower columns cannot be read: rows become blocks instead."""
HEADS = ("label", "path", "text")
"""What heads a block: the first column of the first of these kinds."""
COUNT_GAP = 4
"""Blanks between the columns of `show_counts`, which each hold a name and a number."""
MAX_COUNT_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    kind: labels and numbers keep their width, texts are wrapped, paths shortened; bars take what is
        left.
    """

    heading: str
    kind: Literal["label", "number", "text", "path", "bar"]


def label(heading: str) -> Column:
    """Return a column of short names."""
    return Column(heading, "label")


def number(heading: str) -> Column:
    """Return a column of numbers."""
    return Column(heading, "number")


def text(heading: str) -> Column:
    """Return a column of texts, which may be wrapped."""
    return Column(heading, "text")


def path(heading: str) -> Column:
    """Return a column of paths, which may be shortened."""
    return Column(heading, "path")


def bars() -> Column:
    """Return a column of bars."""
    return Column("", "bar")


@dataclass(frozen=True, slots=True)
class Bar:
    """A cell with a bar; `highest` is the value of the longest."""

    value: float
    highest: float
    style: str = "cyan"


@dataclass(frozen=True, slots=True)
class Path:
    """A cell with a path. Of a page's path the middle is left out, of a file's the beginning.

    below: a remark in a line of its own.
    """

    path: str
    is_file: bool = False
    below: str = ""


Cell = str | Text | Bar | Path
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class _Layout:
    """The width of each column, 0 for one that is left out, and the blanks between them."""

    widths: Sequence[int]
    gap: int


def show_table(
    console: Console, columns: Sequence[Column], rows: Sequence[Row], indent: str = INDENT
) -> None:
    """Print a table as wide as the console allows."""
    room = console.width - len(indent)
    layout = _layout(columns, rows, room)
    if layout:
        shown = _grid(console, columns, rows, layout)
    else:
        shown = _blocks(console, columns, rows, room)
    display(console, Padding(shown, (0, 0, 0, len(indent))))


def show_counts(console: Console, rows: Sequence[tuple[str, int]], indent: str = INDENT) -> None:
    """Print names with their counts, side by side as far as they fit, ordered from top to bottom
    and then from left to right."""
    room = console.width - len(indent)
    cells = [(printable(name), whole(count)) for name, count in rows]
    digits = max(cell_len(count) for _name, count in cells)
    width = min(max(cell_len(name) for name, _count in cells), room - GAP - digits)
    beside = (room + COUNT_GAP) // (width + GAP + digits + COUNT_GAP)
    height = -(-len(cells) // min(beside, MAX_COUNT_COLUMNS))
    table = Table.grid()
    for _first in range(0, len(cells), height):
        table.add_column(width=width, overflow="fold")
        table.add_column(width=GAP + digits, justify="right", no_wrap=True)
        table.add_column(width=COUNT_GAP)
    for line in range(height):
        pairs = cells[line::height]
        table.add_row(*(Text(cell) for pair in pairs for cell in (*pair, "")))
    display(console, Padding(table, (0, 0, 0, len(indent))))


def _layout(columns: Sequence[Column], rows: Sequence[Row], room: int) -> _Layout | None:
    """Return the widths of columns that stay side by side, or None where they cannot."""
    natural = [_natural(column, [row[n] for row in rows]) for n, column in enumerate(columns)]
    drawn = sum(column.kind == "bar" for column in columns)
    spare = room - sum(natural) - GAP * (len(columns) - 1)
    if drawn and spare // drawn >= MIN_BAR_CELLS:
        cells = min(BAR_CELLS, spare // drawn)
        kinds = [column.kind for column in columns]
        widths = [cells if k == "bar" else n for k, n in zip(kinds, natural, strict=True)]
        return _Layout(widths, GAP)
    least = [_least(column, [row[n] for row in rows]) for n, column in enumerate(columns)]
    for gap in (GAP, NARROW_GAP):
        excess = sum(natural) + gap * (len(columns) - drawn - 1) - room
        if excess <= sum(natural) - sum(least):
            return _Layout(_narrowed(natural, least, excess), gap)
    return None


def _narrowed(natural: Sequence[int], least: Sequence[int], excess: int) -> list[int]:
    """Return narrower widths, the widest column that can be narrowed first."""
    widths = list(natural)
    for _cell in range(excess):
        wider = (n for n, width in enumerate(widths) if width > least[n])
        widths[max(wider, key=widths.__getitem__)] -= 1
    return widths


def _least(column: Column, cells: Sequence[Cell]) -> int:
    """Return the width below which a column cannot be read; its heading may be wrapped."""
    heading = max(map(cell_len, column.heading.split()), default=0)
    content = max(map(_cell_width, cells), default=0)
    return max(heading, min(content, MIN_WIDTHS.get(column.kind, content)))


def _natural(column: Column, cells: Sequence[Cell]) -> int:
    if column.kind == "bar":
        return 0
    return max(cell_len(column.heading), *map(_cell_width, cells), 0)


def _cell_width(cell: Cell) -> int:
    match cell:
        case Path(where, below=below):
            return max(cell_len(printable(where)), cell_len(printable(below)))
        case Text():
            return max(map(cell_len, cell.plain.split("\n")))
        case str():
            return cell_len(printable(cell))
        case Bar():
            return 0


def _grid(
    console: Console, columns: Sequence[Column], rows: Sequence[Row], layout: _Layout
) -> Table:
    """The rows side by side."""
    table = Table(
        box=None,
        pad_edge=False,
        padding=(0, layout.gap, 0, 0),
        collapse_padding=True,
        header_style="dim",
        show_header=any(column.heading for column in columns),
    )
    widths = layout.widths
    shown = [n for n, width in enumerate(widths) if width]
    for n in shown:
        is_number = columns[n].kind == "number"
        table.add_column(
            Text(columns[n].heading),
            justify="right" if is_number else "left",
            width=widths[n],
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(_drawn(console, row[n], widths[n]) for n in shown))
    return table


def _drawn(console: Console, cell: Cell, width: int) -> Text:
    match cell:
        case Bar(value, highest, style):
            return bar(value, highest, width, style)
        case Path(where, is_file, below):
            cut = ending if is_file else shortened
            drawn = Text(cut(where, width, ellipsis_of(console)))
            return drawn.append(f"\n{printable(below)}", "dim") if below else drawn
        case Text():
            return cell
        case str():
            return Text(printable(cell))


def _blocks(console: Console, columns: Sequence[Column], rows: Sequence[Row], room: int) -> Table:
    """Each row as a block: its label, and below it the names and values of the others."""
    kinds = [column.kind for column in columns]
    head = next(kinds.index(kind) for kind in (*HEADS, *kinds) if kind in kinds)
    others = [n for n, kind in enumerate(kinds) if n != head and kind != "bar"]
    block = Table.grid()
    block.add_column(width=room, overflow="fold")
    for row in rows:
        block.add_row(_drawn(console, row[head], room))
        values = [n for n in others if _cell_width(row[n])]
        block.add_row(Padding(_values(console, columns, row, values), (0, 0, 0, len(INDENT))))
    return block


def _values(console: Console, columns: Sequence[Column], row: Row, values: Sequence[int]) -> Table:
    names = max((cell_len(columns[n].heading) for n in values), default=0)
    room = console.width - 2 * len(INDENT) - names - GAP
    table = Table.grid(padding=(0, GAP, 0, 0), collapse_padding=True)
    table.add_column(width=names, style="dim")
    table.add_column(width=room, overflow="fold")
    for n in values:
        table.add_row(Text(columns[n].heading), _drawn(console, row[n], room))
    return table
