"""What `darksocial init` found, on a terminal."""

from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from darksocial.outputs.drawing import (
    INDENT,
    display,
    path_width,
    shortened,
    table_of,
    title,
    wrapped,
)
from darksocial.printable import printable
from darksocial.survey import Proposal

LEFT_OUT_SHOWN = 8


def show(proposal: Proposal, path: Path, console: Console | None = None) -> None:
    """Print what was found and written to `path`, and the next command."""
    console = console or Console(highlight=False)
    display(console, Text(f"Written: {printable(str(path))}", "bold"))
    _show_logs(console, proposal)
    _show_goals(console, proposal)
    if proposal.hosts:
        wrapped(console, f"The site: {', '.join(map(printable, proposal.hosts))}", indent="")
    display(console)
    display(
        console, Text(f"Next: darksocial --config {printable(str(path))} nightly"), soft_wrap=True
    )


def _show_logs(console: Console, proposal: Proposal) -> None:
    title(console, "Logs")
    table = table_of("files", "lines that match", "format", "read each night", texts=0)
    table.columns[2].justify = table.columns[3].justify = "left"
    for log in proposal.logs:
        table.add_row(
            f"{log.files:,}",
            f"{log.matched} of {log.looked}",
            Text(printable(log.format)),
            Text(shortened(log.pattern, path_width(console, 50))),
        )
    display(console, Padding(table, (0, 0, 0, len(INDENT))))
    for row in proposal.left_out[:LEFT_OUT_SHOWN]:
        wrapped(console, printable(f"! {row.path} is left out: {row.reason}"), "yellow")
    rest = len(proposal.left_out) - LEFT_OUT_SHOWN
    if rest > 0:
        wrapped(console, f"! and {rest:,} more", "yellow")


def _show_goals(console: Console, proposal: Proposal) -> None:
    title(console, f"Goals, looked for in {proposal.hits:,} hits")
    if not proposal.goals:
        wrapped(console, "none; the file shows how to write one")
        return
    table = table_of("hits", "goal", "path", texts=0)
    table.columns[1].justify = table.columns[2].justify = "left"
    for goal in proposal.goals:
        asked = f"{goal.method} {goal.path}" if goal.method else goal.path
        table.add_row(
            f"{goal.requests:,}",
            Text(printable(goal.name)),
            Text(shortened(asked, path_width(console, 24))),
        )
    display(console, Padding(table, (0, 0, 0, len(INDENT))))
