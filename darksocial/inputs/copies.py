"""Leave out files that hold the same bytes as another, such as a log and its compressed copy.

Files are compared as they are after decompression. The first bytes are at hand once the format has
been detected; only files that are longer, and begin alike, are read once more to compare the rest.
What comes from a pipe can be read only once, so its rest is not compared.
"""

import hashlib
from dataclasses import dataclass

from darksocial.inputs.accounts import Inputs
from darksocial.inputs.file import Input
from darksocial.inputs.recognise import HEAD_BYTES
from darksocial.reading import ByteStream

SAME_LINES = "holds the same lines as"
"""Part of the records of nightly runs, where reasons are compared: so it is not translated."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first bytes of a file: their digest, and whether they are all of it."""

    digest: bytes
    is_whole: bool
    is_empty: bool


def head_of(stream: ByteStream) -> Head:
    """Return the head of a file that was opened, without consuming it."""
    head = stream.peek(HEAD_BYTES)
    return Head(hashlib.sha256(head).digest(), len(head) < HEAD_BYTES, not head)


def leave_out_copies(inputs: Inputs, heads: list[Head]) -> None:
    """Keep the first of the inputs with the same content; `heads` has the head of each.

    Raises InputError if a file that begins as another does cannot be read to its end.
    """
    alike: dict[Head, list[Input]] = {}
    for entry, head in zip(inputs.read, heads, strict=True):
        if not head.is_empty and (head.is_whole or not entry.file.is_pipe):
            alike.setdefault(head, []).append(entry)
    copies: dict[int, Input] = {}
    for head, entries in alike.items():
        firsts: dict[bytes, Input] = {}
        for entry in entries if len(entries) > 1 else ():
            content = head.digest if head.is_whole else _digest(entry.stream)
            first = firsts.setdefault(content, entry)
            if first is not entry:
                copies[entry.number] = first
    for entry, head in zip(inputs.read, heads, strict=True):
        whole = _whole_beside(entry, head, inputs.read)
        if whole and entry.number not in copies and whole.number not in copies:
            copies[entry.number] = whole
    inputs.leave_out({number: f"{SAME_LINES} {first.name}" for number, first in copies.items()})


def _whole_beside(entry: Input, head: Head, entries: list[Input]) -> Input | None:
    """Return the file of which a compressed one beside it is the beginning.

    logrotate leaves it so if it is interrupted: `access.log.1.gz` beside `access.log.1`.
    """
    if entry.stream.compression is None or not entry.file.is_on_disk or head.is_empty:
        return None
    name = entry.file.path.rpartition(".")[0]
    first = next((each for each in entries if each.file.path == name), None)
    if not first or first is entry or not first.file.is_on_disk:
        return None
    return first if _begins_with(first.stream, entry.stream) else None


def _begins_with(whole: ByteStream, part: ByteStream) -> bool:
    """Return whether the bytes of a file begin with all that can be read of another."""
    with whole, part:
        ahead, blocks = b"", whole.blocks()
        for block in part.blocks():
            while len(ahead) < len(block) and (more := next(blocks, None)) is not None:
                ahead += more
            if not ahead.startswith(block):
                return False
            ahead = ahead[len(block) :]
    return True


def _digest(stream: ByteStream) -> bytes:
    """Return the digest of all that a file holds, after decompression."""
    content = hashlib.sha256()
    with stream:
        for block in stream.blocks():
            content.update(block)
    return content.digest()
