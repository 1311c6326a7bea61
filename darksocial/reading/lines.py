r"""Cut bytes into batches of numbered lines, without a Python step for each line.

A line ends with `\n` or `\r\n`; the last may end with the file. No byte is lost: bytes that are
not UTF-8, and NUL, are written as `\xHH`, as Apache and nginx themselves write such bytes. What is
no part of a line is left out: NULs before it, which logrotate's `copytruncate` leaves where a file
was truncated (https://github.com/logrotate/logrotate/issues/286), and colours for a terminal.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from darksocial.reading.progress import Progress
from darksocial.reading.streams import ByteStream

LINES = pa.schema(
    [("file", pa.int32()), ("line", pa.int64()), ("text", pa.string()), ("overlong", pa.bool_())]
)
# Memory of larger blocks comes anew from the system for each: with 16 MiB 107 MB of lines take 0.38
# CPU seconds, with 4 MiB 0.20.
LINE_BLOCK_BYTES = 1 << 22
MAX_LINE_BYTES = 1 << 20
# How much of the text of a longer line is kept.
OVERLONG_TEXT_BYTES = 1000
NEWLINE_BYTE = 10
RETURN_BYTE = b"\r"
NULS_BEFORE = re.compile(rb"^\0+", re.MULTILINE)
ESCAPE_BYTE = b"\x1b"
COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
IntArray = npt.NDArray[np.int64]


def line_batches(
    stream: ByteStream,
    file_number: int,
    *,
    first_line: int = 1,
    block_bytes: int = LINE_BLOCK_BYTES,
    progress: Progress | None = None,
) -> Iterator[pa.RecordBatch]:
    """Return the lines of a stream in batches of the schema `LINES`.

    Lines are numbered from `first_line`. A line over 1 MiB has `overlong` set, and only the first
    1,000 bytes of its text are kept; memory is bounded by `block_bytes` and that limit. `progress`
    is called with the number of bytes of the file (compressed, if it is) read since the last call.
    """
    line = first_line
    pieces = _reported(stream, block_bytes, progress)
    for block, overlong in _whole_lines(pieces, block_bytes):
        batch = _batch(block, file_number, line, overlong)
        line += batch.num_rows
        yield batch


def lines_as_batch(
    values: pa.BinaryArray, overlong: pa.BooleanArray, file_number: int, line: int
) -> pa.RecordBatch:
    """Return lines that another reader has cut at newlines as a batch of `LINES`.

    `line` is the number of the first. Overlong ones must have been cut to `OVERLONG_TEXT_BYTES`.
    """
    block = b"".join(value + b"\n" for value in values.to_pylist())
    batch = _batch(block, file_number, line, overlong=False)
    return batch.set_column(3, LINES.field("overlong"), overlong)


def _reported(stream: ByteStream, block_bytes: int, progress: Progress | None) -> Iterator[bytes]:
    """Return the blocks of the stream, reporting progress even within a line of a gigabyte."""
    reported = 0
    for piece in chain(stream.blocks(block_bytes), [b""]):
        if progress and stream.consumed > reported:
            progress(stream.consumed - reported)
            reported = stream.consumed
        yield piece


def _whole_lines(pieces: Iterable[bytes], block_bytes: int) -> Iterator[tuple[bytes, bool]]:
    """Return blocks of whole lines, and each overlong line by itself, truncated and flagged."""
    held: list[bytes] = []
    size, wanted, skipping = 0, block_bytes, False
    for piece in pieces:
        if skipping:
            end = piece.find(b"\n")
            if end < 0:
                continue
            piece, skipping = piece[end + 1 :], False
        held.append(piece)
        size += len(piece)
        if size < wanted:
            continue
        rest: list[bytes] = []
        while held and b"\n" not in held[-1]:
            rest.insert(0, held.pop())
        if held:
            # The pieces are joined without what follows the last newline: bytes are copied once.
            last = held.pop()
            cut = last.rfind(b"\n") + 1
            yield from _split_overlong(b"".join([*held, memoryview(last)[:cut]]))
            rest.insert(0, last[cut:])
        held, size = rest, sum(map(len, rest))
        if size > MAX_LINE_BYTES:
            yield b"".join(held)[:OVERLONG_TEXT_BYTES], True
            held, size, skipping = [], 0, True
        wanted = max(block_bytes, 2 * size)  # a long line is not joined again at every piece
    yield from _split_overlong(b"".join(held))


def _split_overlong(block: bytes) -> Iterator[tuple[bytes, bool]]:
    """Separate overlong lines. Each fills at least one window of half the limit."""
    windows = range(0, len(block), MAX_LINE_BYTES // 2)
    done = 0
    if any(block.find(b"\n", start, start + MAX_LINE_BYTES // 2) < 0 for start in windows):
        ends = _line_ends(block)
        starts = np.append(0, ends[:-1] + 1)
        for line in np.flatnonzero(ends - starts > MAX_LINE_BYTES):
            start = int(starts[line])
            if start > done:
                yield block[done:start], False
            yield block[start : start + OVERLONG_TEXT_BYTES], True
            done = int(ends[line]) + 1
    if done < len(block):
        yield block[done:], False


def _line_ends(block: bytes) -> IntArray:
    """Return where each line ends: at its newline, or the last one at the end of the block."""
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == NEWLINE_BYTE)
    return ends if block.endswith(b"\n") else np.append(ends, len(block))


def _batch(block: bytes, file_number: int, line: int, overlong: bool) -> pa.RecordBatch:
    # A last line of which nothing is left by repairs is a blank line, as it is elsewhere.
    texts = _texts(_repaired(block if block.endswith(b"\n") else block + b"\n"))
    count = len(texts)
    columns = [
        pa.array(np.full(count, file_number, np.int32)),
        pa.array(np.arange(line, line + count, dtype=np.int64)),
        texts,
        pa.array(np.full(count, overlong, np.bool_)),
    ]
    return pa.record_batch(columns, schema=LINES)


def _texts(block: bytes) -> pa.StringArray:
    """Return the lines of a block, which ends with a newline, as an array.

    Its data is the block without line ends, because they lie between the strings of an array.
    """
    if RETURN_BYTE in block:
        block = block.replace(b"\r\n", b"\n")
    ends = _line_ends(block)
    offsets = np.zeros(len(ends) + 1, np.int32)
    offsets[1:] = ends - np.arange(len(ends))  # the newlines of the lines before are left out
    texts = block.replace(b"\n", b"")
    return pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(texts))


def _repaired(block: bytes) -> bytes:
    """Return the block with NUL and bytes that are not UTF-8 written as `\\xHH`."""
    block = without_colours(block)
    if not block.isascii():
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            block = block.decode("utf-8", errors="backslashreplace").encode()
    return NULS_BEFORE.sub(b"", block).replace(b"\0", rb"\x00") if b"\0" in block else block


def without_colours(block: bytes) -> bytes:
    """Return bytes without the escape sequences that set colours (ECMA-48, 8.3.117)."""
    # Python finds one byte ten times as fast as two.
    return COLOUR.sub(b"", block) if ESCAPE_BYTE in block else block
