"""Rebuild the state from the files of a store, if state.json and its copy are lost."""

from operator import or_
from pathlib import Path

import pyarrow.compute as pc

from darksocial.store.files import layout, parts, records
from darksocial.store.files.checksums import FileChecks
from darksocial.store.files.commits import remove_drafts
from darksocial.store.files.state import State, note_checksum
from darksocial.store.intake.numbering import NO_FLAGS, has_flags, inferred_flags, serial_of


def rebuild(store: Path, state: State) -> bool:
    """Add every file that can be read to its end to the state; return whether it had to be inferred
    which fields the logs of hits of version 1 recorded.

    All days become due: it is not known whether their sessions are those of these hits.
    """
    remove_drafts(store)
    _find_parts(store, state)
    _find_rejects(store, state)
    state.due = state.days
    return _infer_flags(store, state)


def _find_parts(store: Path, state: State) -> None:
    """Add the hits and people that can be read to their end."""
    checks = FileChecks(store, {})
    for place in layout.files_in(store, "hits"):
        if layout.kind_of(place):
            day, name = layout.day_of(place), layout.name_of(place)
            if not any(map(checks.fault, parts.places_of(day, name))):
                state.parts.setdefault(day, []).append(name)
                for each in parts.places_of(day, name):
                    note_checksum(store, state, each)


def _find_rejects(store: Path, state: State) -> None:
    checks = FileChecks(store, {})
    for place in layout.files_in(store, "rejects"):
        if layout.kind_of(place) and not checks.fault(place):
            state.rejects.setdefault(layout.day_of_run(place), []).append(layout.name_of(place))
            note_checksum(store, state, place)


def recorded_bookmarks(store: Path) -> list[dict[str, object]]:
    """Return the bookmarks in the records of all runs."""
    places = [*layout.files_in(store, "runs"), *layout.files_in(store, f"{layout.LOST}/runs")]
    return [mark for p in places for mark in records.content(store / p).get("bookmarks", ())]


def _infer_flags(store: Path, state: State) -> bool:
    """Infer which fields the files of version 1 recorded; return whether any hits are from them.

    The numbers of later files show how many files were read.
    """
    inferred: dict[int, tuple[bool, ...]] = {}
    for place in state.part_places():
        if layout.kind_of(place) == "hits":
            people = parts.places_of(layout.day_of(place), layout.name_of(place))[1]
            hits = parts.read(store / place)
            for number, flags in inferred_flags(hits, parts.read(store / people)).items():
                inferred[number] = tuple(map(or_, inferred.get(number, NO_FLAGS), flags))
            last = pc.max(hits.column("file")).as_py()
            if last is not None and has_flags(last):
                state.next_file = max(state.next_file, serial_of(last) + 1)
    state.files = [
        list(inferred.get(number, NO_FLAGS)) for number in range(max(inferred, default=-1) + 1)
    ]
    return bool(inferred)
