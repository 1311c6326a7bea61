r"""Bytes to batches of numbered lines, without touching each line.

A line ends with `\n` or `\r\n`; the last may end with the file. No byte is lost: bytes that are
not UTF-8, and NUL, stand as `\xHH`, as Apache and nginx themselves write such bytes.
"""

import codecs
import re
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

from darksocial.reading.streams import ByteStream

LINES = pa.schema(
    [("file", pa.int32()), ("line", pa.int64()), ("text", pa.string()), ("overlong", pa.bool_())]
)
BLOCK_BYTES = 1 << 24
MAX_LINE_BYTES = 1 << 20
KEPT_BYTES = 1000
NEWLINE, RETURN = 10, 13


def line_batches(
    stream: ByteStream,
    file_number: int,
    *,
    block_bytes: int = BLOCK_BYTES,
    progress: Callable[[int], None] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Return the lines of a stream in batches of the schema `LINES`.

    Lines are numbered from 1. A line over 1 MiB has `overlong` set, and of its text the first
    1,000 bytes; memory is bounded by `block_bytes` and that limit. `progress` is called with the
    number of bytes of the file (compressed, where it is) that were read since the last call.
    """
    line, reported = 1, 0
    for block, overlong in _whole_lines(stream, block_bytes):
        batch = _batch(block, file_number, line, overlong)
        line += batch.num_rows
        if progress:
            progress(stream.consumed - reported)
            reported = stream.consumed
        yield batch
    if progress:
        progress(stream.consumed - reported)


def _whole_lines(stream: ByteStream, block_bytes: int) -> Iterator[tuple[bytes, bool]]:
    """Return blocks of whole lines, and alone each overlong line, cut (the second value True)."""
    pieces: list[bytes] = []
    held = 0
    skipping = False
    for piece in _without_mark(stream):
        if skipping:
            end = piece.find(b"\n")
            if end < 0:
                continue
            piece, skipping = piece[end + 1 :], False
        pieces.append(piece)
        held += len(piece)
        if held < block_bytes:
            continue
        block = b"".join(pieces)
        cut = block.rfind(b"\n") + 1
        yield from _split_overlong(block[:cut])
        rest = block[cut:]
        if len(rest) > MAX_LINE_BYTES:
            yield rest[:KEPT_BYTES], True
            rest, skipping = b"", True
        pieces, held = [rest], len(rest)
    yield from _split_overlong(b"".join(pieces))


def _without_mark(stream: ByteStream) -> Iterator[bytes]:
    """The blocks of the stream, without a byte order mark at the very beginning."""
    is_marked = stream.peek(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
    for number, block in enumerate(stream.blocks()):
        yield block[len(codecs.BOM_UTF8) :] if is_marked and number == 0 else block


def _split_overlong(block: bytes) -> Iterator[tuple[bytes, bool]]:
    """Set overlong lines apart. One of them fills at least one window of half the limit."""
    windows = range(0, len(block), MAX_LINE_BYTES // 2)
    if not any(block.find(b"\n", at, at + MAX_LINE_BYTES // 2) < 0 for at in windows):
        if block:
            yield block, False
        return
    start = 0
    for match in re.finditer(rb"[^\n]+", block):
        if match.end() - match.start() <= MAX_LINE_BYTES:
            continue
        if match.start() > start:
            yield block[start : match.start()], False
        yield match[0][:KEPT_BYTES], True
        start = match.end() + 1
    if start < len(block):
        yield block[start:], False


def _batch(block: bytes, file_number: int, line: int, overlong: bool) -> pa.RecordBatch:
    texts = _texts(_repaired(block))
    count = len(texts)
    columns = [
        pa.array(np.full(count, file_number, np.int32)),
        pa.array(np.arange(line, line + count, dtype=np.int64)),
        texts,
        pa.array(np.full(count, overlong, np.bool_)),
    ]
    return pa.record_batch(columns, schema=LINES)


def _texts(block: bytes) -> pa.StringArray:
    """The lines of a block as an array: every other string of lines and line ends in turn."""
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == NEWLINE)
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    offsets = np.empty(2 * len(ends) + 1, np.int32)
    offsets[0] = 0
    offsets[2::2] = np.minimum(ends + 1, len(block))
    starts = offsets[:-1:2]
    has_return = (ends > starts) & (data[np.maximum(ends - 1, 0)] == RETURN)
    offsets[1::2] = ends - has_return
    both = pa.StringArray.from_buffers(2 * len(ends), pa.py_buffer(offsets), pa.py_buffer(block))
    return both.take(pa.array(np.arange(0, 2 * len(ends), 2)))


def _repaired(block: bytes) -> bytes:
    """Return the block with NUL and bytes that are not UTF-8 written as `\\xHH`."""
    if not block.isascii():
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            block = block.decode("utf-8", errors="backslashreplace").encode()
    return block.replace(b"\0", rb"\x00") if b"\0" in block else block
