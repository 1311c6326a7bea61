"""The report in a terminal with every row that it holds, and with whole paths."""

from functools import partial

from rich.console import Console

from darksocial.outputs import Output
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis._drawn import draw
from darksocial.outputs.analysis._parts import FULL
from darksocial.outputs.analysis._sections import sections
from darksocial.outputs.analysis._tracked import tracked
from darksocial.outputs.drawing import as_text


def show(saved: Saved, console: Console | None = None) -> None:
    """Print every row of each table."""
    draw(saved, sections(saved.report, FULL, tracked(saved)), FULL, console)


def text(saved: Saved) -> str:
    """Return what is printed, for a file: 80 columns, no colour."""
    return as_text(partial(show, saved))


OUTPUT = Output("full", text, show)
