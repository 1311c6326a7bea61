"""How files become part of a store: all at once, by state.json, and never half.

Parts and rejects are written as drafts (layout.draft_of). Saving the state that names them makes
them valid; only then do they get their names. What a killed run left is therefore either a draft
that nobody names, which is removed, or one that the state names, which gets its name. A finished
file that the state does not name comes from elsewhere, such as the time after an older state.json:
it is kept aside in lost/.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from darksocial.errors import OutputError
from darksocial.store.files import layout, records
from darksocial.store.files.checksums import checksum
from darksocial.store.files.layout import draft_of
from darksocial.store.files.state import State, save


def commit(store: Path, state: State, places: Sequence[str]) -> None:
    """Save the state, which names `places`, and give their drafts their names.

    Raises OutputError where that fails; before the state is saved nothing has changed.
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
            f"{store} could not be written: {error.strerror or error}",
            expected="a place with room that may be written to",
        ) from error


def settle(store: Path, state: State) -> list[str]:
    """Complete what a killed run left; return where files now are that the state does not name.

    The state changes with it, and has to be saved.
    """
    for place in (*state.part_places(), *state.reject_places()):
        draft = draft_of(store / place)
        if draft.exists() and not (store / place).exists():
            draft.replace(store / place)
    erase(store, state)
    remove_drafts(store)
    records.take_over(store, state)
    stray = [*unnamed(store, state, ("hits", "people", "rejects")), *records.unnamed(store, state)]
    return [keep_aside(store, place) for place in stray]


def unnamed(store: Path, state: State, kinds: Iterable[str]) -> list[str]:
    """Return the finished files of some kinds that the state does not name, in order."""
    named = {*state.part_places(), *state.reject_places(), *state.erase, *state.checksums}
    for day in state.days:
        named |= set(layout.derived(day))
    wanted = set(kinds)
    found = (place for place in layout.own_files(store) if layout.kind_of(place) in wanted)
    return [place for place in found if place not in named]


def keep_aside(store: Path, place: str) -> str:
    """Move a file to lost/, and return its place there; no other file is replaced by it."""
    number, lost = 1, f"{layout.LOST}/{place}"
    while (store / lost).exists():
        number += 1
        lost = f"{layout.LOST}/{place}.{number}"
    (store / lost).parent.mkdir(parents=True, exist_ok=True)
    (store / place).rename(store / lost)
    remove_empty(store, place)
    return lost


def erase(store: Path, state: State) -> None:
    """Remove the files that no longer count, and the folders that held nothing else."""
    for place in state.erase:
        (store / place).unlink(missing_ok=True)
        remove_empty(store, place)
    state.erase = []


def remove_drafts(store: Path) -> None:
    """Remove what killed runs did not finish."""
    for place in list(layout.drafts(store)):
        (store / place).unlink()
        remove_empty(store, place)


def remove_empty(store: Path, place: str) -> None:
    """Remove the folders of a file that is gone, up to the store, as far as they are empty."""
    for folder in (store / place).parents:
        if folder == store or not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()


def _sync(path: Path) -> None:
    """See to it that a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
