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
    inputs.unread += [
        (entry.name, f"{SAME_LINES} {copies[entry.number].name}")
        for entry in inputs.read
        if entry.number in copies
    ]
    inputs.read = [entry for entry in inputs.read if entry.number not in copies]
    for number, entry in enumerate(inputs.read):
        entry.number = number


def _digest(stream: ByteStream) -> bytes:
    """Return the digest of all that a file holds, after decompression."""
    content = hashlib.sha256()
    with stream:
        for block in stream.blocks():
            content.update(block)
    return content.digest()
