"""What the reports for a terminal are drawn with: titles, paragraphs, bars and paths that fit."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text

from darksocial.printable import PLAIN_SIGNS, CommandFilter, printable, printable_lines
from darksocial.report.numbers import MIN_SHOWN

INDENT = "  "
ELLIPSIS = "…"
DRAWN_SIGNS = {**PLAIN_SIGNS, "█": "#", "▒": "="}
"""What is drawn instead of a sign where the terminal's encoding has none."""
PLAIN_ELLIPSIS = "..."
TEXT_WIDTH = 80
"""The width of a report in a file."""


@dataclass(frozen=True, slots=True)
class _Inert:
    """What is printed, without markup, control characters or commands, after it was laid out.

    Tables are padded to their width. These blanks are dropped, because a program that reads the
    output, or a person who copies from it, has no use for them.
    """

    inside: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        commands = CommandFilter()
        signs = _missing_signs(console.encoding)
        plain = options.update(markup=False, highlight=False)
        blanks: list[Segment] = []
        for text, style, control in console.render(self.inside, plain):
            if control:
                yield Segment(text, style, control)
                continue
            # Before the filter, since the sign for a bar is one of commands; and after it, for the
            # sign that it puts in.
            safe = commands.feed(printable_lines(text).translate(signs)).translate(signs)
            for piece in safe.splitlines(True):
                written = piece.rstrip(" \n")
                if written:
                    yield from blanks
                    blanks.clear()
                    yield Segment(written, style)
                if piece.endswith("\n"):
                    blanks.clear()
                    yield Segment("\n")
                elif len(written) < len(piece):
                    blanks.append(Segment(piece[len(written) :], style))


@cache
def _missing_signs(encoding: str) -> dict[int, str]:
    """Return the signs that an encoding does not have, with what to draw instead."""
    return str.maketrans(
        {sign: plain for sign, plain in DRAWN_SIGNS.items() if not _has_sign(encoding, sign)}
    )


def _has_sign(encoding: str, sign: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def ellipsis_of(console: Console) -> str:
    """Return the sign for what is left out, in the console's encoding."""
    return ELLIPSIS if _has_sign(console.encoding, ELLIPSIS) else PLAIN_ELLIPSIS


def display(console: Console, shown: RenderableType = "", *, soft_wrap: bool = False) -> None:
    """Print what is shown: every report for a terminal is printed here.

    Lines are filtered after they are laid out, so that no wrapping, cutting or folding brings a
    command to the beginning of one. A value that may hold line ends must be `printable` before.
    """
    console.print(_Inert(Text(shown) if isinstance(shown, str) else shown), soft_wrap=soft_wrap)


def as_text(draw: Callable[[Console], None]) -> str:
    """Return what `draw` prints, for a file: without colour, as wide as most screens and mails."""
    file = io.StringIO()
    draw(Console(file=file, width=TEXT_WIDTH, highlight=False, color_system=None))
    return file.getvalue()


def title(console: Console, text: str) -> None:
    """Print the title of a section."""
    display(console)
    display(console, Text(text, "bold underline"))


def wrapped(console: Console, text: str, style: str = "", indent: str = INDENT) -> None:
    """Print a text in lines that fit, indented; further lines a little more."""
    room = console.width - len(indent) - len(INDENT)
    for number, line in enumerate(Text(text, style).wrap(console, room)):
        display(console, Text(indent + (INDENT if number else "")) + line)


def listed(console: Console, text: str, style: str = "") -> None:
    """Print an entry of a list, as one line for a program that reads it (grep), and wrapped for a
    person at a terminal."""
    if console.is_terminal:
        wrapped(console, text, style, indent="")
    else:
        display(console, Text(text, style), soft_wrap=True)


def command_line(console: Console, command: str, indent: str = INDENT) -> None:
    """Print a command as one line, however long, so that it can be copied."""
    display(console, Text(indent + printable(command), "dim"), soft_wrap=True)


def bar(value: float, highest: float, cells: int, style: str) -> Text:
    """Return a bar of at most `cells` cells."""
    length = round(cells * value / highest) if highest else 0
    return Text("█" * max(length, 1 if value >= MIN_SHOWN else 0), style)


def shortened(path: str, width: int, sign: str = ELLIPSIS) -> str:
    """Return a path that fits: its middle is left out, its end stays."""
    path = printable(path)
    if cell_len(path) <= width:
        return path
    end = (width - len(sign)) * 2 // 3
    return f"{set_cell_size(path, width - len(sign) - end)}{sign}{_tail(path, end)}"


def ending(path: str, width: int, sign: str = ELLIPSIS) -> str:
    """Return the end of a file's path, as far as it fits."""
    path = printable(path)
    return path if cell_len(path) <= width else f"{sign}{_tail(path, width - len(sign))}"


def _tail(text: str, cells: int) -> str:
    """Return the end of a text, as far as it fits into so many columns: some signs take two."""
    tail = text[-cells:]
    while cell_len(tail) > cells:
        tail = tail[1:]
    return tail
