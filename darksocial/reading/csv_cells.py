"""Rows of a CSV as cells, block by block, where its quotes leave no doubt.

Arrow and Python read the same from a block in which every quote opens or closes a whole cell and no
cell holds a line end. Blocks are checked before Arrow reads them; from the first that is not so on,
Python reads the rest of the file (csv_rows.py). A block with other surprises, such as a row of
another length, goes to Python alone.
"""

import io
from collections.abc import Iterator
from typing import IO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from darksocial.reading.cells import (
    BEGINNINGS_OF_OPENED,
    Cells,
    are_opened,
    are_plain_names,
    cell_column,
    fits_in_a_line,
)
from darksocial.reading.csv_rows import CsvTable, bare_line, read_csv, rows_of_rest

CSV_BLOCK_BYTES = 1 << 22
MAX_ROW_BYTES = 1 << 18
NEWLINE, RETURN, TAB, QUOTE = b'\n\r\t"'
FIRST_PRINTABLE = 0x20
Bytes = npt.NDArray[np.uint8]


def read_csv_cells(file: IO[bytes]) -> Iterator[str | Cells]:
    """Return what `read_csv` returns, with rows as cells where that is the same."""
    blocks = _Blocks(file)
    table, first = CsvTable(), blocks.next()
    if _has_lone_returns(first) or b"\0" in first:
        yield from read_csv(blocks.rest(first))
        return
    start, before = 0, []
    for line in io.BytesIO(first):
        start += len(line)
        text = line.decode("utf-8", errors="backslashreplace")
        if len(line) <= MAX_ROW_BYTES and table.is_begun_by(text):
            break
        before.append(bare_line(text))
    else:
        yield from read_csv(blocks.rest(first))
        return
    yield from before
    if table.header:
        yield "#" + text.rstrip("\r\n")
    block = first[start:] or blocks.next()
    while block:
        if not _is_regular(block, table.delimiter.encode()):
            yield from rows_of_rest(table, blocks.rest(block))
            return
        cells = _cells(block, table)
        if cells is None:
            yield from rows_of_rest(table, io.BytesIO(block))
        else:
            yield cells
        block = blocks.next()


class _Blocks:
    """Blocks of whole lines; the last line may end with the file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._held = b""

    def next(self) -> bytes:
        """Return the next block; at the end of the file nothing."""
        while True:
            more = self._file.read(CSV_BLOCK_BYTES)
            data = self._held + more
            cut = data.rfind(b"\n") + 1 if more else len(data)
            if cut or not more or len(data) > 2 * CSV_BLOCK_BYTES:
                cut = cut or len(data)
                self._held = data[cut:]
                return data[:cut]
            self._held = data

    def rest(self, block: bytes) -> IO[bytes]:
        """Return a file of a block that was returned and of all that follows."""
        return io.BufferedReader(_Rest(block + self._held, self._file))


class _Rest(io.RawIOBase):
    """Bytes, and after them what is left of a file."""

    def __init__(self, held: bytes, file: IO[bytes]) -> None:
        self._held = io.BytesIO(held)
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = self._held.readinto(buffer)
        return count or self._file.readinto(buffer)  # type: ignore[attr-defined]


def _has_lone_returns(block: bytes) -> bool:
    return b"\r" in block and block.count(b"\r") != block.count(b"\r\n")


def _is_regular(block: bytes, delimiter: bytes) -> bool:
    """Return whether every quote opens or closes a cell, and no cell holds a line end."""
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == NEWLINE)
    lengths = np.diff(ends, prepend=-1, append=len(data))
    if _has_lone_returns(block) or lengths.max() > MAX_ROW_BYTES:
        return False
    quotes = np.flatnonzero(data == QUOTE)
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    if (np.searchsorted(ends, opening) != np.searchsorted(ends, closing)).any():
        return False
    # A quote beside a quote is one within a cell: `""`. The first of a cell has none before it.
    around = np.frombuffer(b"\n" + block + b"\n", np.uint8)
    is_opened = _is_one_of(around[opening], delimiter + b'\n"').all()
    return bool(is_opened and _is_one_of(around[closing + 2], delimiter + b'\n\r"').all())


def _is_one_of(data: Bytes, signs: bytes) -> npt.NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[list(signs)] = True
    return table[data]


def _may_be_opened(block: bytes, delimiter: bytes) -> bool:
    """Return whether a cell begins as a JSON object or list, or a null, does."""
    around = np.frombuffer(b"\n" + block, np.uint8)
    places = (
        np.flatnonzero(around == ord(beginning))
        for beginning in BEGINNINGS_OF_OPENED
        if beginning.encode() in block
    )
    return any(_is_one_of(around[place - 1], delimiter + b'\n"').any() for place in places)


def _cells(block: bytes, table: CsvTable) -> Cells | None:
    """Return the cells of a block with regular quotes, or None if Python must read it."""
    names = tuple(table.header)
    if table.pairs or table.names_follow or not are_plain_names(names) or _has_controls(block):
        return None
    rows = _rows(block, table.delimiter, [cell_column(place) for place in range(len(names))])
    if rows is None:
        return None
    columns = tuple(column.combine_chunks() for column in rows.columns)
    if _may_be_opened(block, table.delimiter.encode()) and any(map(are_opened, columns)):
        return None
    sizes = sum((pc.binary_length(column).to_numpy() for column in columns), np.int64(0))
    if not np.min(sizes, initial=1) or not fits_in_a_line(names, int(np.max(sizes, initial=0))):
        return None
    return Cells(names, (True,) * len(names), columns)


def _rows(block: bytes, delimiter: str, places: list[str]) -> pa.Table | None:
    """Return the rows of a block as Arrow reads them, or None if one is of another length."""
    from pyarrow import csv

    try:
        return csv.read_csv(
            pa.BufferReader(block),
            csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=places),
            csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
            csv.ConvertOptions(column_types=dict.fromkeys(places, pa.string())),
        )
    except pa.ArrowInvalid:
        return None


def _has_controls(block: bytes) -> bool:
    data = np.frombuffer(block, np.uint8)
    controls = data[data < FIRST_PRINTABLE]
    return bool(((controls != NEWLINE) & (controls != RETURN) & (controls != TAB)).any())
