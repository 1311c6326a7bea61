"""What runs did and what a store holds, on the terminal."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from darksocial.outputs.drawing import display
from darksocial.printable import printable
from darksocial.store.calendar import span_text
from darksocial.store.files.runs import InputRun, Run
from darksocial.store.upkeep import Recovery, StoreInfo

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
    display(console, table)
    remarks = [remark for entry in run.inputs for remark in _remarks(entry)]
    for line in (*remarks, *_unread(run), *(_done(run, store) if run.ended_at else _planned(run))):
        display(console, printable(line), soft_wrap=True)
    for warning in run.warnings:
        display(console, Text(f"! {printable(warning)}", "yellow"))


def _unread(run: Run) -> list[str]:
    return [f"left out: {file}: {reason}" for file, reason in run.unread]


def _done(run: Run, store: Path) -> Iterator[str]:
    if run.interrupted:
        lines = sum(entry.lines for entry in run.interrupted)
        yield f"{lines:,} lines were read by a run that did not end; they count here."
    if run.stored_before:
        yield f"{run.stored_before:,} of the hits were in the store already."
    yield f"Days written: {_span(run.days)}" if run.days else "No day is written."
    if run.purged:
        yield f"Days erased: {_span(run.purged)}"
    yield from (f"skipped: {day}: {reason}" for day, reason in run.skipped)
    yield from (f"kept aside, not named by state.json: {place}" for place in run.lost)
    yield f"Store: {store}"


def _remarks(entry: InputRun) -> Iterator[str]:
    if entry.warning:
        yield f"{entry.file}: {entry.warning}"
    if entry.replaced:
        yield f"{entry.file}: rows that replace earlier ones: {entry.replaced:,}"


def _planned(run: Run) -> Iterator[str]:
    yield f"Days of new hits: {_span(run.touched)}" if run.touched else "There are no new hits."
    yield f"Days to be written: {_span(run.days)}" if run.days else "No day is due."
    if run.purged:
        yield f"Days to be erased: {_span(run.purged)}"
    yield "This was a dry run: nothing was written."


def _span(days: Sequence[str]) -> str:
    return f"{len(days)} ({span_text(days)})"


def show_info(info: StoreInfo, console: Console | None = None) -> None:
    """Print what a store holds."""
    console = console or Console()
    span = f", {span_text(info.days)}" if info.days else ""
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
    display(console, table)


def show_faults(faults: Sequence[str], days: Sequence[str], console: Console | None = None) -> None:
    """Print what is wrong with a store, or that nothing is."""
    console = console or Console()
    for fault in faults:
        display(console, printable(fault), soft_wrap=True)
    display(console, f"{len(faults)} faults in {len(days)} days")


def show_recovery(recovery: Recovery, console: Console | None = None) -> None:
    """Print what was recovered, and what is missing."""
    console = console or Console()
    sentences = [
        f"The state comes from {recovery.source}.",
        f"Days in the store: {_span(recovery.days)}."
        if recovery.days
        else "No day is in the store.",
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
        display(console, printable(sentence), soft_wrap=True)
