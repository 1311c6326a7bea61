"""The report in a terminal: readable at any width, without colour, and when piped."""

from pathlib import Path

from rich.console import Console

from darksocial.outputs import Output
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis._drawn import draw
from darksocial.outputs.analysis._parts import SHORT
from darksocial.report.values import Report


def show(report: Report, out: Path | None = None, console: Console | None = None) -> None:
    """Print the first rows of each table; `out` is where the tables were written."""
    draw(report, out, console or Console(highlight=False), SHORT)


def _show(saved: Saved) -> None:
    show(saved.report, saved.out)


OUTPUT = Output("terminal", show=_show)
