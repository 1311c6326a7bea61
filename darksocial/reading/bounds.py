"""Limits on the size and depth of a record, because input files are not trusted.

A record that exceeds 64 MiB, or nests values more than 200 deep, is no hit of a website. It ends
its file as damage does: what came before it counts, and a warning gives the reason.
"""

from typing import IO

import numpy as np

from darksocial.language import gettext as _

MIB = 1 << 20
MAX_RECORD_BYTES = 64 * MIB
MAX_RECORD_DEPTH = 200
OPENING_BRACKETS, CLOSING_BRACKETS = b"[{", b"]}"


class Metered:
    """A file that raises ValueError if more bytes are read between two resets than a record has."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._bytes = 0

    def reset(self) -> None:
        """Start counting the next record."""
        self._bytes = 0

    def read(self, count: int = -1) -> bytes:
        """Return the next bytes."""
        block = self._file.read(count)
        self._bytes += len(block)
        if self._bytes > MAX_RECORD_BYTES:
            raise ValueError(_("a record of more than {n} MiB").format(n=MAX_RECORD_BYTES // MIB))
        return block


class ShallowJson(Metered):
    """A JSON document that raises ValueError if it nests values too deeply.

    Parsers keep the path of the current value, which costs the square of the depth.
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
        """Return the block without the contents of strings."""
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
        """Follow the brackets of a block without strings to the depth at its end."""
        signs = np.frombuffer(bare, np.uint8)
        opened = np.isin(signs, np.frombuffer(OPENING_BRACKETS, np.uint8)).astype(np.int64)
        closed = np.isin(signs, np.frombuffer(CLOSING_BRACKETS, np.uint8)).astype(np.int64)
        depths = self._depth + np.cumsum(opened - closed)
        if len(depths):
            self._depth = int(depths[-1])
            check_depth(int(depths.max()))


def check_depth(depth: int) -> None:
    """Raise ValueError if values are nested too deeply."""
    if depth > MAX_RECORD_DEPTH:
        raise ValueError(_("values nested more than {n} deep").format(n=MAX_RECORD_DEPTH))


def check_prolog(start: bytes) -> None:
    """Raise ValueError if an XML file defines entities, which may name files or multiply."""
    if b"<!ENTITY" in start:
        raise ValueError(_("it defines entities, which are not expanded"))
