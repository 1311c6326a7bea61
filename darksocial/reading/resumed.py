"""A file read on from where an earlier run stopped, up to its last whole line.

Offsets count bytes of UTF-8 text, decompressed and without a byte order mark, so they stay the same
when a log is renamed, rotated or compressed.
"""

import codecs
import os
from collections.abc import Iterator

from darksocial.reading.files import InputFile
from darksocial.reading.marks import UTF_16
from darksocial.reading.streams import RAW_BLOCK, ByteStream

TAIL_BYTES = 1 << 16


class ResumedStream(ByteStream):
    """The bytes of a file from `start` on; `end` is where they ended, once they have been read.

    A plain file is read up to the last line end that it has now: the line behind it is still being
    written, and `unfinished` says that there is one. What is compressed is no longer written to,
    and is read to its end.
    """

    def __init__(self, file: InputFile, start: int) -> None:
        super().__init__(file)
        self.start = self.end = start
        self.unfinished = False
        self._tail = b""

    @property
    def last_line(self) -> bytes:
        """The last line that was read (of a long one its last 64 KiB)."""
        return _last_line(self._tail)

    def blocks(self, size: int = RAW_BLOCK) -> Iterator[bytes]:
        """Return the decompressed bytes from `start` on, in blocks of at most `size` bytes."""
        limit = self._limit()
        self.end, self._tail = 0, b""
        for block in super().blocks(size):
            kept = block if limit is None else block[: max(0, limit - self.end)]
            new = kept[max(0, self.start - self.end) :]
            self.end += len(kept)
            self._tail = (self._tail + kept)[-TAIL_BYTES:]
            if new:
                yield new
            if len(kept) < len(block):
                self.unfinished = True
                break

    def _limit(self) -> int | None:
        self.peek(1)
        return _whole_lines_end(self.file) if self.is_plain_file else None


def _whole_lines_end(file: InputFile) -> int | None:
    """Where the last whole line of a plain file ends; None: read to the end of the file."""
    with file.open() as raw:
        mark = raw.read(len(codecs.BOM_UTF8))
        if mark.startswith(UTF_16):
            return None
        before = len(codecs.BOM_UTF8) if mark == codecs.BOM_UTF8 else 0
        at = raw.seek(0, os.SEEK_END)
        while at > 0:
            start = max(0, at - TAIL_BYTES)
            raw.seek(start)
            found = raw.read(at - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1 - before
            at = start
    return 0


def has_whole_line(file: InputFile) -> bool:
    """Say whether a file holds anything that is no longer being written."""
    with ByteStream(file) as stream:
        stream.peek(1)
        return not stream.is_plain_file or _whole_lines_end(file) != 0


def line_before(file: InputFile, offset: int) -> bytes | None:
    """Return the last line that ends at an offset; None where the file is shorter."""
    tail, seen = b"", 0
    with ByteStream(file) as stream:
        for block in stream.blocks():
            kept = block[: offset - seen]
            seen += len(kept)
            tail = (tail + kept)[-TAIL_BYTES:]
            if seen == offset:
                return _last_line(tail)
    return None


def _last_line(tail: bytes) -> bytes:
    return tail[tail.rfind(b"\n", 0, len(tail) - 1) + 1 :]
