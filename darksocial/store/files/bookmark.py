"""A bookmark: how far a log was read, or what is known of an export."""

import hashlib
from dataclasses import dataclass

from darksocial.store.files.marks import Span, spans_of

WHOLE = -1
"""`head_bytes` of a file that is known by the hash of all its bytes."""
SUMS = "sums"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a file was read. Hashes are hexadecimal; those with a key mean nothing without it.

    head, head_bytes: SHA-256 of the first bytes, and how many these are (`WHOLE`: all).
    offset, lines: the bytes and whole lines that were read; of an export its rows.
    last: SHA-256 of the last whole line.
    seen: the day on which the file was last there.

    What earlier versions did not have:
    key: names the key of the other hashes.
    first, chain: the running hash (chains.py) at the first and at the last line.
    rest: the hash of what was read after the last line end; of an export that of its last row if no
        line end follows, which is at the line `offset`.
    marks: where the hashes of the lines or rows stand (marks.py).
    former: the `chain` of bookmarks whose logs this one once was, before it lost its tail.
    grain: of an export, `rows` or `sums` (exports.py).
    wholes: of an export, the SHA-256 of its other versions that lie beside the last one.
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
        """Where the hashes stand."""
        return spans_of(self.marks)

    @property
    def lineage(self) -> frozenset[str]:
        """What names the log and what it was before: two logs that have one in common are one."""
        return frozenset({self.chain, *self.former.split()} - {""})

    @property
    def versions(self) -> frozenset[str]:
        """The identities of whole files whose rows are known."""
        return (
            frozenset({self.head, *self.wholes.split()})
            if self.head_bytes == WHOLE
            else frozenset()
        )


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
