"""Read a file from where an earlier run stopped, up to its last whole line.

Offsets count bytes of UTF-8 text, decompressed and without a byte order mark, so they stay the same
when a log is renamed, rotated or compressed.
"""

import codecs
import hashlib
import io
import os
from collections.abc import Callable, Iterable, Iterator

from darksocial.reading.files import InputFile
from darksocial.reading.marks import UTF_16_MARKS
from darksocial.reading.streams import RAW_BLOCK_BYTES, ByteStream

KEY_HEAD_BYTES = 4096
TAIL_BYTES = 1 << 16
# The beginning of a longer line is replaced by its hash, so that memory stays bounded.
HASHED_LINE_BYTES = 1 << 24


class WholeLines:
    """The whole lines of a file, read once and block by block.

    After reading, `end` is where the last of them ended, `rest` (shortened, if long) and
    `rest_bytes` are what follows it, and `warning` says what was wrong with the file. `watched` is
    called with the first bytes (`head`) and returns offsets; `tails` holds the last line before
    each of them (of a long line its last 64 KiB).

    A plain file may still be written to, and so may a compressed one that ends early:
    `is_growing` says that the rest has to wait. Other compressed files are read to their end.
    """

    def __init__(
        self, file: InputFile, watched: Callable[[bytes], Iterable[int]] = lambda head: ()
    ) -> None:
        self.file = file
        self.end = self.rest_bytes = 0
        self.head = self.rest = self.rest_tail = self.last_line = b""
        self.warning: str | None = None
        self.is_growing = False
        self.tails: dict[int, bytes] = {}
        self._watched = watched

    def blocks(self) -> Iterator[list[bytes]]:
        """Return the lines with their line ends, block by block."""
        held, folded, folded_bytes = bytearray(), b"", 0
        with ByteStream(self.file) as stream:
            self.head = stream.peek(KEY_HEAD_BYTES)
            offsets = sorted(self._watched(self.head))
            for block in stream.blocks():
                cut = block.rfind(b"\n") + 1
                held += block[:cut]
                if cut:
                    data = bytes(held)
                    lines = io.BytesIO(data).readlines()
                    lines[0] = folded + lines[0]
                    self._watch(offsets, data, folded_bytes)
                    self.end += folded_bytes + len(data)
                    self.last_line = _last_line(data[-TAIL_BYTES:])
                    yield lines
                    held, folded, folded_bytes = bytearray(), b"", 0
                held += block[cut:]
                while len(held) > HASHED_LINE_BYTES:
                    folded = hashlib.sha256(folded + held[:HASHED_LINE_BYTES]).digest()
                    folded_bytes += HASHED_LINE_BYTES
                    del held[:HASHED_LINE_BYTES]
            self._watch(offsets, bytes(held), folded_bytes)
            self.rest, self.rest_bytes = folded + bytes(held), folded_bytes + len(held)
            self.rest_tail = bytes(held[-TAIL_BYTES:])
            self.warning = stream.warning
            self.is_growing = stream.is_plain_file or stream.warning is not None

    def _watch(self, offsets: list[int], data: bytes, before: int) -> None:
        """Keep the last line before each offset that is in the data."""
        start = self.end + before
        while offsets and offsets[0] <= start + len(data):
            offset = offsets.pop(0)
            if offset > start:
                self.tails[offset] = _last_line(data[: offset - start][-TAIL_BYTES:])


class ResumedStream(ByteStream):
    """The bytes of a file between two offsets, as `WholeLines` found them.

    `unfinished`: an incomplete line follows `end`. `note` becomes the warning of the stream once
    it has been read. `has_changed` says that the bytes differ from those that `WholeLines` read:
    the file was truncated or replaced in the meantime.
    """

    def __init__(
        self, whole_lines: WholeLines, start: int, *, waits: bool, note: str | None = None
    ) -> None:
        super().__init__(whole_lines.file)
        self.start = start
        self.end = whole_lines.end + (0 if waits else whole_lines.rest_bytes)
        self.unfinished = waits and whole_lines.rest_bytes > 0
        self._note = note
        ends_with_rest = self.end > whole_lines.end
        self._expected = whole_lines.rest_tail if ends_with_rest else whole_lines.last_line
        self._tail = b""
        self._reached = start

    @property
    def new_bytes(self) -> int:
        """How many bytes are read."""
        return max(0, self.end - self.start)

    @property
    def has_changed(self) -> bool:
        """Whether the bytes differ from those that `WholeLines` read."""
        if not self.new_bytes:
            return False
        length = min(len(self._tail), len(self._expected), TAIL_BYTES)
        same = self._tail[-length:] == self._expected[-length:]
        return self._reached < self.end or not same

    def blocks(self, size: int = RAW_BLOCK_BYTES) -> Iterator[bytes]:
        """Return the bytes in blocks of at most `size` bytes."""
        self._reached, self._tail = self.start, b""
        blocks = self._between(size) if self.new_bytes else iter(())
        for block in blocks:
            self._reached += len(block)
            self._tail = (self._tail + block)[-TAIL_BYTES:]
            yield block
        self.warning = self._note

    def _between(self, size: int) -> Iterator[bytes]:
        self.peek(1)
        if self.start and self.is_plain_file and self.is_plain_text:
            yield from self._sought(size)
            return
        offset = 0
        for block in super().blocks(size):
            new = block[max(0, self.start - offset) : max(0, self.end - offset)]
            offset += len(block)
            if new:
                yield new
            if offset >= self.end:
                return

    def _sought(self, size: int) -> Iterator[bytes]:
        """Return the bytes of a plain file without reading what precedes them."""
        try:
            with self.reopened() as raw:
                mark = raw.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
                self.consumed = raw.seek(self.start + (len(codecs.BOM_UTF8) if mark else 0))
                left = self.end - self.start
                while left and (block := raw.read(min(size, RAW_BLOCK_BYTES, left))):
                    left -= len(block)
                    self.consumed += len(block)
                    yield block
        except OSError as error:
            raise self._unreadable(error) from error


def offset_of_line(file: InputFile, lines: int) -> int:
    """Return where the first `lines` lines of a file end."""
    offset = 0
    with ByteStream(file) as stream:
        for block in stream.blocks():
            ends = block.count(b"\n")
            if ends < lines:
                lines -= ends
                offset += len(block)
                continue
            end = 0
            for _line in range(lines):
                end = block.index(b"\n", end) + 1
            return offset + end
    return offset


def has_whole_line(file: InputFile) -> bool:
    """Return whether a file holds anything that is no longer being written."""
    with ByteStream(file) as stream:
        stream.peek(1)
        return not stream.is_plain_file or _whole_lines_end(file) != 0


def _whole_lines_end(file: InputFile) -> int | None:
    """Return where the last whole line of a plain file ends; None if the file must be read."""
    with file.open() as raw:
        mark = raw.read(len(codecs.BOM_UTF8))
        if mark.startswith(UTF_16_MARKS):
            return None
        before = len(codecs.BOM_UTF8) if mark == codecs.BOM_UTF8 else 0
        end = raw.seek(0, os.SEEK_END)
        while end > 0:
            start = max(0, end - TAIL_BYTES)
            raw.seek(start)
            newline = raw.read(end - start).rfind(b"\n")
            if newline >= 0:
                return start + newline + 1 - before
            end = start
    return 0


def _last_line(tail: bytes) -> bytes:
    return tail[tail.rfind(b"\n", 0, len(tail) - 1) + 1 :]
