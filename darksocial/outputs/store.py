"""What runs did and what a store holds, on the terminal."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from darksocial.printable import printable
from darksocial.runs import Recovery, Run, StoreInfo

MEGA = 1_000_000


def show_run(run: Run, store: Path, console: Console | None = None) -> None:
    """Print what a run read, and which days it wrote."""
    console = console or Console()
    table = Table(box=None, pad_edge=False)
    table.add_column("log", overflow="fold")
    headings = ["read before", "new lines", "hits", "rejects"] if run.ended_at else ["read before"]
    for heading in headings:
        table.add_column(heading, justify="right")
    for entry in run.inputs:
        note = " (last line unfinished)" if entry.unfinished else ""
        name = Text(printable(entry.file) + note)
        counts = (entry.lines_before, entry.lines, entry.hits, entry.rejects)
        table.add_row(name, *(f"{count:,}" for count in counts[: len(headings)]))
    console.print(table)
    for file, reason in run.unread:
        console.print(Text(f"left out: {printable(file)}: {printable(reason)}"))
    if run.interrupted:
        lines = sum(entry.lines for entry in run.interrupted)
        console.print(Text(f"{lines:,} lines were read by a run that did not end; they count here"))
    if run.stored_before:
        console.print(Text(f"{run.stored_before:,} of the hits were in the store already"))
    console.print(Text(_days("written" if run.ended_at else "due", run.days)))
    if run.purged:
        console.print(Text(_days("erased", run.purged)))
    for day, reason in run.skipped:
        console.print(Text(f"skipped: {day}: {printable(reason)}"), soft_wrap=True)
    for place in run.lost:
        text = f"kept aside, not named by state.json: {printable(place)}"
        console.print(Text(text), soft_wrap=True)
    if run.ended_at:
        console.print(Text(f"Store: {store}"))


def _days(what: str, days: Sequence[str]) -> str:
    if not days:
        return f"No day is {what}."
    span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"Days {what}: {len(days)} ({span})"


def show_info(info: StoreInfo, console: Console | None = None) -> None:
    """Print what a store holds."""
    console = console or Console()
    span = f", {info.days[0]} to {info.days[-1]}" if info.days else ""
    rows = [
        ("days", f"{len(info.days)}{span}"),
        ("due", f"{len(info.due)}"),
        ("hits", f"{info.hits:,}"),
        ("sessions", f"{info.sessions:,}"),
        ("shares", f"{info.shares:,}"),
        ("rejects", f"{info.rejects:,}"),
        ("logs with a bookmark", f"{info.bookmarks:,}"),
        ("files", f"{info.files:,}, {info.bytes / MEGA:,.1f} MB"),
        ("schema version", f"{info.schema_version}"),
        *(("cannot be read", printable(place)) for place in info.unreadable),
        *(("kept aside", printable(place)) for place in info.lost),
        *(("not darksocial's", printable(place)) for place in info.foreign),
    ]
    table = Table(box=None, pad_edge=False, show_header=False)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def show_faults(faults: Sequence[str], days: Sequence[str], console: Console | None = None) -> None:
    """Print what is wrong with a store, or that nothing is."""
    console = console or Console()
    for fault in faults:
        console.print(Text(printable(fault)), soft_wrap=True)
    console.print(Text(f"{len(faults)} faults in {len(days)} days"))


def show_recovery(recovery: Recovery, console: Console | None = None) -> None:
    """Print what was recovered, and what is missing."""
    console = console or Console()
    sentences = [
        f"The state comes from {recovery.source}.",
        f"{_days('in the store', recovery.days)}.".replace("..", "."),
    ]
    sentences += [f"Set aside in lost: {place}: {fault}" for place, fault in recovery.aside]
    if recovery.hits_back:
        sentences.append(f"Taken back from lost: {recovery.hits_back:,} hits.")
    sentences += [f"Left in lost, and not counted: {place}" for place in recovery.left]
    if recovery.guesses_fields:
        sentences.append(
            "Which fields the logs of the oldest hits recorded is inferred from these hits."
        )
    if recovery.reads_again:
        sentences.append(
            f"Bookmarks: {recovery.bookmarks:,}. Logs without a bookmark are read from their "
            "beginning by the next run, which leaves out what is stored of these days. Lines whose "
            "log is gone, and that are in no file above, are missing. Visitors and days that were "
            "erased come back if these logs still hold them: erase them again then."
        )
    sentences.append("Next: `darksocial nightly` with the logs that are still there.")
    for sentence in sentences:
        console.print(Text(printable(sentence)), soft_wrap=True)
