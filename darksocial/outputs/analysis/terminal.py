"""The first screen of the report: readable at any width, without colour, and when piped."""

from rich.console import Console

from darksocial.outputs import Output
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis._drawn import draw
from darksocial.outputs.analysis._first import first_screen
from darksocial.outputs.analysis._parts import SHORT


def show(saved: Saved, console: Console | None = None) -> None:
    """Print the first screen."""
    draw(saved, first_screen(saved.report, SHORT), SHORT, console)


OUTPUT = Output("terminal", show=show)
