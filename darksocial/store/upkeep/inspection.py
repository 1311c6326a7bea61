"""Count what a store holds, and check its files. Nothing is written."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from darksocial.errors import OutputError
from darksocial.language import gettext as _
from darksocial.store.files import commits, layout, marks, records
from darksocial.store.files.checksums import fault_of
from darksocial.store.files.state import FIRST_VERSION, NewerStateError, State, load, read
from darksocial.store.upkeep.values import StoreInfo

COUNTED_KINDS = ("hits", "sessions", "shares", "rejects")


def verify(store: Path, state: State) -> list[str]:
    """Return what is wrong with a store, as sentences: files that are missing, not as they were
    written, of another day, not named by the state, or set aside.

    Computed files of a day that is due are not checked: the next run replaces them.
    """
    places = [*state.part_places(), *state.reject_places()]
    places += [place for place in layout.RETURNS if (store / place).exists()]
    for day in state.days:
        if day not in state.due:
            places += layout.derived(day)
    due = {place for day in state.due for place in layout.derived(day)}
    others = state.checksums.keys() - {*places, *due, *state.run_places()}
    faults = [fault_of(store / p, p, state.checksums.get(p)) for p in [*places, *sorted(others)]]
    faults += [fault for _, fault in sorted(records.walk(store, state).items())]
    faults += marks.faults(store, (span for mark in state.bookmarks for span in mark.spans))
    return [*filter(None, faults), *_copy(store, state), *_unnamed(store, state), *_lost(store)]


def verify_folder(store: Path) -> tuple[list[str], State]:
    """Return what is wrong with a store, and its state; an unreadable state is a fault.

    Raises OutputError if a newer version of darksocial wrote it.
    """
    try:
        state = load(store)
    except NewerStateError:
        raise
    except OutputError as error:
        fault = _("{problem}; `darksocial store recover` rebuilds the state").format(
            problem=error.problem
        )
        return [fault, *_lost(store)], State()
    return verify(store, state), state


def _copy(store: Path, state: State) -> list[str]:
    """Check the copy of state.json separately: after a kill it may be one step behind."""
    path = store / layout.STATE_COPY
    try:
        if state.version != FIRST_VERSION:
            read(path)
    except OutputError as error:
        return [error.problem]
    return []


def _unnamed(store: Path, state: State) -> list[str]:
    """Return a sentence for each file that the state does not name: it might be counted."""
    places = commits.unnamed(store, state, set(layout.STORE_FOLDERS) - {"runs", "marks"})
    if state.version != FIRST_VERSION:
        places += records.unnamed(store, state)
    strangers = [place for place in layout.foreign_files(store) if "/" in place]
    return [
        _("{path} is not named by state.json").format(path=store / place)
        for place in (*places, *strangers)
    ]


def _lost(store: Path) -> list[str]:
    return [
        _(
            "{path} is kept aside and not counted: `darksocial store recover` takes back what the "
            "store lacks"
        ).format(path=store / place)
        for place in layout.lost_files(store)
    ]


def info(store: Path, state: State) -> StoreInfo:
    """Return what a store holds."""
    places = [*layout.own_files(store), *layout.lost_files(store)]
    places += [name for name in layout.TOP_NAMES if (store / name).exists()]
    counts = dict.fromkeys(COUNTED_KINDS, 0)
    unreadable = []
    for place in places:
        kind = layout.kind_of(place)
        if kind in counts:
            rows = _rows(store / place)
            counts[kind] += rows or 0
            unreadable += [place] if rows is None else []
    return StoreInfo(
        tuple(state.days),
        tuple(state.due),
        len(places),
        sum((store / place).stat().st_size for place in places),
        **counts,
        bookmarks=len(state.bookmarks),
        schema_version=state.version,
        unreadable=tuple(unreadable),
        lost=tuple(layout.lost_files(store)),
        foreign=tuple(layout.foreign_files(store)),
    )


def _rows(path: Path) -> int | None:
    """Return the number of rows of a file; None if it cannot be read."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowException):
        return None
