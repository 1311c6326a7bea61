"""The report of a day in a terminal: readable at 80 columns, without colour, and when piped."""

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from darksocial.lookups.channels import DARK_SOCIAL
from darksocial.outputs import Output
from darksocial.outputs.day._rows import count_rows, difference, expected, headline
from darksocial.outputs.drawing import (
    INDENT,
    about,
    bar,
    display,
    path_width,
    shortened,
    table_of,
    title,
    wrapped,
)
from darksocial.printable import printable
from darksocial.store.daily import DayReport

PAGES_SHOWN = 10
STANDOUTS_SHOWN = 20


def show(report: DayReport, console: Console | None = None) -> None:
    """Print the report."""
    console = console or Console(highlight=False)
    display(console, Text(headline(report), "bold"))
    _show_standouts(console, report)
    _show_counts(console, report)
    if report.counts.sessions:
        _show_channels(console, report)
        _show_apps(console, report)
        _show_pages(console, report)
    _show_run(console, report)


def _show_standouts(console: Console, report: DayReport) -> None:
    title(console, "What stands out")
    if not report.standouts:
        wrapped(console, "nothing")
    for row in report.standouts[:STANDOUTS_SHOWN]:
        wrapped(console, printable(row.told))
        _show_command(console, row.look)
    if len(report.standouts) > STANDOUTS_SHOWN:
        wrapped(console, f"and {len(report.standouts) - STANDOUTS_SHOWN:,} more")
    for note in report.notes:
        wrapped(console, f"! {printable(note)}", "yellow")


def _show_command(console: Console, command: str) -> None:
    """Print a command as one line, however long, so that it can be copied."""
    display(console, Text(INDENT * 2 + printable(command), "dim"), soft_wrap=True)


def _show_counts(console: Console, report: DayReport) -> None:
    title(console, f"{report.day:%A}, and a week before")
    names = ("", str(report.day), _earlier(report), "change")
    table = table_of(*names, texts=1)
    for name, *cells in count_rows(report):
        table.add_row(name, *cells)
    _indented(console, table)


def _earlier(report: DayReport) -> str:
    return str(report.earlier_day or "")


def _show_channels(console: Console, report: DayReport) -> None:
    title(console, "Channels: as booked, after weighing, and after weighing a week before")
    table = table_of("channel", "before", "after", "", "week before", "change", texts=1, bars=(3,))
    cells = max(8, min(24, console.width - 64))
    highest = max((row.after for row in report.channels), default=0.0)
    for row in report.channels:
        style = "bold magenta" if row.channel == DARK_SOCIAL else ""
        table.add_row(
            Text(printable(row.channel), style),
            f"{row.before:,.0f}",
            about(row.after),
            bar(row.after, highest, cells, style or "cyan"),
            expected(row.earlier_after),
            difference(row.after, row.earlier_after),
        )
    _indented(console, table)


def _show_apps(console: Console, report: DayReport) -> None:
    if not report.apps:
        return
    title(console, "Apps they came through")
    table = table_of("app", "visits", "", "week before", "change", texts=1, bars=(2,))
    highest = max(row.expected for row in report.apps)
    for row in report.apps:
        cells: list[RenderableType] = [
            Text(printable(row.label), "dim" if row.app is None else ""),
            about(row.expected),
            bar(row.expected, highest, 24, "cyan"),
            expected(row.earlier),
            difference(row.expected, row.earlier),
        ]
        table.add_row(*cells)
    _indented(console, table)


def _show_pages(console: Console, report: DayReport) -> None:
    if not report.pages:
        return
    title(console, "Pages that travel (usual: mean of the days before)")
    table = table_of("dark", "usual", "direct", "all", "landing page", texts=0)
    table.columns[4].justify = "left"
    for row in report.pages[:PAGES_SHOWN]:
        path = shortened((row.site or "") + row.path, path_width(console, 38))
        table.add_row(
            about(row.dark),
            expected(row.usual),
            f"{row.direct:,.0f}",
            f"{row.sessions:,.0f}",
            Text(path),
        )
    _indented(console, table)


def _show_run(console: Console, report: DayReport) -> None:
    run = report.run
    if run is None:
        return
    title(console, "The run")
    read = run.read
    wrapped(
        console,
        f"{run.started_at:%Y-%m-%d %H:%M} UTC, {run.seconds:,.0f} seconds: {read.lines:,} lines = "
        f"{read.hits:,} hits + {read.rejects:,} rejects + {read.blanks:,} blank",
    )


def _indented(console: Console, table: Table) -> None:
    display(console, Padding(table, (0, 0, 0, len(INDENT))))


OUTPUT = Output("terminal", show=show)
