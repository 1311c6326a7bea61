"""What runs did and what a store holds, on the terminal."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs import tables
from darksocial.outputs.drawing import display, listed
from darksocial.outputs.tables import show_table
from darksocial.outputs.texts import all_not_read
from darksocial.printable import printable
from darksocial.report.numbers import decimal, whole
from darksocial.store.calendar import span_text
from darksocial.store.files.runs import InputRun, Run
from darksocial.store.upkeep import Recovery, StoreInfo

BYTES_PER_MB = 1_000_000


def show_run(run: Run, store: Path, console: Console | None = None) -> None:
    """Print what a run read, and which days it wrote; of a dry run what it would do."""
    console = console or Console(highlight=False)
    if run.inputs:
        _show_inputs(console, run)
    remarks = [remark for entry in run.inputs for remark in _remarks(entry)]
    for line in (*remarks, *_unread(run), *(_done(run, store) if run.ended_at else _planned(run))):
        listed(console, printable(line))
    for warning in run.warnings:
        listed(console, f"! {printable(warning)}", "yellow")


def _show_inputs(console: Console, run: Run) -> None:
    columns = (
        tables.path(_("log")),
        tables.number(_("read before")),
        tables.number(_("new lines")),
        tables.number(_("new bytes")),
        tables.number(_("hits")),
        tables.number(_("rejects")),
    )
    rows: list[tables.Row] = []
    for entry in run.inputs:
        remark = _("last line unfinished") if entry.unfinished else ""
        counts = (entry.lines_before, entry.lines, entry.bytes, entry.hits, entry.rejects)
        name = tables.Path(entry.file, is_file=True, below=remark)
        rows.append((name, *(whole(count) for count in counts)))
    show_table(console, columns, rows, indent="")
    display(console)


def _unread(run: Run) -> list[str]:
    return all_not_read(run.unread)


def _done(run: Run, store: Path) -> Iterator[str]:
    if run.interrupted:
        lines = sum(entry.lines for entry in run.interrupted)
        yield ngettext(
            "{n:,} line was read by an earlier run that was interrupted; it counts here.",
            "{n:,} lines were read by an earlier run that was interrupted; they count here.",
            lines,
        ).format(n=lines)
    if run.stored_before:
        yield ngettext(
            "{n:,} of the hits was already in the store.",
            "{n:,} of the hits were already in the store.",
            run.stored_before,
        ).format(n=run.stored_before)
    if run.days:
        yield _("Days written: {days}").format(days=_span(run.days))
    else:
        yield _("No day was written.")
    if run.purged:
        yield _("Days erased: {days}").format(days=_span(run.purged))
    for day, reason in run.skipped:
        yield _("{day} was skipped: {reason}").format(day=day, reason=reason)
    for place in run.lost:
        yield _("Kept aside, because state.json does not name it: {place}").format(place=place)
    yield _("Store: {store}").format(store=store)


def _remarks(entry: InputRun) -> Iterator[str]:
    if entry.warning:
        yield f"{entry.file}: {entry.warning}"
    if entry.replaced:
        yield ngettext(
            "{file}: {n:,} row replaces an earlier one.",
            "{file}: {n:,} rows replace earlier ones.",
            entry.replaced,
        ).format(file=entry.file, n=entry.replaced)


def _planned(run: Run) -> Iterator[str]:
    if run.touched:
        yield _("Days of new hits: {days}").format(days=_span(run.touched))
    else:
        yield _("There are no new hits.")
    if run.days:
        yield _("Days to be written: {days}").format(days=_span(run.days))
    else:
        yield _("No day is due.")
    if run.purged:
        yield _("Days to be erased: {days}").format(days=_span(run.purged))
    yield _("This was a dry run: nothing was written.")


def _span(days: Sequence[str]) -> str:
    """Return how many days there are, with the first and the last."""
    return _("{n:,} ({span})").format(n=len(days), span=span_text(days))


def show_info(info: StoreInfo, console: Console | None = None) -> None:
    """Print what a store holds."""
    console = console or Console(highlight=False)
    size = _("{n:,} ({size} MB)").format(n=info.files, size=decimal(info.bytes / BYTES_PER_MB, 1))
    rows = [
        (_("days"), _span(info.days) if info.days else "0"),
        (_("days that are due"), whole(len(info.due))),
        (_("hits"), whole(info.hits)),
        (_("visits"), whole(info.sessions)),
        (_("shares"), whole(info.shares)),
        (_("rejects"), whole(info.rejects)),
        (_("logs with a bookmark"), whole(info.bookmarks)),
        (_("files"), size),
        (_("schema version"), f"{info.schema_version}"),
        *((_("unreadable"), place) for place in info.unreadable),
        *((_("kept aside"), place) for place in info.lost),
        *((_("not by darksocial"), place) for place in info.foreign),
    ]
    show_table(console, (tables.label(""), tables.text("")), rows, indent="")


def show_faults(faults: Sequence[str], days: Sequence[str], console: Console | None = None) -> None:
    """Print what is wrong with a store, or that nothing is."""
    console = console or Console(highlight=False)
    for fault in faults:
        listed(console, printable(fault))
    count = _("Days checked: {days:,}. Faults: {faults:,}.")
    display(console, count.format(days=len(days), faults=len(faults)))


def show_recovery(recovery: Recovery, console: Console | None = None) -> None:
    """Print what was recovered, and what is missing."""
    console = console or Console(highlight=False)
    for sentence in _recovered(recovery):
        listed(console, printable(sentence))


def _recovered(recovery: Recovery) -> Iterator[str]:
    yield _("The state comes from {source}.").format(source=recovery.source)
    if recovery.days:
        yield _("Days in the store: {days}.").format(days=_span(recovery.days))
    else:
        yield _("No day is in the store.")
    for place, fault in recovery.aside:
        yield _("Set aside in lost: {place}: {fault}").format(place=place, fault=fault)
    for place, fault in recovery.removed:
        yield _("Removed, since the next run with costs writes it anew: {place}: {fault}").format(
            place=place, fault=fault
        )
    if recovery.hits_back:
        yield ngettext(
            "Taken back from lost: {n:,} hit.",
            "Taken back from lost: {n:,} hits.",
            recovery.hits_back,
        ).format(n=recovery.hits_back)
    for place in recovery.left:
        yield _("Left in lost, and not counted: {place}").format(place=place)
    if recovery.guesses_fields:
        yield _("Which fields the logs of the oldest hits recorded is inferred from these hits.")
    if recovery.reads_again:
        yield _(
            "Bookmarks: {n:,}. Logs without a bookmark are read from their beginning by the next "
            "run, which leaves out what is stored of these days. Lines whose log is gone, and that "
            "are in no file above, are missing. Visitors and days that were erased come back if "
            "these logs still hold them: erase them again then."
        ).format(n=recovery.bookmarks)
    yield _("Next: run `darksocial nightly` with the logs that still exist.")
