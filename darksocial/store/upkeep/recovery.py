"""Recover what a store has lost: its state, damaged files, and files that were set aside.

Nothing is counted twice. If it is no longer known how far the logs were read, the next run reads
all of them, and leaves out the lines that the store holds (repeated.py). So lost hits come back as
long as their log exists, or their file is in lost/.
"""

from pathlib import Path

from darksocial.errors import OutputError
from darksocial.store.calendar import due_after
from darksocial.store.files import layout, parts, records
from darksocial.store.files.checksums import FileChecks
from darksocial.store.files.commits import set_aside
from darksocial.store.files.state import (
    NewerStateError,
    State,
    bookmarks_in,
    note_checksum,
    read,
    save,
)
from darksocial.store.upkeep.lost import take_back
from darksocial.store.upkeep.maintenance import prepare
from darksocial.store.upkeep.rebuilding import rebuild, recorded_bookmarks
from darksocial.store.upkeep.values import Recovery

FROM_FILES = "the files"


def recover(store: Path) -> Recovery:
    """Rebuild the state of a store from its undamaged files, and return what was done.

    Raises OutputError if the store cannot be written, or if a newer version wrote it.
    """
    state, source = _last_state(store)
    recovery = Recovery(source)
    if source == FROM_FILES:
        recovery.guesses_fields = rebuild(store, state)
        _read_again(state, recorded_bookmarks(store))
    _collect_records(store, state, recovery)
    prepare(store, state)
    _set_aside_damaged(store, state, recovery)
    _drop_damaged_returns(store, state, recovery)
    save(store, state)
    recovery.hits_back = take_back(store, state)
    recovery.days = tuple(state.days)
    recovery.left = tuple(layout.lost_files(store))
    recovery.bookmarks = len(state.bookmarks)
    recovery.reads_again = bool(state.compared_days)
    return recovery


def _last_state(store: Path) -> tuple[State, str]:
    """Return the later one of state.json and its copy, if one can be read, and where it is from."""
    states: list[tuple[int, State, str]] = []
    for name in (layout.STATE, layout.STATE_COPY):
        try:
            state = read(store / name)
        except NewerStateError:
            raise
        except OutputError:
            continue
        states.append((state.generation, state, name))
    if not states:
        return State(), FROM_FILES
    _, state, name = max(states, key=lambda each: each[0])
    return state, name


def _read_again(state: State, bookmarks: list[dict[str, object]]) -> None:
    """Make the next run read the logs again, except for what these bookmarks prove."""
    state.bookmarks = bookmarks_in(bookmarks)
    state.compared_days = sorted({*state.compared_days, *state.days})
    state.compares_rejects = True


def _set_aside_damaged(store: Path, state: State, recovery: Recovery) -> None:
    """Move damaged files to lost/; if hits are among them, their logs are read again."""
    checks = FileChecks(store, state.checksums)
    damaged_days = set()
    for day in state.days:
        whole = parts.readable(state, day, checks)
        for name in set(state.parts[day]) - set(whole):
            damaged_days.add(day)
            for place in parts.places_of(day, name):
                _set_aside(store, state, place, checks.fault(place), recovery)
        state.parts[day] = whole
    for day, names in state.rejects.items():
        faults = {name: checks.fault(layout.rejects_of(name)) for name in names}
        state.rejects[day] = [name for name in names if not faults[name]]
        for name in names:
            if faults[name]:
                _set_aside(store, state, layout.rejects_of(name), faults[name], recovery)
    changed = due_after(damaged_days, state.days) | _damaged_results(state, checks)
    state.due = sorted(changed | {*state.due} & {*state.days})
    if damaged_days:
        _read_again(state, [])


def _damaged_results(state: State, checks: FileChecks) -> set[str]:
    """Return the days whose sessions, shares or report are damaged."""
    return {day for day in state.days if any(map(checks.fault, layout.derived(day)))}


def _drop_damaged_returns(store: Path, state: State, recovery: Recovery) -> None:
    """Remove what campaigns and partners brought where it is damaged: the next night with costs
    writes it anew."""
    checks = FileChecks(store, state.checksums)
    for place in layout.RETURNS:
        is_there = (store / place).exists() or place in state.checksums
        if is_there and (fault := checks.fault(place)):
            recovery.removed.append((place, fault))
            state.drop([place])


def _set_aside(
    store: Path, state: State, place: str, fault: str | None, recovery: Recovery
) -> None:
    state.checksums.pop(place, None)
    if (store / place).is_file():
        lost = set_aside(store, place)
        if fault:
            recovery.aside.append((lost, fault))
    elif fault:
        recovery.aside.append((place, fault))


def _collect_records(store: Path, state: State, recovery: Recovery) -> None:
    """Add the records of all runs that can be read to the state."""
    faults = records.walk(store, state)
    for place in state.run_places():
        del state.checksums[place]
    gone = set()
    for place in [place for place in layout.files_in(store, "runs") if layout.kind_of(place)]:
        fault = faults.get(place) or records.fault(store, place)
        if fault:
            gone.add(place)
            _set_aside(store, state, place, fault, recovery)
        else:
            note_checksum(store, state, place)
    gone |= {place for place in faults if not (store / place).is_file()}
    for place in state.run_places() if gone else ():
        records.let_go(store, place, gone)
        note_checksum(store, state, place)
