"""What a store needs from time to time: purging, forgetting, checking, and fewer, larger files.

Files are replaced under new names, by one saved state: a kill leaves the old ones or the new ones.
"""

from datetime import date
from pathlib import Path

from darksocial.errors import OutputError
from darksocial.store.files import layout, parts
from darksocial.store.files.checksums import Checked, fault_of
from darksocial.store.files.commits import commit, erase, settle
from darksocial.store.files.state import FIRST_VERSION, State, note_checksum, save


def prepare(store: Path, state: State) -> list[str]:
    """Make a state ready for a change: upgrade one of version 1, and complete what a kill left.

    Return where files are now that the state does not name. The state has to be saved.
    """
    take_up_checksums(store, state)
    if (store / layout.MARK).is_file():
        note_checksum(store, state, layout.MARK)
    return settle(store, state)


def take_up_checksums(store: Path, state: State) -> None:
    """Take up the checksums of a store of version 1, of files that can be read to their end."""
    if state.version != FIRST_VERSION:
        return
    derived = [place for day in state.days if day not in state.due for place in layout.derived(day)]
    runs = [place for place in layout.files_in(store, "runs") if layout.kind_of(place)]
    for place in (*state.part_places(), *state.reject_places(), *derived, *runs):
        if fault_of(store, place, None) is None:
            note_checksum(store, state, place)


def purge(store: Path, state: State, first_kept: date | None) -> list[str]:
    """Erase all days before `first_kept`, and the bookmarks that were last used before it.

    What was kept aside of these days goes as well.
    """
    if first_kept is None:
        return []
    limit = first_kept.isoformat()
    files = {place: place for place in layout.own_files(store)}
    files |= {place: layout.lost_place(place) or "" for place in layout.lost_files(store)}
    old = {place for place, earlier in files.items() if _is_before(earlier, limit)}
    days = {layout.day_of(files[place]) for place in old if "/date=" in place}
    state.parts = {day: names for day, names in state.parts.items() if day >= limit}
    state.rejects = {day: names for day, names in state.rejects.items() if day >= limit}
    state.bookmarks = [mark for mark in state.bookmarks if mark.seen >= limit]
    state.due = [day for day in state.due if day >= limit]
    state.compared_days = [day for day in state.compared_days if day >= limit]
    state.drop(sorted(old))
    save(store, state)
    erase(store, state)
    return sorted(days)


def _is_before(place: str, limit: str) -> bool:
    """Whether a file is of a day before the limit: its own day, or that of the run for rejects."""
    kind = layout.kind_of(place)
    if kind in layout.DATED:
        return layout.day_of(place) < limit
    return kind == "rejects" and layout.run_of(place)[:8] < limit.replace("-", "")


def compact(store: Path, state: State) -> int:
    """Write the parts of each day as one file; return how many files went.

    Raises OutputError where a part is damaged, after all others have been written.
    """
    checked = Checked(store, state.checksums)
    gone = 0
    for day in state.days:
        names = parts.readable(state, day, checked)
        if len(names) > 1:
            commit(store, state, parts.replaced(store, state, day, names))
            gone += len(layout.PARTS) * (len(names) - 1)
    faults = [fault for fault in checked.faults.values() if fault]
    if faults:
        raise OutputError(
            f"{faults[0]}; the other days have been compacted",
            expected="files as `darksocial nightly` wrote them",
            advice=f"darksocial store recover {store}",
        )
    return gone
