"""Read and write STORE/marks: hashes of the lines and rows that were read.

Each run that reads new lines writes one file, before state.json, and never changes it: a magic
number, the hashes (little-endian), and the SHA-256 of both. A bookmark lists its spans of bytes in
such files. Lines that are appended to a log make a new span. Spans that are not larger are merged
into it, so that a log has few spans, and each hash is written only a few times. Files to which no
bookmark points are removed.

A line of a log takes 4 bytes, a row of an export 8, and a row that represents many sessions 32.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from darksocial.language import gettext as _
from darksocial.results.directory import write_whole

FOLDER, SUFFIX = "marks", ".marks"
MAGIC = b"DSMARKS1"
CHECKSUM_BYTES = 32
CHUNK_BYTES = 1 << 20
CHUNK_ITEMS = 1 << 17

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Span:
    """A range of bytes in a file in marks/; its text is `name:start:length`."""

    name: str
    start: int
    length: int

    def __str__(self) -> str:
        return f"{self.name}:{self.start}:{self.length}"


def spans_of(text: str) -> tuple[Span, ...]:
    """Return the spans that a bookmark lists."""
    parts = (part.rsplit(":", 2) for part in text.split())
    return tuple(Span(name, int(start), int(length)) for name, start, length in parts)


class MarksFile:
    """The file that a run writes; `add` returns where the hashes will be."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._pieces: list[tuple[Array, np.dtype[Any]]] = []
        self._length = len(MAGIC)

    def add(self, hashes: Array, dtype: npt.DTypeLike) -> Span:
        """Add hashes, cut to the bytes of a type; return where they will be."""
        kind = np.dtype(dtype)
        span = Span(self.name, self._length, len(hashes) * kind.itemsize)
        self._pieces.append((hashes, kind))
        self._length += span.length
        return span

    def write(self, store: Path) -> None:
        """Write the file, unless it is empty. Raises OutputError."""
        if self._pieces:
            write_whole(store / FOLDER / f"{self.name}{SUFFIX}", self._write)

    def _write(self, path: Path) -> None:
        digest = hashlib.sha256(MAGIC)
        with path.open("wb") as file:
            file.write(MAGIC)
            for hashes, kind in self._pieces:
                for start in range(0, len(hashes), CHUNK_ITEMS):
                    data = hashes[start : start + CHUNK_ITEMS].astype(kind).tobytes()
                    digest.update(data)
                    file.write(data)
            file.write(digest.digest())
            file.flush()
            os.fsync(file.fileno())


def are_there(store: Path, spans: Sequence[Span]) -> bool:
    """Return whether the files of all spans exist, can be read and are long enough."""
    for span in spans:
        path = _path(store, span.name)
        try:
            size = path.stat().st_size
        except OSError:
            return False
        if not os.access(path, os.R_OK) or size < span.start + span.length + CHECKSUM_BYTES:
            return False
    return True


def read(store: Path, spans: Sequence[Span], dtype: npt.DTypeLike) -> Array:
    """Return the hashes of all spans. Raises OSError."""
    width = np.dtype(dtype).itemsize
    pieces = [
        np.fromfile(_path(store, s.name), dtype, s.length // width, offset=s.start) for s in spans
    ]
    return np.concatenate([np.empty(0, dtype), *pieces])


def read_one(store: Path, spans: Sequence[Span], number: int, dtype: npt.DTypeLike) -> int:
    """Return the hash with a number, counted from 0 over all spans. Raises OSError."""
    width = np.dtype(dtype).itemsize
    position = number * width
    for span in spans:
        if position < span.length:
            with _path(store, span.name).open("rb", buffering=0) as file:
                file.seek(span.start + position)
                return int(np.frombuffer(file.read(width), dtype)[0])
        position -= span.length
    raise IndexError(number)


def remove_unnamed(store: Path, spans: Iterable[Span]) -> None:
    """Remove the files in marks/ to which no span belongs."""
    used = {f"{span.name}{SUFFIX}" for span in spans}
    for path in (store / FOLDER).glob(f"*{SUFFIX}"):
        if path.name not in used and _is_own(path):
            path.unlink()


def faults(store: Path, spans: Iterable[Span]) -> Iterator[str]:
    """Yield a sentence for each file of a span that is missing or damaged."""
    for name in sorted({span.name for span in spans}):
        path = _path(store, name)
        try:
            if not _is_whole(path):
                yield _("{path} is damaged").format(path=path)
        except OSError as error:
            yield _("{path} cannot be read: {reason}").format(
                path=path, reason=error.strerror or error
            )


def _path(store: Path, name: str) -> Path:
    return store / FOLDER / f"{name}{SUFFIX}"


def _is_own(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _is_whole(path: Path) -> bool:
    digest = hashlib.sha256()
    left = path.stat().st_size - CHECKSUM_BYTES
    with path.open("rb") as file:
        while left > 0 and (block := file.read(min(CHUNK_BYTES, left))):
            digest.update(block)
            left -= len(block)
        return file.read() == digest.digest()
