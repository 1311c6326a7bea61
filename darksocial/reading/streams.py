"""The bytes of one input, decompressed. Compression is told by the first bytes, not by the name.

gzip: RFC 1952; bzip2, xz and zstd: the magic numbers of their formats.
"""

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Protocol, Self

import pyarrow as pa

from darksocial.errors import InputError
from darksocial.reading.discover import STDIN, InputFile

RAW_BLOCK = 1 << 18
ZSTD_BLOCK = 1 << 12  # where a stream breaks off, Arrow drops what the call had read
MEMBER_BLOCK = 1 << 22  # a few bytes of bz2 can stand for gigabytes
MAGIC_BYTES = 6
ZSTD = b"\x28\xb5\x2f\xfd"
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
            yield self._inner.decompress(data, MEMBER_BLOCK)
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
        yield self._inner.decompress(data, MEMBER_BLOCK)
        while not (self._inner.needs_input or self._inner.eof):
            yield self._inner.decompress(b"", MEMBER_BLOCK)


MEMBERS: dict[bytes, tuple[str, Callable[[], _Member]]] = {
    b"\x1f\x8b": ("gz", _Gzip),
    b"BZh": ("bz2", lambda: _Stream(bz2.BZ2Decompressor())),
    b"\xfd7zXZ\x00": ("xz", lambda: _Stream(lzma.LZMADecompressor())),
}


class ByteStream:
    """One input, opened when it is first read. `with` closes it.

    `compression` is gz, bz2, xz, zst or None. `warning` says that a compressed stream was cut
    short or is damaged; what came before that is delivered (zst: but for the last 4 KiB). Read
    errors of the system raise InputError.
    """

    def __init__(self, file: InputFile) -> None:
        self.file = file
        self.compression: str | None = None
        self.warning: str | None = None
        self.consumed = 0
        self._raw: IO[bytes] | None = None
        self._head = b""
        self._blocks: Iterator[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; it can be opened again unless it is standard input."""
        if self._raw is not None and self.file.path != STDIN:
            self._raw.close()
            self._raw, self._blocks, self._head, self.consumed = None, None, b"", 0

    def peek(self, count: int) -> bytes:
        """Return the first `count` decompressed bytes (fewer at the end) without using them up."""
        blocks = self._opened()
        while len(self._head) < count and (block := next(blocks, b"")):
            self._head += block
        return self._head[:count]

    def blocks(self) -> Iterator[bytes]:
        """Return the decompressed bytes in blocks of any length."""
        blocks = self._opened()
        if self._head:
            yield self._head
            self._head = b""
        yield from blocks

    def _opened(self) -> Iterator[bytes]:
        if self._blocks is None:
            is_stdin = self.file.path == STDIN
            try:
                self._raw = sys.stdin.buffer if is_stdin else Path(self.file.path).open("rb")
            except OSError as error:
                raise self._unreadable(error) from error
            self.consumed, self.warning = 0, None
            self._blocks = self._decompressed()
        return self._blocks

    def _raw_blocks(self) -> Iterator[bytes]:
        assert self._raw is not None
        try:
            while block := self._raw.read(RAW_BLOCK):
                self.consumed += len(block)
                yield block
        except OSError as error:
            raise self._unreadable(error) from error

    def _decompressed(self) -> Iterator[bytes]:
        raw = self._raw_blocks()
        first = next(raw, b"")
        for magic, (name, new) in MEMBERS.items():
            if first.startswith(magic):
                self.compression = name
                return self._members(_chained(first, raw), new)
        if first.startswith(ZSTD):
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
        with pa.CompressedInputStream(source, "zstd") as stream:
            while True:
                try:
                    block = stream.read(ZSTD_BLOCK)
                except OSError as error:
                    self.warning = f"the zst data ends early or is damaged ({error})"
                    return
                if not block:
                    return
                yield block

    def _unreadable(self, error: OSError) -> InputError:
        return InputError(f"{self.file.path} cannot be read: {error.strerror or error}")


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
