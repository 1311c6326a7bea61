"""What a record in a container may cost: files are made by strangers, and memory is bounded.

A record over 64 MiB, or with values inside values more than 200 deep, is no hit of a website. It
ends its file as damage does: what came before it counts, and a warning says why.
"""

from typing import IO

import numpy as np

LARGEST_RECORD = 64 << 20
DEEPEST = 200
OPENING, CLOSING = b"[{", b"]}"


class Metered:
    """A file that raises ValueError where a record, from the last `reset` on, is too large."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._bytes = 0

    def reset(self) -> None:
        """A record has ended."""
        self._bytes = 0

    def read(self, count: int = -1) -> bytes:
        """Return the next bytes."""
        block = self._file.read(count)
        self._bytes += len(block)
        if self._bytes > LARGEST_RECORD:
            raise ValueError(f"a record of more than {LARGEST_RECORD >> 20} MiB")
        return block


class ShallowJson(Metered):
    """A JSON document that raises ValueError where values are too deep inside others.

    Parsers keep the path to where they are, which costs the square of the depth.
    """

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self._depth = 0
        self._in_string = False
        self._escape = b""

    def read(self, count: int = -1) -> bytes:
        """Return the next bytes."""
        block = super().read(count)
        if block:
            self._follow(self._bare(block))
        return block

    def _bare(self, block: bytes) -> bytes:
        """The block without what stands in strings."""
        block = self._escape + block
        ending = len(block) - len(block.rstrip(b"\\"))
        self._escape = b"\\" if ending % 2 else b""
        if b"\\" in block:
            block = block.replace(b"\\\\", b"").replace(b'\\"', b"")
        parts = block.split(b'"')
        outside = parts[self._in_string :: 2]
        self._in_string ^= len(parts) % 2 == 0
        return b" ".join(outside)

    def _follow(self, bare: bytes) -> None:
        signs = np.frombuffer(bare, np.uint8)
        opened = np.isin(signs, np.frombuffer(OPENING, np.uint8)).astype(np.int64)
        closed = np.isin(signs, np.frombuffer(CLOSING, np.uint8)).astype(np.int64)
        depths = self._depth + np.cumsum(opened - closed)
        if len(depths):
            self._depth = int(depths[-1])
            check_depth(int(depths.max()))


def check_depth(depth: int) -> None:
    """Raise ValueError where values are too deep inside others."""
    if depth > DEEPEST:
        raise ValueError(f"values inside values, more than {DEEPEST} deep")


def check_prolog(start: bytes) -> None:
    """Raise ValueError where an XML file defines entities, which may name files or multiply."""
    if b"<!ENTITY" in start:
        raise ValueError("it defines entities, which are not expanded")
