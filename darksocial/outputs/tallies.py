"""What became of the lines of each file, for a command that writes hits and no report."""

from collections.abc import Sequence

from rich.console import Console

from darksocial.inputs.accounts import Tally
from darksocial.language import gettext as _
from darksocial.outputs.drawing import listed
from darksocial.outputs.texts import all_not_read
from darksocial.printable import printable


def show_tallies(
    tallies: Sequence[Tally],
    unread: Sequence[tuple[str, str]],
    console: Console | None = None,
) -> None:
    """Print what became of each file's lines and which files were left out, to standard error."""
    console = console or Console(stderr=True, highlight=False)
    for tally in tallies:
        line = _(
            "{file} ({format}): lines: {lines:,}, of which hits: {hits:,}, rejects: {rejects:,}, "
            "blank: {blanks:,}"
        ).format(
            file=printable(tally.file),
            lines=tally.counts.lines,
            hits=tally.counts.hits,
            rejects=tally.counts.rejects,
            blanks=tally.counts.blanks,
            format=tally.format,
        )
        listed(console, line)
        if tally.warning:
            listed(console, f"! {printable(tally.warning)}", "yellow")
    for sentence in all_not_read(unread):
        listed(console, sentence)
