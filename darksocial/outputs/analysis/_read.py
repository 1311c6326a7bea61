"""The part of a report that says what was read: files, visits, bots and link previews."""

from collections.abc import Sequence

from rich.console import Console

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs import tables
from darksocial.outputs.drawing import display, title, wrapped
from darksocial.outputs.tables import show_counts, show_table
from darksocial.outputs.texts import bot_reason, not_read, preview_app
from darksocial.printable import printable
from darksocial.report.values import InputReport, Report

FILES_SHOWN = 8


def show_read(console: Console, report: Report) -> None:
    """Print what became of each file's lines, what the visits were, and what was left out."""
    title(console, _("What was read"))
    columns = (
        tables.path(_("file")),
        tables.number(_("lines")),
        tables.number(_("hits")),
        tables.number(_("rejects")),
        tables.number(_("blank")),
        tables.number(_("bots")),
        tables.number(_("previews")),
    )
    shown = _files_shown(report.inputs)
    show_table(console, columns, [_file_row(file) for file in shown])
    if len(shown) < len(report.inputs):
        _show_rest(console, report.inputs, len(report.inputs) - len(shown))
    display(console)
    _show_totals(console, report)
    for file in report.inputs:
        if file.warning:
            wrapped(console, printable(f"! {file.file}: {file.warning}"), "yellow")
    for left_out in report.unread:
        wrapped(console, f"! {not_read(left_out.file, left_out.reason)}", "yellow")
    for note in report.notes:
        wrapped(console, f"! {printable(note)}", "yellow")


def _file_row(file: InputReport) -> tables.Row:
    counts = (file.lines, file.hits, file.rejects, file.blanks, file.bots, file.previews)
    name = tables.Path(file.file, is_file=True, below=file.format)
    return (name, *(f"{count:,}" for count in counts))


def _show_rest(console: Console, inputs: Sequence[InputReport], rest: int) -> None:
    sentence = ngettext(
        "and {n:,} more file; all files together: {lines:,} lines, {rejects:,} rejects",
        "and {n:,} more files; all files together: {lines:,} lines, {rejects:,} rejects",
        rest,
    )
    lines, rejects = (sum(getattr(file, name) for file in inputs) for name in ("lines", "rejects"))
    wrapped(console, sentence.format(n=rest, lines=lines, rejects=rejects))


def _show_totals(console: Console, report: Report) -> None:
    """Print how many visits, visitors and page views there were, and when."""
    counts = (
        (_("visits"), report.sessions),
        (_("visitors"), report.visitors),
        (_("page views"), report.pageviews),
    )
    rows = [(name, f"{count:,.0f}") for name, count in counts if count or name == counts[0][0]]
    if report.started_at and report.ended_at:
        period = _("{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC")
        rows.append((_("period"), period.format(start=report.started_at, end=report.ended_at)))
    show_table(console, (tables.label(""), tables.text("")), rows)


def _files_shown(inputs: Sequence[InputReport]) -> Sequence[InputReport]:
    """Return all files, or of many those that need a look (at least the first few)."""
    if len(inputs) <= FILES_SHOWN:
        return inputs
    notable = [file for file in inputs if file.rejects or file.warning]
    return notable[:FILES_SHOWN] or inputs[:FILES_SHOWN]


def show_machines(console: Console, report: Report) -> None:
    """Print the hits that are no visits: bots by reason, and link previews by app."""
    if report.bots:
        title(console, _("Bots, which are not counted as visits"))
        columns = (tables.number(_("hits")), tables.text(_("how the bot was recognised")))
        rows = [(f"{row.count:,}", bot_reason(row.name)) for row in report.bots]
        show_table(console, columns, rows)
    if report.previews:
        title(console, _("Link previews by app, in hits"))
        show_counts(console, [(preview_app(row.name), row.count) for row in report.previews])
