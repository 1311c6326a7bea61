"""Write results, whole or not at all, to a folder of this machine or to a URI of the engine.

`directory.py` writes folders. At a URI, too, everything is written as a draft first. Renaming a
folder is one step on hdfs, abfss and file. On s3a and gs each file is copied, so that a reader may
see part of the new folder for a moment; summary.json comes last.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from darksocial.errors import OutputError
from darksocial.language import gettext as _
from darksocial.reading import Storage, is_uri
from darksocial.results import directory
from darksocial.results.directory import RESULT_FILES, RESULT_PARTS
from darksocial.results.ownership import MARK, RESULT, is_own, mark_text, marked_kind


class Draft(Protocol):
    """A folder that takes its final place once it is complete."""

    def place_of(self, name: str) -> str:
        """Return where the table `name` is written."""

    def write(self, name: str, text: str) -> None:
        """Write a small file."""


@dataclass(frozen=True, slots=True)
class _LocalDraft:
    folder: Path

    def place_of(self, name: str) -> str:
        return str(self.folder / name)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")


@dataclass(frozen=True, slots=True)
class _RemoteDraft:
    uri: str
    storage: Storage

    def place_of(self, name: str) -> str:
        return f"{self.uri}/{name}"

    def write(self, name: str, text: str) -> None:
        self.storage.write(self.place_of(name), text.encode())


@contextmanager
def replacing(out: Path | str, storage: Storage | None) -> Iterator[Draft]:
    """Yield a draft, which replaces `out` at the end. Raises OutputError as `directory` does."""
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
            _("{place} could not be written: {reason}").format(place=out, reason=error),
            expected=_("a place that may be written to"),
        ) from error


def cannot_write(uri: str) -> OutputError:
    """Return the error for a URI and an engine that writes to this machine only."""
    return OutputError(
        _("{uri} is a URI, to which nothing can be written from here.").format(uri=uri),
        expected=_("a folder of this machine"),
        advice=_("copy the folder there afterwards, or use `engine` spark on a cluster"),
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
    """Refuse a place with files that darksocial did not write. Raises OutputError."""
    if not storage.entries(out):
        return
    if _is_result(out, storage):
        _check_parts(out, storage)
        return
    raise OutputError(
        _("{place} holds something that darksocial did not write").format(place=out),
        expected=_("a new place, an empty one, or a result of `darksocial analyze`"),
        advice=_("another `out`"),
    )


def _is_result(out: str, storage: Storage) -> bool:
    """Return whether the mark says so, or summary.json where there is no mark."""
    if storage.exists(f"{out}/{MARK}"):
        with storage.open(f"{out}/{MARK}") as file:
            return marked_kind(file.read()) is RESULT
    main = f"{out}/{RESULT.main}"
    if not storage.exists(main):
        return False
    with storage.open(main) as file:
        return is_own(file.read(), RESULT)


def _check_parts(out: str, storage: Storage) -> None:
    """Refuse foreign files inside the parts of a result, which are replaced as a whole."""
    for uri, _size, _time in storage.find(out):
        inside = uri.partition(f"{out.partition('://')[2].strip('/')}/")[2]
        if inside.split("/")[0] in RESULT_PARTS and not RESULT_FILES.fullmatch(inside):
            raise OutputError(
                _("{file} was not written by darksocial").format(file=uri),
                expected=_("only files of darksocial in the folders that it replaces"),
                advice=_("move the file elsewhere"),
            )


def _swap(draft: str, out: str, storage: Storage) -> None:
    """Replace the earlier result with the draft; foreign files stay."""
    foreign = [name for name in storage.entries(out) if name not in RESULT_PARTS]
    if not foreign:
        storage.delete(out)
        storage.rename(draft, out)
        return
    for name in RESULT_PARTS:
        storage.delete(f"{out}/{name}")
        storage.rename(f"{draft}/{name}", f"{out}/{name}")
