"""Read and write state.json, the one file that says what is in the store. It is replaced whole.

Version 1 (no `schema_version`) is read, and becomes version 2 when it is saved. There is a copy
next to it, for `darksocial store recover`.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from darksocial.errors import OutputError
from darksocial.language import gettext as _
from darksocial.results.directory import write_whole
from darksocial.schema import SCHEMA_VERSION
from darksocial.store.files import layout
from darksocial.store.files.bookmark import Bookmark, merged
from darksocial.store.files.checksums import Checksum, checksum
from darksocial.store.files.runs import InputRun, Run

FIRST_VERSION = 1


class NewerStateError(OutputError):
    """The state was written by a newer version of darksocial."""


@dataclass(slots=True)
class State:
    """What was read, which files are valid, and which days are due.

    bookmarks: how far each log was read.
    parts: by day (ISO 8601), the names of the valid files in hits/ and people/ of that day.
    rejects: the valid files in rejects/, by the day of the run.
    files: which fields the files recorded that hits of version 1 number from 0 (numbering.py).
    next_file: the number of files that were read since.
    due: the days whose hits have changed since their sessions were written.
    checksums: the checksum of every valid file, by its place in the store.
    erase: files that are no longer valid and have yet to be removed.
    open_run: the run whose bookmarks are saved and whose record is not written yet.
    compared_days: days whose new lines are compared with the stored ones, because it is not known
        how far the logs were read (recovery.py); `compares_rejects` is the same for rejects, for
        one run.
    generation: how often the state was saved; of two states, the lower one is older.
    version: the schema version of the file that was read.
    """

    bookmarks: list[Bookmark] = field(default_factory=list)
    parts: dict[str, list[str]] = field(default_factory=dict)
    rejects: dict[str, list[str]] = field(default_factory=dict)
    files: list[list[bool]] = field(default_factory=list)
    due: list[str] = field(default_factory=list)
    checksums: dict[str, Checksum] = field(default_factory=dict)
    erase: list[str] = field(default_factory=list)
    open_run: Run | None = None
    compared_days: list[str] = field(default_factory=list)
    compares_rejects: bool = False
    next_file: int = 0
    generation: int = 0
    version: int = SCHEMA_VERSION

    @property
    def days(self) -> list[str]:
        """The days that have hits, in order."""
        return sorted(day for day, names in self.parts.items() if names)

    def part_places(self, days: list[str] | None = None) -> list[str]:
        """Return the places of the valid files in hits/ and people/, of some days or of all."""
        return [
            layout.part_of(kind, day, name)
            for day in (self.days if days is None else days)
            for kind in layout.PARTS
            for name in self.parts[day]
        ]

    def reject_places(self) -> list[str]:
        """Return the places of the valid files in rejects/."""
        return list(map(layout.rejects_of, chain(*self.rejects.values())))

    def run_places(self) -> list[str]:
        """Return the records of runs whose checksums are here; each holds those before it."""
        return sorted(place for place in self.checksums if layout.kind_of(place) == "runs")

    def drop(self, places: list[str]) -> None:
        """Make files invalid; the next `settle` removes them."""
        for place in places:
            self.checksums.pop(place, None)
        self.erase += places


def load(store: Path) -> State:
    """Return the state of a store; an empty one for a folder without any file of a store.

    Raises OutputError if state.json cannot be read, if it is missing although there are other
    files of a store, or if a newer version wrote it.
    """
    path = store / layout.STATE
    if path.exists():
        return read(path)
    if place := next(layout.own_files(store), None):
        raise OutputError(
            _(
                "{path} is missing, although {store} holds {file}: it is not known which files are "
                "valid and how far the logs were read"
            ).format(path=path, store=store, file=place),
            expected=_("the state that `darksocial nightly` wrote"),
            advice=_recover_advice(store),
        )
    return State()


def read(path: Path) -> State:
    """Return the state in a file. Raises OutputError as `load` does."""
    try:
        text = path.read_text("utf-8")
        content: dict[str, Any] = json.loads(text)
        version = int(content.pop("schema_version", content.pop("version", 0)))
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise _damaged(path, repr(error)) from error
    if version > SCHEMA_VERSION:
        raise NewerStateError(
            _(
                "{path} was written by a newer version of darksocial (schema_version {version})"
            ).format(path=path, version=version),
            expected=_("schema_version {version} or an earlier one").format(version=SCHEMA_VERSION),
            advice=_("the version of darksocial that wrote it, or a later one"),
        )
    try:
        state = _READERS[max(since for since in _READERS if since <= version)](content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(path, repr(error)) from error
    if version != FIRST_VERSION and not _is_whole(text):
        raise _damaged(path, _("its checksum is that of another text"))
    return state


def save(store: Path, state: State) -> None:
    """Replace state.json. Raises OutputError if that fails; the old state is then unchanged."""
    state.generation += 1
    state.version = SCHEMA_VERSION
    text = _text(state)
    for name in (layout.STATE, layout.STATE_COPY):
        write_whole(store / name, lambda draft: write_synced(draft, text))


def bookmarks_in(rows: Iterable[Mapping[str, Any]]) -> list[Bookmark]:
    """Return the bookmarks in records of runs, each once; those of another form are left out."""
    names = {each.name for each in fields(Bookmark)}
    return merged(Bookmark(**row) for row in rows if set(row) <= names)


def write_synced(path: Path, text: str) -> None:
    """Write a text, and make sure that it is on the disk."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def note_checksum(store: Path, state: State, place: str) -> None:
    """Record the checksum of a file as it is now."""
    state.checksums[place] = checksum(store / place)


def _text(state: State) -> str:
    """Return the text of state.json: sorted keys, and at the end a checksum of the rest."""
    content = {
        "schema_version": SCHEMA_VERSION,
        **asdict(state),
        "bookmarks": [asdict(mark) for mark in state.bookmarks],
        "checksums": {place: [c.size, c.sha256] for place, c in state.checksums.items()},
        "files": [[len(list(same)), flags] for flags, same in groupby(state.files)],
    }
    del content["version"]
    body = json.dumps(content, indent=1, sort_keys=True).removesuffix("\n}")
    return body + _ending(body)


def _ending(body: str) -> str:
    """Return the end of state.json: the checksum of the text before it."""
    return f',\n "sha256": "{hashlib.sha256(body.encode()).hexdigest()}"\n}}\n'


def _is_whole(text: str) -> bool:
    body = text[: -len(_ending(""))]
    return text == body + _ending(body)


def _from_version_1(content: Mapping[str, Any]) -> State:
    """Read a state without a schema version: no checksums, a row for each file read."""
    return State(
        [Bookmark(**mark) for mark in content["bookmarks"]],
        content["parts"],
        content["rejects"],
        content["files"],
        content["due"],
        version=FIRST_VERSION,
    )


def _from_version_2(content: Mapping[str, Any]) -> State:
    values = {name: value for name, value in content.items() if name != "sha256"}
    run = values.pop("open_run")
    return State(
        [Bookmark(**mark) for mark in values.pop("bookmarks")],
        checksums={place: Checksum(*each) for place, each in values.pop("checksums").items()},
        files=[list(flags) for count, flags in values.pop("files") for _ in range(count)],
        open_run=_run(run) if run else None,
        **values,
    )


def _run(content: dict[str, Any]) -> Run:
    inputs = {name: [InputRun(**row) for row in content[name]] for name in _INPUT_ROWS}
    pairs = {name: [tuple(pair) for pair in content[name]] for name in _PAIRS}
    return Run(**{**content, **inputs, **pairs})


_INPUT_ROWS = ("inputs", "interrupted")
_PAIRS = ("unread", "skipped")
_READERS: dict[int, Callable[[Mapping[str, Any]], State]] = {
    FIRST_VERSION: _from_version_1,
    2: _from_version_2,
}
"""The readers of the forms of a state, by the first schema version with this form."""


def _damaged(path: Path, reason: str) -> OutputError:
    return OutputError(
        _("{path} cannot be read: {reason}").format(path=path, reason=reason),
        expected=_("the state that `darksocial nightly` wrote"),
        advice=_recover_advice(path.parent),
    )


def _recover_advice(store: Path) -> str:
    return _(
        "darksocial store recover {store}, which rebuilds it from the files that are not damaged"
    ).format(store=store)
