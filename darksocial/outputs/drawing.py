"""What the reports for a terminal are drawn with: titles, tables, bars and lines that fit."""

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from darksocial.printable import CommandFilter, printable, printable_lines

INDENT = "  "


@dataclass(frozen=True, slots=True)
class _Inert:
    """What is printed, without markup, control characters or commands, after it was laid out."""

    inside: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        commands = CommandFilter()
        plain = options.update(markup=False, highlight=False)
        for text, style, control in console.render(self.inside, plain):
            yield Segment(text if control else commands.feed(printable_lines(text)), style, control)


def display(console: Console, shown: RenderableType = "", *, soft_wrap: bool = False) -> None:
    """Print what is shown: every report for a terminal is printed here.

    Lines are looked at as they are laid out, so that no wrapping, cutting or folding brings a
    command to the beginning of one. A value that may hold line ends must be `printable` before.
    """
    console.print(_Inert(Text(shown) if isinstance(shown, str) else shown), soft_wrap=soft_wrap)


def title(console: Console, text: str) -> None:
    """Print the title of a section."""
    display(console)
    display(console, Text(text, "bold underline"))


def table_of(*names: str, texts: int, bars: tuple[int, ...] = ()) -> Table:
    """A table without lines: `texts` columns of text first, then numbers, and bars."""
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    for index, name in enumerate(names):
        is_text = index < texts or index in bars
        justify = "left" if is_text else "right"
        table.add_column(name, justify=justify, no_wrap=index in bars or not is_text)  # type: ignore[arg-type]
    if texts == 0:
        table.columns[-1].no_wrap = False
    return table


def bar(value: float, highest: float, cells: int, style: str) -> Text:
    """Return a bar of at most `cells` cells."""
    length = round(cells * value / highest) if highest else 0
    return Text("█" * max(length, 1 if value >= 0.5 else 0), style)


def change(value: float) -> str:
    """Return a difference of sessions with its sign."""
    return f"{value:+,.0f}" if abs(value) >= 0.5 else "0"


def about(value: float) -> str:
    """Return an expected number: small ones with a decimal."""
    return f"{value:.1f}" if 0 < value < 10 else f"{value:,.0f}"


def path_width(console: Console, others: int) -> int:
    """Return the width that is left for a path beside `others` columns."""
    return max(20, console.width - others)


def shortened(path: str, width: int) -> str:
    """Return a path that fits: its middle is left out, its end stays."""
    path = printable(path)
    if len(path) <= width:
        return path
    end = (width - 1) * 2 // 3
    return f"{path[: width - 1 - end]}…{path[-end:]}"


def ending(path: str, width: int) -> str:
    """Return the end of a file's path, as far as it fits."""
    path = printable(path)
    return path if len(path) <= width else f"…{path[1 - width :]}"


def wrapped(console: Console, text: str, style: str = "", indent: str = INDENT) -> None:
    """Print a text in lines that fit, indented; further lines a little more."""
    lines = Text(text, style).wrap(console, console.width - len(indent) - 2)
    for number, line in enumerate(lines):
        display(console, Text(indent + (INDENT if number else "")) + line)
