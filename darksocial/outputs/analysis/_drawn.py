"""The report drawn on a terminal, short or in full."""

import shlex
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from darksocial.language import gettext as _
from darksocial.outputs import tables
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis._parts import (
    FULL,
    Counts,
    Limits,
    Part,
    Remark,
    Section,
    Sentence,
    Table,
)
from darksocial.outputs.analysis._sections import headline
from darksocial.outputs.drawing import INDENT, command_line, display, title, wrapped
from darksocial.outputs.tables import show_counts, show_table
from darksocial.printable import printable
from darksocial.report.numbers import is_none
from darksocial.report.values import Report

RESULTS = "sessions/, shares.parquet, rejects.parquet, summary.json"


def draw(
    saved: Saved, drawn: Iterable[Section], limits: Limits, console: Console | None = None
) -> None:
    """Print the result, the sections that are `drawn`, and what to look at next."""
    report = saved.report
    console = console or Console(highlight=False)
    display(console, Text(headline(report), "bold"))
    for section in drawn:
        if section.title:
            title(console, section.title)
        else:
            display(console)
        for part in section.parts:
            if part is not section.parts[0] and isinstance(part, Table | Counts):
                display(console)
            _draw_part(console, part, limits)
    _draw_next(console, saved, is_full=limits == FULL)


def _draw_part(console: Console, part: Part, limits: Limits) -> None:
    match part:
        case Sentence(text, is_aside):
            wrapped(console, text, "dim" if is_aside else "")
        case Remark(text, is_warning=True):
            wrapped(console, printable(f"! {text}"), "yellow")
        case Remark(text):
            wrapped(console, printable(text))
        case Table(columns, rows):
            show_table(console, columns, rows if limits.cuts_paths else list(map(_whole, rows)))
        case Counts(rows=rows):
            show_counts(console, rows)


def _whole(row: tables.Row) -> tables.Row:
    """Return a row whose paths are texts, which are continued below where they do not fit."""
    return [_whole_path(cell) if isinstance(cell, tables.Path) else cell for cell in row]


def _whole_path(path: tables.Path) -> Text:
    shown = Text(printable(path.path))
    return shown.append(f"\n{printable(path.below)}", "dim") if path.below else shown


def _draw_next(console: Console, saved: Saved, *, is_full: bool) -> None:
    report, out = saved.report, saved.out
    place = saved.source.folder if saved.source else out
    if place is None:
        return
    display(console)
    if out:
        folder = printable(str(out))
        written = _("Results were written to {folder}: {files}").format(
            folder=folder, files=RESULTS
        )
        if not is_full:
            written = _("Written to {folder}. All of the report: --report full").format(
                folder=folder
            )
        wrapped(console, written, indent="")
    if not report.sessions:
        return
    explain = f"darksocial explain {shlex.quote(str(place))}"
    if page := page_to_look_at(report):
        sentence = _("To see how the page with the most dark social was shared, visit by visit:")
        wrapped(console, sentence, indent="")
        command_line(console, f"{explain} --page {shlex.quote(page)}", INDENT)
    else:
        wrapped(console, _("To see why visits were judged as they were:"), indent="")
        command_line(console, f"{explain} --top 5", INDENT)


def page_to_look_at(report: Report) -> str | None:
    """Return the landing page with the most dark social whose path can be printed and copied."""
    pages = sorted(report.pages, key=lambda row: -row.dark)
    paths = (row.path for row in pages if not is_none(row.dark))
    return next((path for path in paths if printable(path) == path), None)
