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
from darksocial.language import gettext as _
from darksocial.ownership import MARK, RESULT, is_own, mark_text
from darksocial.reading import Storage, is_uri
from darksocial.results import directory
from darksocial.results.directory import OWN, WRITTEN


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
        raise cannot_write(str(out))
    try:
        yield from _at_uri(str(out).rstrip("/"), storage)
    except OSError as error:
        raise OutputError(
            f"{out} could not be written: {error}", expected="a place that may be written to"
        ) from error


def cannot_write(uri: str) -> OutputError:
    """Return the error for a URI and an engine that writes to this machine only."""
    return OutputError(
        _("{uri} is a URI, to which nothing can be written from here.").format(uri=uri),
        expected=_("a folder of this machine"),
        advice=_("copy the folder there afterwards, or use the `engine` spark on a cluster"),
    )


def _at_uri(out: str, storage: Storage) -> Iterator[Draft]:
    check_own(out, storage)
    parent, _slash, name = out.rpartition("/")
    draft = f"{parent}/.{name}.draft-{uuid4().hex[:12]}"
    try:
        storage.write(f"{draft}/{MARK}", mark_text(RESULT).encode())
        yield _RemoteDraft(draft, storage)
        _swap(draft, out, storage)
    finally:
        storage.delete(draft)


def check_own(out: str, storage: Storage) -> None:
    """Refuse a place with files of others. Raises OutputError."""
    if not storage.entries(out):
        return
    if storage.exists(f"{out}/{MARK}"):
        _check_parts(out, storage)
        return
    main = f"{out}/{RESULT.main}"
    if storage.exists(main):
        with storage.open(main) as file:
            if is_own(file.read(), RESULT):
                _check_parts(out, storage)
                return
    raise OutputError(
        f"{out} holds something that darksocial did not write",
        expected=f"a new place, an empty one, or {RESULT.words}",
        advice=_("another `out`"),
    )


def _check_parts(out: str, storage: Storage) -> None:
    """Refuse files of others inside the parts of a result: these are replaced as a whole."""
    for uri, _size, _written in storage.find(out):
        inside = uri.partition(f"{out.partition('://')[2].strip('/')}/")[2]
        if inside.split("/")[0] in OWN and not WRITTEN.fullmatch(inside):
            raise OutputError(
                f"{uri} was not written by darksocial",
                expected="nothing but its own files in the folders that it replaces",
                advice="move the file elsewhere",
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
