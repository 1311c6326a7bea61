"""Make files part of a store: all of them at once, by state.json.

Parts and rejects are written as drafts (layout.draft_of). Saving the state that names them makes
them valid; only then are they renamed. So a killed run leaves drafts that the state does not name,
which are removed, or drafts that it names, which are renamed. A finished file that the state does
not name comes from elsewhere, for example from runs after the backup of an older state.json: it is
set aside in lost/.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from darksocial.errors import OutputError
from darksocial.language import gettext as _
from darksocial.store.files import layout, records
from darksocial.store.files.checksums import checksum
from darksocial.store.files.layout import draft_of
from darksocial.store.files.state import State, save


def commit(store: Path, state: State, places: Sequence[str]) -> None:
    """Save the state, which names `places`, and rename their drafts.

    Raises OutputError if that fails; until the state is saved, nothing has changed.
    """
    try:
        for place in places:
            draft = draft_of(store / place)
            _sync(draft)
            state.checksums[place] = checksum(draft)
        for folder in sorted({(store / place).parent for place in places}):
            _sync(folder)
        save(store, state)
        for place in places:
            draft_of(store / place).replace(store / place)
        erase(store, state)
    except OSError as error:
        raise OutputError(
            _("{store} could not be written: {reason}").format(
                store=store, reason=error.strerror or error
            ),
            expected=_("a place with room that may be written to"),
        ) from error


def settle(store: Path, state: State) -> list[str]:
    """Complete what a killed run left; return the new places of files that the state does not name.

    This changes the state, which the caller saves.
    """
    for place in (*state.part_places(), *state.reject_places()):
        draft = draft_of(store / place)
        if draft.exists() and not (store / place).exists():
            draft.replace(store / place)
    for place in layout.RETURNS:
        draft, expected = draft_of(store / place), state.checksums.get(place)
        if expected and draft.exists() and checksum(draft) == expected:
            draft.replace(store / place)
    erase(store, state)
    remove_drafts(store)
    records.take_over(store, state)
    stray = [*unnamed(store, state, ("hits", "people", "rejects")), *records.unnamed(store, state)]
    return [set_aside(store, place) for place in stray]


def unnamed(store: Path, state: State, kinds: Iterable[str]) -> list[str]:
    """Return the finished files of some kinds that the state does not name, in order."""
    valid = {*state.part_places(), *state.reject_places(), *state.erase, *state.checksums}
    for day in state.days:
        valid |= set(layout.derived(day))
    wanted = set(kinds)
    places = (place for place in layout.own_files(store) if layout.kind_of(place) in wanted)
    return [place for place in places if place not in valid]


def set_aside(store: Path, place: str) -> str:
    """Move a file to lost/ without replacing another one, and return its place there."""
    number, lost = 1, f"{layout.LOST}/{place}"
    while (store / lost).exists():
        number += 1
        lost = f"{layout.LOST}/{place}.{number}"
    (store / lost).parent.mkdir(parents=True, exist_ok=True)
    (store / place).rename(store / lost)
    remove_empty(store, place)
    return lost


def erase(store: Path, state: State) -> None:
    """Remove the files that are no longer valid, and the folders that are empty then."""
    for place in state.erase:
        (store / place).unlink(missing_ok=True)
        remove_empty(store, place)
    state.erase = []


def remove_drafts(store: Path) -> None:
    """Remove the drafts of killed runs."""
    for place in list(layout.drafts(store)):
        (store / place).unlink()
        remove_empty(store, place)


def remove_empty(store: Path, place: str) -> None:
    """Remove the folders of a removed file, up to the store, if they are empty."""
    for folder in (store / place).parents:
        if folder == store or not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()


def _sync(path: Path) -> None:
    """Make sure that a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
