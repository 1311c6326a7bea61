"""The report of a day in a terminal: readable at any width, without colour, and when piped."""

from rich.console import Console
from rich.text import Text

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups.channels import DARK_SOCIAL
from darksocial.outputs import Output, tables
from darksocial.outputs.day._rows import count_rows, difference, expected, headline, moved_range
from darksocial.outputs.drawing import INDENT, command_line, display, title, wrapped
from darksocial.outputs.tables import Bar, show_table
from darksocial.printable import printable
from darksocial.report.numbers import estimate, is_none, whole
from darksocial.report.words import what_before_means
from darksocial.store.daily import DayReport

PAGES_SHOWN = 10
TERMINAL_STANDOUTS = 20


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
    title(console, _("Unusual on this day"))
    if not report.standouts:
        wrapped(console, _("Nothing differs from what is usual."))
    for row in report.standouts[:TERMINAL_STANDOUTS]:
        wrapped(console, printable(row.told))
        command_line(console, row.look, INDENT * 2)
    rest = len(report.standouts) - TERMINAL_STANDOUTS
    if rest > 0:
        wrapped(console, ngettext("and {n:,} more", "and {n:,} more", rest).format(n=rest))
    for note in (*(entry.says for entry in report.cannot_tell), *report.notes):
        wrapped(console, f"! {printable(note)}", "yellow")


def _show_counts(console: Console, report: DayReport) -> None:
    title(console, _("{day:%A}, and a week before").format(day=report.day))
    columns = (
        tables.label(""),
        tables.number(str(report.day)),
        tables.number(str(report.earlier_day or "")),
        tables.number(_("change")),
    )
    show_table(console, columns, list(count_rows(report)))


def _show_channels(console: Console, report: DayReport) -> None:
    title(console, _("Visits by channel, as booked and as estimated from the evidence"))
    columns = (
        tables.label(_("channel")),
        tables.number(_("booked")),
        tables.number(_("estimated")),
        tables.number(_("90% interval")),
        tables.bars(),
        tables.number(_("week before")),
        tables.number(_("change")),
    )
    highest = max((row.after for row in report.channels), default=0.0)
    rows: list[tables.Row] = []
    for row in report.channels:
        style = "bold magenta" if row.channel == DARK_SOCIAL else ""
        rows.append(
            (
                Text(printable(row.channel), style),
                whole(row.before),
                estimate(row.after),
                moved_range(row),
                Bar(row.after, highest, style or "cyan"),
                expected(row.earlier_after),
                difference(row.after, row.earlier_after),
            )
        )
    show_table(console, columns, rows)
    wrapped(console, what_before_means(report.before, report.counts.direct), "dim")


def _show_apps(console: Console, report: DayReport) -> None:
    apps = [row for row in report.apps if not is_none(max(row.expected, row.earlier or 0.0))]
    if not apps:
        return
    title(console, _("Dark social by app, in visits"))
    columns = (
        tables.label(_("app")),
        tables.number(_("visits")),
        tables.bars(),
        tables.number(_("week before")),
        tables.number(_("change")),
    )
    highest = max(row.expected for row in apps)
    rows = [
        (
            Text(_("not known"), "dim") if row.app is None else Text(printable(row.label)),
            estimate(row.expected),
            Bar(row.expected, highest),
            expected(row.earlier),
            difference(row.expected, row.earlier),
        )
        for row in apps
    ]
    show_table(console, columns, rows)


def _show_pages(console: Console, report: DayReport) -> None:
    pages = [row for row in report.pages if not is_none(row.dark)]
    if not pages:
        return
    title(console, _("Landing pages with the most dark social, in visits"))
    columns = (
        tables.number(_("dark social")),
        tables.number(_("usual")),
        tables.number(_("Direct")),
        tables.number(_("all")),
        tables.path(_("landing page")),
    )
    rows = [
        (
            estimate(row.dark),
            expected(row.usual),
            whole(row.direct),
            whole(row.sessions),
            tables.Path((row.site or "") + row.path),
        )
        for row in pages[:PAGES_SHOWN]
    ]
    show_table(console, columns, rows)
    wrapped(console, _("Usual: the mean dark social of the days before."), "dim")


def _show_run(console: Console, report: DayReport) -> None:
    run = report.run
    if run is None:
        return
    title(console, _("The nightly run"))
    started = _("started {start:%Y-%m-%d %H:%M} UTC, took {seconds} s")
    wrapped(console, started.format(start=run.started_at, seconds=whole(run.seconds)))
    read = run.read
    counts = _(
        "lines: {lines:,}, of which hits: {hits:,}, rejects: {rejects:,}, blank: {blanks:,}"
    ).format(lines=read.lines, hits=read.hits, rejects=read.rejects, blanks=read.blanks)
    wrapped(console, counts)


OUTPUT = Output("terminal", show=show)
