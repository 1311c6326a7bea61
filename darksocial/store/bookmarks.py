"""How far a file has been read, told by its content: names change at every rotation.

A bookmark holds the SHA-256 of the first bytes (4 KiB, decompressed), the offset, and the SHA-256
of the last line before it. A file is that of a bookmark if both are in it. So a log that was
renamed, rotated, compressed or copied away is read on where it stopped, and one that was truncated
begins anew. A file whose records are no lines (CSV, JSON documents, Parquet ...) is told by the
hash of the whole, and read once; so is an object in a store, which is told by its name and size.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from darksocial.grammar.columns import Columns
from darksocial.inputs import Input, Inputs
from darksocial.reading import ByteStream
from darksocial.reading.files import InputFile
from darksocial.reading.resumed import ResumedStream, line_before
from darksocial.runs import READ_BEFORE, SAME_LINES

HEAD_BYTES = 4096
PIECE_BYTES = 1 << 20
WHOLE = -1
"""`head_bytes` of a file that is told by the hash of all its bytes."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a file was read: `offset` in bytes, `lines` in lines; hashes in hexadecimal."""

    head: str
    head_bytes: int
    offset: int
    lines: int
    last: str
    seen: str


def resume(inputs: Inputs, bookmarks: Sequence[Bookmark]) -> dict[int, Bookmark]:
    """Let each input be read from its bookmark on; return the bookmarks by number of the input.

    Inputs of which nothing is new are left out as read before, and so are those that hold the
    same lines as another: a log and its compressed copy may both be there.
    """
    found: dict[int, Bookmark] = {}
    kept: list[Input] = []
    for entry in inputs.read:
        if _is_read_once(entry):
            if _identity(entry.file) in {mark.head for mark in bookmarks}:
                inputs.unread.append((entry.name, READ_BEFORE))
            else:
                kept.append(entry)
            continue
        twin = _twin(entry, kept)
        if twin:
            other, is_longer = twin
            left_out, stays = (other, entry) if is_longer else (entry, other)
            inputs.unread.append((left_out.name, f"{SAME_LINES} {stays.name}"))
            if not is_longer:
                continue
            kept.remove(other)
        mark = _bookmark_of(entry.file, bookmarks)
        if mark:
            found[entry.number] = mark
            entry.lines_before = mark.lines
        keeps_header = isinstance(entry.how.grammar, Columns) and entry.how.grammar.header
        start = mark.offset if mark and not keeps_header else 0
        entry.stream = ResumedStream(entry.file, start)
        kept.append(entry)
    inputs.read = kept
    return found


def advanced(
    entries: Iterable[Input], before: Sequence[Bookmark], used: dict[int, Bookmark], day: str
) -> list[Bookmark]:
    """Return the bookmarks after the inputs have been read on `day`."""
    gone = set(used.values())
    kept = [mark for mark in before if mark not in gone]
    for entry in entries:
        if _is_read_once(entry):
            kept.append(Bookmark(_identity(entry.file), WHOLE, 0, entry.lines, "", day))
            continue
        stream = entry.stream
        assert isinstance(stream, ResumedStream)
        if stream.end:
            length = min(HEAD_BYTES, stream.end)
            with ByteStream(entry.file) as whole:
                head = _hash(whole.peek(length))
            lines = entry.lines_before + entry.lines
            last = _hash(stream.last_line)
            kept.append(Bookmark(head, length, stream.end, lines, last, day))
    return sorted(set(kept), key=lambda mark: (mark.head, mark.offset, mark.lines))


def _bookmark_of(file: InputFile, bookmarks: Sequence[Bookmark]) -> Bookmark | None:
    with ByteStream(file) as stream:
        head = stream.peek(HEAD_BYTES)
    near = [
        mark
        for mark in bookmarks
        if 0 < mark.head_bytes <= len(head) and _hash(head[: mark.head_bytes]) == mark.head
    ]
    for mark in sorted(near, key=lambda mark: -mark.offset):
        last = line_before(file, mark.offset)
        if last is not None and _hash(last) == mark.last:
            return mark
    return None


def _twin(entry: Input, others: Sequence[Input]) -> tuple[Input, bool] | None:
    """The other input of which this one is the beginning, or the other way round (True)."""
    for other in others:
        if not _is_read_once(other):
            longer = _compared(entry.file, other.file)
            if longer is not None:
                return other, longer
    return None


def _compared(file: InputFile, other: InputFile) -> bool | None:
    """Whether a file goes on beyond another; None where they differ before one of them ends."""
    with ByteStream(file) as left, ByteStream(other) as right:
        for a, b in zip(_pieces(left), _pieces(right), strict=False):
            length = min(len(a), len(b))
            if a[:length] != b[:length] or not a or not b:
                return None
            if length < PIECE_BYTES:
                return len(a) > len(b)
    return None


def _pieces(stream: ByteStream) -> Iterator[bytes]:
    """The bytes of a stream in pieces of the same length, but for the last."""
    held = bytearray()
    for block in stream.blocks():
        held += block
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    yield bytes(held)


def _is_read_once(entry: Input) -> bool:
    """Whether a file is not one that grows line by line on this machine."""
    return entry.container != "lines" or entry.file.storage is not None


def _identity(file: InputFile) -> str:
    """The hash of all bytes of a file; of an object in a store that of its name and size."""
    if file.storage is not None:
        return _hash(f"{file.name}\n{file.size}".encode())
    digest = hashlib.sha256()
    with ByteStream(file) as stream:
        for block in stream.blocks():
            digest.update(block)
    return digest.hexdigest()


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
