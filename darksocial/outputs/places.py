"""Where results go, whole or not at all: a folder of this machine, or a URI that the engine knows.

A folder is written by directory.py. At a URI, too, everything is written beside its place first. A
rename of a folder is one step on hdfs, abfss and file; on s3a and gs it copies each file, so a
reader may see part of the new folder for a moment; summary.json comes last.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from darksocial.errors import OutputError
from darksocial.outputs import directory
from darksocial.outputs.directory import MARK, OWN
from darksocial.reading import Storage, is_uri


class Draft(Protocol):
    """A folder that takes its place once all is in it."""

    def at(self, name: str) -> str:
        """Where the table `name` goes."""

    def write(self, name: str, text: str) -> None:
        """Write a small file."""


@dataclass(frozen=True, slots=True)
class _LocalDraft:
    folder: Path

    def at(self, name: str) -> str:
        return str(self.folder / name)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")


@dataclass(frozen=True, slots=True)
class _RemoteDraft:
    uri: str
    storage: Storage

    def at(self, name: str) -> str:
        return f"{self.uri}/{name}"

    def write(self, name: str, text: str) -> None:
        self.storage.write(self.at(name), text.encode())


@contextmanager
def replacing(out: Path | str, storage: Storage | None) -> Iterator[Draft]:
    """Yield a draft; at the end it takes the place of `out`. Raises OutputError like directory."""
    if not is_uri(str(out)):
        with directory.replacing(Path(out)) as folder:
            yield _LocalDraft(folder)
        return
    if storage is None:
        raise OutputError(
            f"{out} is a URI, where DuckDB inside the process does not write",
            expected="a folder of this machine",
            advice="--engine spark",
        )
    try:
        yield from _at_uri(str(out).rstrip("/"), storage)
    except OSError as error:
        raise OutputError(
            f"{out} could not be written: {error}", expected="a place that may be written to"
        ) from error


def _at_uri(out: str, storage: Storage) -> Iterator[Draft]:
    check_own(out, storage)
    parent, _, name = out.rpartition("/")
    draft = f"{parent}/.{name}.draft-{uuid4().hex[:12]}"
    try:
        yield _RemoteDraft(draft, storage)
        _swap(draft, out, storage)
    finally:
        storage.delete(draft)


def check_own(out: str, storage: Storage) -> None:
    """Refuse a place with files of others. Raises OutputError."""
    if storage.entries(out) and not storage.exists(f"{out}/{MARK}"):
        raise OutputError(
            f"{out} holds something that darksocial did not write",
            expected="a new place, an empty one, or one of an earlier run",
            advice="--out with another name",
        )


def _swap(draft: str, out: str, storage: Storage) -> None:
    """Put the draft in the place of the earlier result; what is not darksocial's stays."""
    foreign = [name for name in storage.entries(out) if name not in OWN]
    if not foreign:
        storage.delete(out)
        storage.rename(draft, out)
        return
    for name in OWN:
        storage.delete(f"{out}/{name}")
        storage.rename(f"{draft}/{name}", f"{out}/{name}")
