"""The records of runs, in runs/: a file for each run, which holds the checksums of those before.

So state.json holds the checksum of the last record alone, and does not grow with every run.
"""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from darksocial.results.directory import write_whole
from darksocial.store.files import layout
from darksocial.store.files.checksums import Checksum, fault_of
from darksocial.store.files.runs import Run
from darksocial.store.files.state import State, note_checksum, save, write_synced


def begin(store: Path, state: State, run: Run) -> None:
    """Name a run, and let it account for what runs before it could not record. Saves the state.

    From here on what the run reads is part of the state until its record is written.
    """
    stamp = datetime.fromisoformat(run.started_at).strftime("%Y%m%dT%H%M%SZ")
    run.name = free_name(store, stamp)
    if state.open_run:
        run.interrupted = [*state.open_run.interrupted, *state.open_run.inputs]
        run.bookmarks = list(state.open_run.bookmarks)
    state.open_run = run
    save(store, state)


def complete(store: Path, state: State) -> None:
    """Write the record of the open run. Raises OutputError where that fails."""
    run = state.open_run
    assert run
    run.earlier = {
        place: (state.checksums[place].size, state.checksums[place].sha256)
        for place in state.run_places()
    }
    text = _text(asdict(run))
    write_whole(store / _place(run), lambda draft: write_synced(draft, text))
    take_over(store, state)
    save(store, state)


def take_over(store: Path, state: State) -> None:
    """Close the open run where its record has been written."""
    run = state.open_run
    if run is None or not (store / _place(run)).is_file():
        return
    for place in content(store / _place(run)).get("earlier", {}):
        state.checksums.pop(place, None)
    note_checksum(store, state, _place(run))
    state.open_run = None


def walk(store: Path, state: State) -> dict[str, str | None]:
    """Return the records that the state leads to, each with what is wrong with it, or None.

    Those before a damaged record cannot be found by it.
    """
    found: dict[str, str | None] = {}
    ahead = {place: state.checksums[place] for place in state.run_places()}
    while ahead:
        place, expected = ahead.popitem()
        found[place] = fault_of(store, place, expected)
        if not found[place]:
            earlier = content(store / place).get("earlier", {})
            ahead |= {p: Checksum(*each) for p, each in earlier.items() if p not in found}
    return found


def unnamed(store: Path, state: State) -> list[str]:
    """Return the records that the state does not lead to; none where a damaged one is between."""
    known = walk(store, state)
    if any(known.values()):
        return []
    return [place for place in _records(store) if place not in known]


def fault(store: Path, place: str) -> str | None:
    """Return why a record cannot be read, for one whose checksum is not known."""
    if "started_at" in content(store / place):
        return None
    return f"{store / place} cannot be read: it is no record of a run"


def let_go(store: Path, place: str, gone: set[str]) -> None:
    """Let a record no longer name some that are gone."""
    told = content(store / place)
    earlier = told.get("earlier", {})
    if gone & set(earlier):
        told["earlier"] = {each: value for each, value in earlier.items() if each not in gone}
        write_whole(store / place, lambda draft: write_synced(draft, _text(told)))


def content(path: Path) -> dict[str, Any]:
    """Return the content of a record; an empty one where it cannot be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _records(store: Path) -> list[str]:
    return [place for place in layout.files_in(store, "runs") if layout.kind_of(place)]


def _text(told: dict[str, Any]) -> str:
    return json.dumps(told, indent=1) + "\n"


def _place(run: Run) -> str:
    return f"runs/{run.name}.json"


def free_name(store: Path, stamp: str) -> str:
    """Return a name that no run has used, killed ones and those in lost/ included."""
    lost = filter(None, map(layout.lost_place, layout.lost_files(store)))
    taken = {
        layout.run_of(place)
        for place in (*layout.own_files(store), *lost)
        if layout.kind_of(place) in ("hits", "people", "rejects", "runs")
    }
    name, number = stamp, 1
    while name in taken:
        number += 1
        name = f"{stamp}.{number}"
    return name
