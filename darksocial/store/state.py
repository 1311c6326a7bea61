"""state.json: the one file that says what is in the store. It is replaced whole."""

import dataclasses
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from darksocial.errors import OutputError
from darksocial.outputs.directory import write_whole
from darksocial.store.bookmark import Bookmark

NAME = "state.json"
VERSION = 1
FLAGS = ("records_referrer", "records_agent", "records_visitor", "aggregated")


@dataclass(slots=True)
class State:
    """What was read, which files are valid, and which days are due.

    bookmarks: how far each log was read.
    parts: by day (ISO 8601) the names of the valid files in hits/ and people/ of that day.
    rejects: the valid files in rejects/, by the day of the run.
    files: of each file that was ever read, by its number, what its format records (`FLAGS`).
    due: the days whose hits have changed since their sessions were written.
    """

    bookmarks: list[Bookmark] = field(default_factory=list)
    parts: dict[str, list[str]] = field(default_factory=dict)
    rejects: dict[str, list[str]] = field(default_factory=dict)
    files: list[list[bool]] = field(default_factory=list)
    due: list[str] = field(default_factory=list)

    @property
    def days(self) -> list[str]:
        """The days of which there are hits, in order."""
        return sorted(day for day, names in self.parts.items() if names)


def load(store: Path) -> State:
    """Return the state of a store; one without state.json is empty.

    Raises OutputError where it cannot be read, or was written by another version.
    """
    path = store / NAME
    if not path.exists():
        return State()
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        version = told.pop("version")
        marks = [Bookmark(**mark) for mark in told.pop("bookmarks")]
        state = State(marks, **told)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(
            f"{path} cannot be read: {error!r}",
            expected="the state that `darksocial nightly` wrote",
            advice="restore it from a backup, or begin a new store",
        ) from error
    if version != VERSION:
        raise OutputError(f"{path} has version {version}", expected=f"version {VERSION}")
    return state


def save(store: Path, state: State) -> None:
    """Replace state.json. Raises OutputError where that fails; the old state is then as it was."""
    text = json.dumps({"version": VERSION, **dataclasses.asdict(state)}, indent=1, sort_keys=True)

    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())

    write_whole(store / NAME, write)
