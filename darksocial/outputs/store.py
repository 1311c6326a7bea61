"""What runs did and what a store holds, on the terminal."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from darksocial.printable import printable
from darksocial.runs import InputRun, Run, StoreInfo

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
    for entry in run.inputs:
        for remark in _remarks(entry):
            console.print(Text(f"{printable(entry.file)}: {printable(remark)}"))
    for file, reason in run.unread:
        console.print(Text(f"left out: {printable(file)}: {printable(reason)}"))
    console.print(Text(_days("written" if run.ended_at else "due", run.days)))
    if run.purged:
        console.print(Text(_days("erased", run.purged)))
    if run.ended_at:
        console.print(Text(f"Store: {store}"))


def _remarks(entry: InputRun) -> Iterator[str]:
    if entry.warning:
        yield entry.warning
    if entry.replaced:
        yield f"{entry.replaced:,} rows were read before with other counts, and were replaced"


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
    ]
    table = Table(box=None, pad_edge=False, show_header=False)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def show_faults(faults: Sequence[str], days: Sequence[str], console: Console | None = None) -> None:
    """Print what is wrong with a store, or that nothing is."""
    console = console or Console()
    for fault in faults:
        console.print(Text(printable(fault)))
    console.print(Text(f"{len(faults)} faults in {len(days)} days"))
