"""Decompress one input. The first bytes identify the compression, never the name.

Of an Excel file, which is a zip archive, the bytes are those of a CSV (workbook.py).

gzip: RFC 1952, 2.3.1; zstd: RFC 8878, 3.1.1 and 3.1.2 (pzstd begins with a skippable frame); xz:
the .xz file format, 2.1.1.1; bzip2: `BZh`, a level, and pi (a block) or its square root (the end).
"""

import bz2
import codecs
import lzma
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from typing import IO, Protocol, Self

import pyarrow as pa

from darksocial.errors import InputError
from darksocial.language import gettext as _
from darksocial.reading.files import ZIP_MAGIC, InputFile
from darksocial.reading.marks import UTF_16_MARKS, as_utf8
from darksocial.reading.workbook import Sheet, first_sheet, is_workbook
from darksocial.scratch.folder import scratch_place

RAW_BLOCK_BYTES = 1 << 18
ZSTD_BLOCK_BYTES = 1 << 16
# A few bytes of gz can expand to gigabytes.
GZIP_BLOCK_BYTES = 1 << 22
# A damaged bz2 or xz file may lose as many bytes before the damage.
STREAM_BLOCK_BYTES = 1 << 15
# zlib: a window of 2**15 bytes after a gzip header.
GZIP_WINDOW_BITS = 31


class _Member(Protocol):
    """One gz, bz2 or xz stream; `unused` holds the bytes after its end."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused(self) -> bytes: ...

    def blocks(self, data: bytes) -> Iterator[bytes]: ...


class _Gzip:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(GZIP_WINDOW_BITS)

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
                block = self._inner.decompress(data, GZIP_BLOCK_BYTES)
            except zlib.error:
                # zlib drops what it had decompressed of this block. Repeat it byte by byte, which
                # delivers everything before the damage.
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
        yield self._inner.decompress(data, STREAM_BLOCK_BYTES)
        while not (self._inner.needs_input or self._inner.eof):
            yield self._inner.decompress(b"", STREAM_BLOCK_BYTES)


MEMBER_KINDS: dict[str, tuple[re.Pattern[bytes], Callable[[], _Member]]] = {
    "gz": (re.compile(rb"\x1f\x8b"), _Gzip),
    "bz2": (
        re.compile(rb"BZh[1-9](1AY&SY|\x17\x72\x45\x38\x50\x90)"),
        lambda: _Stream(bz2.BZ2Decompressor()),
    ),
    "xz": (re.compile(rb"\xfd7zXZ\x00"), lambda: _Stream(lzma.LZMADecompressor())),
}
ZSTD_START = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
DAMAGE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError)
# What opening a file raises; RuntimeError if a zip archive needs a password.
OPENING_ERRORS = (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError)
# A byte that never occurs in UTF-8.
NON_TEXT_BYTE = b"\xff"


class ByteStream:
    """One input as UTF-8 without a byte order mark, opened when first read. `with` closes it.

    `compression` is gz, bz2, xz, zst, xlsx or None; `sheet` is the one that is read of an Excel
    file. `warning` says that a compressed stream is truncated
    or damaged; what precedes the damage is delivered (except for up to 32 KiB of bz2 and xz).
    `consumed` counts bytes of the file itself, and of a file that grows while it is read at most
    the size that it had when it was found. Read errors of the system raise InputError.
    """

    def __init__(self, file: InputFile) -> None:
        self.file = file
        self.compression: str | None = None
        self.sheet: Sheet | None = None
        self.warning: str | None = None
        self.consumed = 0
        self._raw: IO[bytes] | None = None
        self._head = b""
        self._blocks: Iterator[bytes] | None = None
        self._is_marked = False

    @property
    def is_plain_file(self) -> bool:
        """Whether the file is neither compressed nor a pipe."""
        return self.compression is None and self.file.is_on_disk

    @property
    def is_plain_text(self) -> bool:
        """Whether a file whose first bytes were read is text as it is on disk.

        Such a file is neither an archive nor compressed nor UTF-16, and holds more than a byte
        order mark.
        """
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
        """Return the first `count` decompressed bytes (fewer at the end) without consuming them."""
        blocks = self._opened()
        while len(self._head) < count and (block := next(blocks, None)) is not None:
            self._head += block
        return self._head[:count]

    def blocks(self, size: int = RAW_BLOCK_BYTES) -> Iterator[bytes]:
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
            except OPENING_ERRORS as error:
                raise self._unreadable(error) from error
            self.consumed, self.warning = 0, None
            self._blocks = as_utf8(self._decompressed())
        return self._blocks

    def reopened(self) -> IO[bytes]:
        """Open the file itself once more, for seeking."""
        try:
            return self.file.open()
        except OPENING_ERRORS as error:
            raise self._unreadable(error) from error

    def _raw_blocks(self) -> Iterator[bytes]:
        assert self._raw is not None
        limit = self.file.max_bytes
        try:
            while block := self._raw.read(min(RAW_BLOCK_BYTES, limit - self.consumed)):
                self.consumed += len(block)
                yield block
        except DAMAGE_ERRORS as error:
            self.warning = _damage("zip", error)
        except OSError as error:
            raise self._unreadable(error) from error

    def _decompressed(self) -> Iterator[bytes]:
        raw = self._raw_blocks()
        first = next(raw, b"")
        self._is_marked = first.startswith(UTF_16_MARKS) or first == codecs.BOM_UTF8
        for name, (magic, new) in MEMBER_KINDS.items():
            if magic.match(first):
                self.compression = name
                return self._members(_chained(first, raw), new)
        if ZSTD_START.match(first):
            self.compression = "zst"
            return self._frames(_chained(first, raw))
        if first.startswith(ZIP_MAGIC):
            return self._of_workbook(_chained(first, raw))
        return _chained(first, raw)

    def _of_workbook(self, raw: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the first sheet of an Excel file as a CSV; any other file as it is."""
        with self._seekable(raw) as file:
            if is_workbook(file):
                self.compression = "xlsx"
                try:
                    self.sheet = first_sheet(file)
                    yield from map(_encoded, self.sheet.lines)
                except ValueError as error:
                    self.warning = str(error)
                return
            file.seek(0)
            yield from iter(lambda: file.read(RAW_BLOCK_BYTES), b"")

    def _seekable(self, raw: Iterator[bytes]) -> IO[bytes]:
        """Return the file itself, or a copy of what comes from a pipe or out of an archive."""
        if not self.file.is_pipe and not self.file.member:
            return self.reopened()
        copy = tempfile.TemporaryFile(dir=scratch_place())  # noqa: SIM115 - the caller closes it
        for block in raw:
            copy.write(block)
        copy.seek(0)
        return copy

    def _members(self, raw: Iterator[bytes], new: Callable[[], _Member]) -> Iterator[bytes]:
        """Decompress one member after another: `cat a.gz b.gz` is a valid file."""
        member: _Member | None = None
        for block in raw:
            data = block if member else block.lstrip(b"\0")
            while data:
                member = member or new()
                try:
                    yield from filter(None, member.blocks(data))
                except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
                    self.warning = _damage(self.compression, error)
                    return
                data = member.unused.lstrip(b"\0")
                member = None if member.eof else member
        if member:
            self.warning = _("the {format} data ends early").format(format=self.compression)

    def _frames(self, raw: Iterator[bytes]) -> Iterator[bytes]:
        source = pa.PythonFile(_RawFile(raw), "r")
        buffer = bytearray(ZSTD_BLOCK_BYTES)
        with pa.CompressedInputStream(source, "zstd") as stream:
            while True:
                buffer[:] = NON_TEXT_BYTE * ZSTD_BLOCK_BYTES
                try:
                    count = stream.readinto(buffer)
                except OSError as error:
                    # Arrow does not say how much it had filled; the rest of the buffer is no text.
                    self.warning = _(
                        "the {format} data is damaged or ends early ({reason})"
                    ).format(format="zst", reason=error)
                    yield bytes(buffer.rstrip(NON_TEXT_BYTE))
                    return
                if not count:
                    return
                yield bytes(memoryview(buffer)[:count])

    def _unreadable(self, error: Exception) -> InputError:
        reason = getattr(error, "strerror", None) or error
        return InputError(
            _("{name} cannot be read: {reason}").format(name=self.file.name, reason=reason),
            expected=_("a file that stays readable to its end"),
            advice=_("copy it to a local disk, and read the copy"),
        )


def _encoded(line: str) -> bytes:
    return f"{line}\n".encode(errors="backslashreplace")


def _damage(compression: str | None, error: Exception) -> str:
    return _("the {format} data is damaged ({reason})").format(format=compression, reason=error)


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
