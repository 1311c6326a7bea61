"""A bookmark: how far a log was read, or which rows of an export were."""

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace

from darksocial.store.files.marks import Span, spans_of

WHOLE_FILE = -1
"""The `head_bytes` of a file that is recognised by the hash of all its bytes."""
SUM_ROWS = "sums"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a file was read. Hashes are hexadecimal; keyed hashes mean nothing without the key.

    head, head_bytes: the SHA-256 of the first bytes, and their number (`WHOLE_FILE`: all).
    offset, lines: the bytes and whole lines that were read; of an export, its rows.
    last: the SHA-256 of the last whole line.
    seen: the day on which the file was last among the inputs.

    Fields that earlier versions did not have:
    key: the name of the key of the other hashes.
    first, chain: the running hash (chains.py) at the first and at the last line.
    rest: the hash of what was read after the last line end. For an export, the hash of its last row
        if no line end follows it; that row is at line `offset`.
    marks: where the hashes of the lines or rows are (marks.py).
    former: the `chain` of the bookmarks that the log had before it lost its tail.
    grain: `rows` or `sums`, for an export (exports.py).
    wholes: the SHA-256 of other versions of an export that are still among the inputs.
    """

    head: str
    head_bytes: int
    offset: int
    lines: int
    last: str
    seen: str
    key: str = ""
    first: str = ""
    chain: str = ""
    rest: str = ""
    marks: str = ""
    former: str = ""
    grain: str = ""
    wholes: str = ""

    @property
    def first_hash(self) -> int:
        """The running hash at the first line."""
        return int(self.first or "0", 16)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where the hashes of the lines or rows are."""
        return spans_of(self.marks)

    @property
    def lineage(self) -> frozenset[str]:
        """The names of the log now and earlier: two logs with a name in common are the same log."""
        return frozenset({self.chain, *self.former.split()} - {""})

    @property
    def versions(self) -> frozenset[str]:
        """The identities of the whole files whose rows were read."""
        return (
            frozenset({self.head, *self.wholes.split()})
            if self.head_bytes == WHOLE_FILE
            else frozenset()
        )


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def merged(bookmarks: Iterable[Bookmark]) -> list[Bookmark]:
    """Return the bookmarks, each once and in order.

    Two that say the same about a log can differ in where its hashes are and when it was last read.
    The later one in `bookmarks` stays: the hashes of the other may be gone.
    """
    same = {replace(mark, seen="", marks="", former=""): mark for mark in bookmarks}
    return sorted(same.values(), key=astuple)
