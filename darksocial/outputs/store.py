"""What runs did and what a store holds, on the terminal."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from darksocial.printable import printable
from darksocial.runs import Run, StoreInfo

MEGA = 1_000_000


def show_run(run: Run, store: Path, console: Console | None = None) -> None:
    """Print what a run read, and which days it wrote; of a dry run what it would do."""
    console = console or Console()
    table = Table(box=None, pad_edge=False)
    table.add_column("log", overflow="fold")
    for heading in ("read before", "new lines", "new bytes", "hits", "rejects"):
        table.add_column(heading, justify="right")
    for entry in run.inputs:
        note = " (last line unfinished)" if entry.unfinished else ""
        name = Text(printable(entry.file) + note)
        counts = (entry.lines_before, entry.lines, entry.bytes, entry.hits, entry.rejects)
        table.add_row(name, *(f"{count:,}" for count in counts))
    console.print(table)
    for file, reason in run.unread:
        console.print(Text(f"left out: {printable(file)}: {printable(reason)}"))
    if run.ended_at:
        console.print(Text(_days(run.days, none="No day is written.", some="Days written")))
        erased = "Days erased"
    else:
        console.print(Text(_days(run.touched, none="There are no new hits.", some="New hits of")))
        console.print(Text(_days(run.days, none="No day is due.", some="Days to be written")))
        erased = "Days to be erased"
    if run.purged:
        console.print(Text(_days(run.purged, none="", some=erased)))
    for warning in run.warnings:
        console.print(Text(f"! {printable(warning)}", "yellow"))
    console.print(Text(f"Store: {store}" if run.ended_at else "Nothing was written: a dry run."))


def _days(days: Sequence[str], *, none: str, some: str) -> str:
    if not days:
        return none
    span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"{some}: {len(days)} ({span})"


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
