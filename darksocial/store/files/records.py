"""Write and read the records of runs, in runs/: a file for each run.

A record holds the checksum of the record before it. So state.json holds only the checksum of the
last one, and does not grow with every run.
"""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from darksocial.language import gettext as _
from darksocial.results.directory import write_whole
from darksocial.store.files import layout
from darksocial.store.files.checksums import Checksum, fault_of
from darksocial.store.files.runs import Run
from darksocial.store.files.state import State, note_checksum, save, write_synced


def begin(store: Path, state: State, run: Run) -> None:
    """Give a run its name, and add what interrupted runs could not record. Saves the state.

    From now on, until its record is written, the state holds what the run reads.
    """
    stamp = datetime.fromisoformat(run.started_at).strftime("%Y%m%dT%H%M%SZ")
    run.name = free_name(store, stamp)
    if state.open_run:
        run.interrupted = [*state.open_run.interrupted, *state.open_run.inputs]
        run.bookmarks = list(state.open_run.bookmarks)
    state.open_run = run
    save(store, state)


def complete(store: Path, state: State) -> None:
    """Write the record of the open run. Raises OutputError if that fails."""
    run = state.open_run
    assert run
    run.earlier = {
        place: (state.checksums[place].size, state.checksums[place].sha256)
        for place in state.run_places()
    }
    text = _text(asdict(run))
    write_whole(store / layout.record_of(run.name), lambda draft: write_synced(draft, text))
    take_over(store, state)
    save(store, state)


def take_over(store: Path, state: State) -> None:
    """Close the open run if its record has been written."""
    run = state.open_run
    if run is None or not (store / layout.record_of(run.name)).is_file():
        return
    for place in content(store / layout.record_of(run.name)).get("earlier", {}):
        state.checksums.pop(place, None)
    note_checksum(store, state, layout.record_of(run.name))
    state.open_run = None


def walk(store: Path, state: State) -> dict[str, str | None]:
    """Return the records that can be reached from the state, each with its fault, or None.

    Records before a damaged one cannot be reached.
    """
    faults: dict[str, str | None] = {}
    ahead = {place: state.checksums[place] for place in state.run_places()}
    while ahead:
        place, expected = ahead.popitem()
        faults[place] = fault_of(store / place, place, expected)
        if not faults[place]:
            earlier = content(store / place).get("earlier", {})
            ahead |= {p: Checksum(*each) for p, each in earlier.items() if p not in faults}
    return faults


def unnamed(store: Path, state: State) -> list[str]:
    """Return the records that cannot be reached from the state; none if one is damaged."""
    reached = walk(store, state)
    if any(reached.values()):
        return []
    return [place for place in _records(store) if place not in reached]


def fault(store: Path, place: str) -> str | None:
    """Return why a record without a known checksum cannot be read; None if it can."""
    if "started_at" in content(store / place):
        return None
    return _("{path} cannot be read: it is not the record of a run").format(path=store / place)


def let_go(store: Path, place: str, gone: set[str]) -> None:
    """Remove the checksums of lost records from a record."""
    record = content(store / place)
    earlier = record.get("earlier", {})
    if gone & set(earlier):
        record["earlier"] = {each: value for each, value in earlier.items() if each not in gone}
        write_whole(store / place, lambda draft: write_synced(draft, _text(record)))


def content(path: Path) -> dict[str, Any]:
    """Return the content of a JSON file; an empty one if it cannot be read."""
    try:
        parsed = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _records(store: Path) -> list[str]:
    return [place for place in layout.files_in(store, "runs") if layout.kind_of(place)]


def _text(record: dict[str, Any]) -> str:
    return json.dumps(record, indent=1) + "\n"


def free_name(store: Path, stamp: str) -> str:
    """Return a name that no run has used, including killed runs and those in lost/."""
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
