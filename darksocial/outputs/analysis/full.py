"""The report in a terminal with every row that it holds, and with whole paths."""

from pathlib import Path

from rich.console import Console

from darksocial.outputs import Output
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis._drawn import draw
from darksocial.outputs.analysis._parts import FULL
from darksocial.outputs.drawing import as_text
from darksocial.report.values import Report


def show(report: Report, out: Path | None = None, console: Console | None = None) -> None:
    """Print every row of each table; `out` is where the tables were written."""
    draw(report, out, console or Console(highlight=False), FULL)


def text(saved: Saved) -> str:
    """Return what is printed, for a file: 80 columns, no colour."""
    return as_text(lambda console: show(saved.report, saved.out, console))


def _show(saved: Saved) -> None:
    show(saved.report, saved.out)


OUTPUT = Output("full", text, _show)
