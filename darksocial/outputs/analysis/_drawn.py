"""The report drawn on a terminal, short or in full."""

import shlex
from pathlib import Path

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
    Sentence,
    Table,
)
from darksocial.outputs.analysis._sections import headline, sections
from darksocial.outputs.analysis._tracked import tracked
from darksocial.outputs.drawing import INDENT, command_line, display, title, wrapped
from darksocial.outputs.tables import show_counts, show_table
from darksocial.printable import printable
from darksocial.report.numbers import is_none
from darksocial.report.values import Report

RESULTS = "sessions/, shares.parquet, rejects.parquet, summary.json"


def draw(saved: Saved, limits: Limits, console: Console | None = None) -> None:
    """Print the report, and where its tables were written."""
    report, out = saved.report, saved.out
    console = console or Console(highlight=False)
    display(console, Text(headline(report), "bold"))
    for section in sections(report, limits, tracked(saved) if limits == FULL else ()):
        title(console, section.title)
        for part in section.parts:
            if part is not section.parts[0] and isinstance(part, Table | Counts):
                display(console)
            _draw_part(console, part, limits)
    if out:
        _draw_next(console, report, out)


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


def _draw_next(console: Console, report: Report, out: Path) -> None:
    display(console)
    folder = printable(str(out))
    sentence = _("Results were written to {folder}: {files}")
    wrapped(console, sentence.format(folder=folder, files=RESULTS), indent="")
    if not report.sessions:
        return
    explain = f"darksocial explain {shlex.quote(str(out))}"
    if page := _page_to_look_at(report):
        sentence = _("To see how the page with the most dark social was shared, visit by visit:")
        wrapped(console, sentence, indent="")
        command_line(console, f"{explain} --page {shlex.quote(page)}", INDENT)
    else:
        wrapped(console, _("To see why visits were judged as they were:"), indent="")
        command_line(console, f"{explain} --top 5", INDENT)


def _page_to_look_at(report: Report) -> str | None:
    """Return the landing page with the most dark social whose path can be printed and copied."""
    pages = (row.path for row in report.pages if not is_none(row.dark))
    return next((path for path in pages if printable(path) == path), None)
