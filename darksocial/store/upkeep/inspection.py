"""What a store holds, and what is wrong with it. Nothing is written."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from darksocial.errors import OutputError
from darksocial.store.files import commits, layout, marks, records
from darksocial.store.files.checksums import fault_of
from darksocial.store.files.state import FIRST_VERSION, NewerStateError, State, load, read
from darksocial.store.upkeep.values import StoreInfo

COUNTED = ("hits", "sessions", "shares", "rejects")
RECOVER = "`darksocial store recover`"


def verify(store: Path, state: State) -> list[str]:
    """Return what is wrong with a store, a sentence each: files that are missing, not as they were
    written, of another day, unnamed, or kept aside.

    What is computed of a day that is due is left out: the next run replaces it.
    """
    places = [*state.part_places(), *state.reject_places()]
    for day in state.days:
        if day not in state.due:
            places += layout.derived(day)
    due = {place for day in state.due for place in layout.derived(day)}
    others = state.checksums.keys() - {*places, *due, *state.run_places()}
    faults = [fault_of(store, p, state.checksums.get(p)) for p in [*places, *sorted(others)]]
    faults += [fault for _, fault in sorted(records.walk(store, state).items())]
    faults += marks.faults(store, (span for mark in state.bookmarks for span in mark.spans))
    return [*filter(None, faults), *_copy(store, state), *_unnamed(store, state), *_lost(store)]


def verify_folder(store: Path) -> tuple[list[str], State]:
    """Return what is wrong with a store, and its state; a state that cannot be read is a fault.

    Raises OutputError where a newer version of darksocial wrote it.
    """
    try:
        state = load(store)
    except NewerStateError:
        raise
    except OutputError as error:
        return [f"{error.problem}; {RECOVER} rebuilds the state", *_lost(store)], State()
    return verify(store, state), state


def _copy(store: Path, state: State) -> list[str]:
    """Check the copy of state.json by itself: after a kill it may be one step behind."""
    path = store / layout.STATE_COPY
    try:
        if state.version != FIRST_VERSION:
            read(path)
    except OutputError as error:
        return [error.problem]
    return []


def _unnamed(store: Path, state: State) -> list[str]:
    """Return what no state names in the folders of a store: it may count where it should not."""
    places = commits.unnamed(store, state, set(layout.KINDS) - {"runs", "marks"})
    if state.version != FIRST_VERSION:
        places += records.unnamed(store, state)
    strangers = [place for place in layout.foreign_files(store) if "/" in place]
    return [f"{store / place} is not named by state.json" for place in (*places, *strangers)]


def _lost(store: Path) -> list[str]:
    return [
        f"{store / place} is kept aside and not counted: {RECOVER} takes back what the store lacks"
        for place in layout.lost_files(store)
    ]


def info(store: Path, state: State) -> StoreInfo:
    """Return what a store holds."""
    places = [*layout.own_files(store), *layout.lost_files(store)]
    places += [name for name in layout.TOP if (store / name).exists()]
    counts = dict.fromkeys(COUNTED, 0)
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
    """Return the number of rows of a file; None where it cannot be read."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowException):
        return None
