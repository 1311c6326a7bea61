"""Prepare a state for changes, purge old days, and merge files into fewer, larger ones.

Files are replaced under new names, by one saved state: after a kill either the old ones or the new
ones are valid.
"""

from datetime import date
from pathlib import Path

from darksocial.errors import OutputError
from darksocial.language import gettext as _
from darksocial.results.ownership import MARK
from darksocial.store.files import layout, parts
from darksocial.store.files.checksums import FileChecks, fault_of
from darksocial.store.files.commits import commit, erase, settle
from darksocial.store.files.state import FIRST_VERSION, State, note_checksum, save


def prepare(store: Path, state: State) -> list[str]:
    """Prepare a state for a change: upgrade version 1, and complete what a killed run left.

    Return the new places of files that the state does not name. The caller saves the state.
    """
    record_checksums(store, state)
    if (store / MARK).is_file():
        note_checksum(store, state, MARK)
    return settle(store, state)


def record_checksums(store: Path, state: State) -> None:
    """Record the checksums of a store of version 1, for files that can be read to their end."""
    if state.version != FIRST_VERSION:
        return
    derived = [place for day in state.days if day not in state.due for place in layout.derived(day)]
    runs = [place for place in layout.files_in(store, "runs") if layout.kind_of(place)]
    for place in (*state.part_places(), *state.reject_places(), *derived, *runs):
        if fault_of(store / place, place) is None:
            note_checksum(store, state, place)


def purge(store: Path, state: State, first_kept: date | None) -> list[str]:
    """Erase all days before `first_kept`, and the bookmarks that were last used before it.

    Files of these days that were set aside are erased as well.
    """
    if first_kept is None:
        return []
    limit = first_kept.isoformat()
    files = {place: place for place in layout.own_files(store)}
    files |= {place: layout.lost_place(place) or "" for place in layout.lost_files(store)}
    old = {place for place, earlier in files.items() if _is_before(earlier, limit)}
    dated = (files[place] for place in old if layout.kind_of(files[place]) in layout.DATED)
    days = set(map(layout.day_of, dated))
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
    """Return whether the day of a file is before the limit; for rejects, the day of the run."""
    kind = layout.kind_of(place)
    if kind in layout.DATED:
        return layout.day_of(place) < limit
    return kind == "rejects" and layout.run_of(place)[:8] < limit.replace("-", "")


def compact(store: Path, state: State) -> int:
    """Write the parts of each day as one file; return how many fewer files there are.

    Raises OutputError if a part is damaged, after all others have been written.
    """
    checks = FileChecks(store, state.checksums)
    gone = 0
    for day in state.days:
        names = parts.readable(state, day, checks)
        if len(names) > 1:
            commit(store, state, parts.replaced(store, state, day, names))
            gone += len(layout.PARTS) * (len(names) - 1)
    faults = [fault for fault in checks.faults.values() if fault]
    if faults:
        raise OutputError(
            _("{fault}; the other days have been compacted").format(fault=faults[0]),
            expected=_("files as `darksocial nightly` wrote them"),
            advice=_("darksocial store recover {store}").format(store=store),
        )
    return gone
