"""Check whether a file is as it was written, by its size and SHA-256.

A file that matches its checksum needs no other check. Files of stores that had no checksums yet
are read to their end instead.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from darksocial.language import gettext as _
from darksocial.store.files.layout import day_of, kind_of

TIME_COLUMNS = {"hits": "time", "sessions": "started_at", "shares": "time"}
"""The column with the day of a row; people and rejects have none."""
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Checksum:
    """The size of a file and the SHA-256 of its bytes, in hexadecimal."""

    size: int
    sha256: str


def checksum(path: Path) -> Checksum:
    """Return the checksum of a file, read block by block."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            size += len(block)
    return Checksum(size, digest.hexdigest())


def fault_of(path: Path, place: str, expected: Checksum | None = None) -> str | None:
    """Return what is wrong with a file, as a sentence; None if nothing is.

    `place` is where in the store it belongs; one that was set aside is elsewhere. Without a
    checksum the file must be readable to its last row.
    """
    if not path.is_file():
        return _("{path} cannot be read: it is missing").format(path=path)
    try:
        if expected is None:
            return _unreadable(path, place) or _of_another_day(path, place)
        actual = checksum(path)
    except OSError as error:
        return _unread(path, error.strerror or str(error))
    if actual == expected:
        return _of_another_day(path, place)
    if unreadable := _unreadable(path, place):
        return unreadable
    if actual.size != expected.size:
        return _(
            "{path} is not as it was written: it has {size:,} bytes, and {expected:,} were written"
        ).format(path=path, size=actual.size, expected=expected.size)
    return _(
        "{path} is not as it was written: its SHA-256 is {sha256}..., and not {expected}..."
    ).format(path=path, sha256=actual.sha256[:12], expected=expected.sha256[:12])


def _unread(path: Path, reason: str) -> str:
    return _("{path} cannot be read: {reason}").format(path=path, reason=reason)


def _unreadable(path: Path, place: str) -> str | None:
    """Return why a file cannot be read to its end; None if it can."""
    try:
        if place.endswith(".parquet"):
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                for _ in file.iter_batches():
                    pass
        elif place.endswith(".json"):
            _object(path)
    except Exception as error:  # a damaged file makes Arrow raise whatever its bytes lead to
        first = (str(error).splitlines() or [repr(error)])[0]
        return _unread(path, first)
    return None


def _object(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text("utf-8"))
    if not isinstance(content, dict):
        raise ValueError("it holds no JSON object")
    return content


def _of_another_day(path: Path, place: str) -> str | None:
    """Return a sentence if rows of a file are not of the day of its folder; else None."""
    column = TIME_COLUMNS.get(kind_of(place) or "")
    if not column:
        return None
    day = day_of(place)
    try:
        with pq.ParquetFile(path) as file:
            others = {
                each
                for batch in file.iter_batches(columns=[column])
                for each in _days(batch.column(0))
                if each != day
            }
    except Exception as error:  # as above: a checksum can be that of a file that was never whole
        return _unread(path, str(error))
    if not others:
        return None
    return _("{path} holds {column} of {days}").format(
        path=path, column=column, days=", ".join(sorted(others))
    )


def _days(times: pa.Array) -> list[str]:
    """Return the UTC days of some times."""
    bounds = pc.min_max(times).as_py()
    if bounds["min"] is None:
        return []
    first, last = bounds["min"].date(), bounds["max"].date()
    if first == last:
        return [first.isoformat()]
    return [day.isoformat() for day in pc.unique(times.cast(pa.date32())).to_pylist() if day]


@dataclass(slots=True)
class FileChecks:
    """Checks files of a store, each of them once: the hits of a day are needed for many days.

    The rows of a file that matches its checksum are not read.
    """

    store: Path
    checksums: Mapping[str, Checksum]
    faults: dict[str, str | None] = field(default_factory=dict)

    def fault(self, place: str) -> str | None:
        """Return what is wrong with a file, or None."""
        if place not in self.faults:
            path, expected = self.store / place, self.checksums.get(place)
            as_written = expected is not None and path.is_file() and checksum(path) == expected
            self.faults[place] = None if as_written else fault_of(path, place, expected)
        return self.faults[place]
