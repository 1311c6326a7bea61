"""The bytes of one input, decompressed. Compression is told by the first bytes, not by the name.

gzip: RFC 1952, 2.3.1; zstd: RFC 8878, 3.1.1 and 3.1.2 (pzstd begins with a skippable frame); xz:
the .xz file format, 2.1.1.1; bzip2: `BZh`, a level, and pi (a block) or its square root (the end).
"""

import bz2
import codecs
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from typing import IO, Protocol, Self

import pyarrow as pa

from darksocial.errors import InputError
from darksocial.reading.files import InputFile
from darksocial.reading.marks import UTF_16, as_utf8

RAW_BLOCK = 1 << 18
ZSTD_BLOCK = 1 << 16
MEMBER_BLOCK = 1 << 22  # a few bytes of bz2 can stand for gigabytes
STREAM_BLOCK = 1 << 15  # what a damaged bz2 or xz may lose before the damage
GZIP_WINDOW = 31  # zlib: a window of 2**15 bytes behind a gzip header


class _Member(Protocol):
    """One gz, bz2 or xz stream; `unused` holds the bytes after its end."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused(self) -> bytes: ...

    def blocks(self, data: bytes) -> Iterator[bytes]: ...


class _Gzip:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(GZIP_WINDOW)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused(self) -> bytes:
        return self._inner.unused_data

    def blocks(self, data: bytes) -> Iterator[bytes]:
        while data and not self._inner.eof:
            before = self._inner.copy()
            try:
                block = self._inner.decompress(data, MEMBER_BLOCK)
            except zlib.error:
                # zlib drops what it had of this block: again, byte by byte, up to the damage.
                yield from (before.decompress(bytes([byte])) for byte in data)
                raise
            yield block
            data = self._inner.unconsumed_tail


class _Stream:
    def __init__(self, inner: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._inner = inner

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused(self) -> bytes:
        return self._inner.unused_data

    def blocks(self, data: bytes) -> Iterator[bytes]:
        yield self._inner.decompress(data, STREAM_BLOCK)
        while not (self._inner.needs_input or self._inner.eof):
            yield self._inner.decompress(b"", STREAM_BLOCK)


MEMBERS: dict[str, tuple[re.Pattern[bytes], Callable[[], _Member]]] = {
    "gz": (re.compile(rb"\x1f\x8b"), _Gzip),
    "bz2": (
        re.compile(rb"BZh[1-9](1AY&SY|\x17\x72\x45\x38\x50\x90)"),
        lambda: _Stream(bz2.BZ2Decompressor()),
    ),
    "xz": (re.compile(rb"\xfd7zXZ\x00"), lambda: _Stream(lzma.LZMADecompressor())),
}
ZSTD = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError)
UNREADABLE = (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError)
"""What opening a file raises; RuntimeError where a zip archive asks for a password."""
NO_TEXT = b"\xff"  # a byte that UTF-8 never has


class ByteStream:
    """One input as UTF-8 without a byte order mark, opened when first read. `with` closes it.

    `compression` is gz, bz2, xz, zst or None. `warning` says that a compressed stream was cut
    short or is damaged; what came before that is delivered (bz2 and xz: but for the last 32 KiB
    before damage). `consumed` counts bytes of the file itself: of one that grows while it is read
    as many as it had when it was found. Read errors of the system raise InputError.
    """

    def __init__(self, file: InputFile) -> None:
        self.file = file
        self.compression: str | None = None
        self.warning: str | None = None
        self.consumed = 0
        self._raw: IO[bytes] | None = None
        self._head = b""
        self._blocks: Iterator[bytes] | None = None
        self._is_marked = False

    @property
    def is_plain_file(self) -> bool:
        """Whether the file can be read as it is: neither compressed nor from a pipe."""
        return self.compression is None and self.file.is_on_disk

    @property
    def is_plain_text(self) -> bool:
        """Whether a file that was looked at is text as it stands: no archive, not compressed, not
        UTF-16 and more than a byte order mark."""
        whole = not self.file.is_pipe and not self.file.member
        return whole and self.compression is None and not self._is_marked

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; it can be opened again unless it is a pipe."""
        if self._raw is not None and not self.file.is_pipe:
            self._raw.close()
            self._raw, self._blocks, self._head, self.consumed = None, None, b"", 0

    def peek(self, count: int) -> bytes:
        """Return the first `count` decompressed bytes (fewer at the end) without using them up."""
        blocks = self._opened()
        while len(self._head) < count and (block := next(blocks, None)) is not None:
            self._head += block
        return self._head[:count]

    def blocks(self, size: int = RAW_BLOCK) -> Iterator[bytes]:
        """Return the decompressed bytes in blocks of at most `size` bytes."""
        blocks = self._opened()
        head, self._head = self._head, b""
        for block in chain([head], blocks):
            for start in range(0, len(block), size):
                yield block[start : start + size]

    def _opened(self) -> Iterator[bytes]:
        if self._blocks is None:
            try:
                self._raw = self.file.open()
            except UNREADABLE as error:
                raise self._unreadable(error) from error
            self.consumed, self.warning = 0, None
            self._blocks = as_utf8(self._decompressed())
        return self._blocks

    def reopened(self) -> IO[bytes]:
        """Return the file itself, once more, to seek in."""
        try:
            return self.file.open()
        except UNREADABLE as error:
            raise self._unreadable(error) from error

    def _raw_blocks(self) -> Iterator[bytes]:
        assert self._raw is not None
        most = self.file.most_bytes
        try:
            while block := self._raw.read(min(RAW_BLOCK, most - self.consumed)):
                self.consumed += len(block)
                yield block
        except DAMAGED as error:
            self.warning = f"the zip data is damaged ({error})"
        except OSError as error:
            raise self._unreadable(error) from error

    def _decompressed(self) -> Iterator[bytes]:
        raw = self._raw_blocks()
        first = next(raw, b"")
        self._is_marked = first.startswith(UTF_16) or first == codecs.BOM_UTF8
        for name, (magic, new) in MEMBERS.items():
            if magic.match(first):
                self.compression = name
                return self._members(_chained(first, raw), new)
        if ZSTD.match(first):
            self.compression = "zst"
            return self._frames(_chained(first, raw))
        return _chained(first, raw)

    def _members(self, raw: Iterator[bytes], new: Callable[[], _Member]) -> Iterator[bytes]:
        """Decompress one member after the other, as `cat a.gz b.gz` makes them."""
        member: _Member | None = None
        for block in raw:
            data = block if member else block.lstrip(b"\0")
            while data:
                member = member or new()
                try:
                    yield from filter(None, member.blocks(data))
                except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
                    self.warning = f"the {self.compression} data is damaged ({error})"
                    return
                data = member.unused.lstrip(b"\0")
                member = None if member.eof else member
        if member:
            self.warning = f"the {self.compression} data ends early"

    def _frames(self, raw: Iterator[bytes]) -> Iterator[bytes]:
        source = pa.PythonFile(_RawFile(raw), "r")
        buffer = bytearray(ZSTD_BLOCK)
        with pa.CompressedInputStream(source, "zstd") as stream:
            while True:
                buffer[:] = NO_TEXT * ZSTD_BLOCK
                try:
                    count = stream.readinto(buffer)
                except OSError as error:
                    # Arrow does not say how much it had by then; what it has not filled is no text.
                    self.warning = f"the zst data ends early or is damaged ({error})"
                    yield bytes(buffer.rstrip(NO_TEXT))
                    return
                if not count:
                    return
                yield bytes(memoryview(buffer)[:count])

    def _unreadable(self, error: Exception) -> InputError:
        reason = getattr(error, "strerror", None) or error
        return InputError(
            f"{self.file.name} cannot be read: {reason}",
            expected="a file that stays readable to its end",
            advice="copy it to a local disk, and read the copy",
        )


class _RawFile:
    """The raw blocks as the file object that Arrow reads from."""

    closed = False

    def __init__(self, raw: Iterator[bytes]) -> None:
        self._raw = raw
        self._rest = b""

    def read(self, count: int) -> bytes:
        if not self._rest:
            self._rest = next(self._raw, b"")
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def close(self) -> None:
        self.closed = True


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
        yield from rest
