"""What `darksocial init` found, on a terminal."""

import shlex
from pathlib import Path

from rich.console import Console
from rich.text import Text

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs import tables
from darksocial.outputs.drawing import command_line, display, title, wrapped
from darksocial.outputs.tables import show_table
from darksocial.printable import printable
from darksocial.survey import Proposal

LEFT_OUT_SHOWN = 8


def show(proposal: Proposal, path: Path, console: Console | None = None) -> None:
    """Print what was found and written to `path`, and the next command."""
    console = console or Console(highlight=False)
    written = _("The configuration was written to {file}.").format(file=path)
    display(console, Text(printable(written), "bold"))
    _show_logs(console, proposal)
    _show_goals(console, proposal)
    if proposal.hosts:
        title(console, _("Site hosts"))
        wrapped(console, ", ".join(map(printable, proposal.hosts)))
    display(console)
    wrapped(console, _("Next, read the logs for the first time:"), indent="")
    command_line(console, f"darksocial --config {shlex.quote(str(path))} nightly")


def _show_logs(console: Console, proposal: Proposal) -> None:
    title(console, _("Logs"))
    columns = (
        tables.number(_("files")),
        tables.number(_("lines that match")),
        tables.label(_("format")),
        tables.path(_("read each night")),
    )
    rows = [
        (
            f"{log.files:,}",
            _("{matched:,} of {lines:,}").format(matched=log.matched, lines=log.looked),
            log.format,
            tables.Path(log.pattern),
        )
        for log in proposal.logs
    ]
    show_table(console, columns, rows)
    for row in proposal.left_out[:LEFT_OUT_SHOWN]:
        warning = _("{path} is left out: {reason}").format(path=row.path, reason=row.reason)
        wrapped(console, printable(f"! {warning}"), "yellow")
    rest = len(proposal.left_out) - LEFT_OUT_SHOWN
    if rest > 0:
        more = ngettext("{n:,} more is left out", "{n:,} more are left out", rest)
        wrapped(console, f"! {more.format(n=rest)}", "yellow")


def _show_goals(console: Console, proposal: Proposal) -> None:
    looked_at = ngettext(
        "Goals, searched for in {n:,} hit", "Goals, searched for in {n:,} hits", proposal.hits
    )
    title(console, looked_at.format(n=proposal.hits))
    if not proposal.goals:
        wrapped(console, _("None were found. The file shows how to write one."))
        return
    columns = (tables.number(_("hits")), tables.label(_("goal")), tables.path(_("path")))
    rows = [
        (
            f"{goal.requests:,}",
            goal.name,
            tables.Path(f"{goal.method} {goal.path}" if goal.method else goal.path),
        )
        for goal in proposal.goals
    ]
    show_table(console, columns, rows)
