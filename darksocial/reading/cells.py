r"""Rows whose cells go to the parser as columns of texts, without a JSON object in between.

Each cell is the text that its value would have in the object of its row (record_texts.py). Rows are
read this way only where that is certain: a cell that is a JSON object or list itself, `\N`, a
control character, or a number that can be written in two ways makes all rows of its block go as
texts of objects.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import NoneType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from darksocial.reading.lines import LINES, MAX_LINE_BYTES

# Names that a path of JSON and an object's text write as they are.
PLAIN_NAME = re.compile(r"[\w $@()&€£¥%/.,:;#'+-]+")
# Floats between these have one notation: with a point, and without an exponent.
SMALLEST_PLAIN, LARGEST_PLAIN = 1e-4, 1e15
# What JSON escapes in two ways.
CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"
# What `record_texts.opened` opens.
OPENED = r"(?s)^(?:\{.*\}|\[.*\]|\\N)$"
BEGINNINGS_OF_OPENED = ("{", "[", "\\")
DAY_LENGTH = len("2026-03-02")
MOMENT_LENGTH = len("2026-03-02T09:14:05")
# Two bytes at most for a byte of a text, and what is around each cell.
ESCAPED_BYTES, BYTES_AROUND_CELL = 2, 8


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows as columns of texts. `quoted` says which columns are texts in JSON, too."""

    names: tuple[str, ...]
    quoted: tuple[bool, ...]
    columns: tuple[pa.Array, ...]

    def __len__(self) -> int:
        return len(self.columns[0])


def cell_column(place: int) -> str:
    """Return the name of a column of cells, by its place from 0 on."""
    return f"cell_{place}"


def lines_schema(cells: int) -> pa.Schema:
    """Return the schema of a batch of lines, or of rows with that many cells."""
    return pa.schema([*LINES, *(pa.field(cell_column(n), pa.string()) for n in range(cells))])


def batch_of_cells(cells: Cells, file_number: int, first_line: int) -> pa.RecordBatch:
    """Return rows as a batch: lines without a text, and their cells."""
    count = len(cells)
    lines = [
        pa.repeat(pa.scalar(file_number, pa.int32()), count),
        pa.array(np.arange(first_line, first_line + count, dtype=np.int64)),
        pa.nulls(count, pa.string()),
        pa.repeat(pa.scalar(False), count),
    ]
    return pa.record_batch([*lines, *cells.columns], schema=lines_schema(len(cells.columns)))


def are_plain_names(names: Sequence[str]) -> bool:
    """Return whether each name is there once, and means the same in a path of JSON."""
    return len(set(names)) == len(names) and all(map(PLAIN_NAME.fullmatch, names))


def fits_in_a_line(names: Sequence[str], row_bytes: int) -> bool:
    """Return whether the text of a row's object cannot be longer than a line may be."""
    around = sum(len(name.encode()) + BYTES_AROUND_CELL for name in names)
    return ESCAPED_BYTES * row_bytes + around < MAX_LINE_BYTES


def cells_of(batch: pa.RecordBatch) -> Cells | None:
    """Return the cells of a batch of typed columns, or None if a text is not certain."""
    names = tuple(batch.schema.names)
    if not batch.num_rows or not are_plain_names(names):
        return None
    columns = []
    for column in batch.columns:
        texts = _texts(column)
        if texts is None:
            return None
        columns.append(texts)
    longest = sum(pc.max(pc.binary_length(column)).as_py() or 0 for column in columns)
    if not fits_in_a_line(names, longest):
        return None
    return Cells(names, tuple(_is_quoted(column.type) for column in batch.columns), tuple(columns))


def batch_of_rows(rows: Sequence[object]) -> pa.RecordBatch | None:
    """Return rows as typed columns; None if they differ in their keys, or a column in its types."""
    records = [row for row in rows if isinstance(row, dict)]
    if not rows or len(records) < len(rows) or any(r.keys() != records[0].keys() for r in records):
        return None
    columns = {str(name): [record[name] for record in records] for name in records[0]}
    if any(len({type(value) for value in values} - {NoneType}) > 1 for values in columns.values()):
        return None
    try:
        return pa.RecordBatch.from_pydict(columns)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        return None


def are_opened(texts: pa.Array) -> bool:
    """Return whether one of the texts is a JSON object or list, or null, by itself."""
    for beginning in BEGINNINGS_OF_OPENED:
        few = texts.filter(pc.starts_with(texts, beginning))
        if pc.any(pc.match_substring_regex(few, OPENED)).as_py():
            return True
    return False


def _is_quoted(kind: pa.DataType) -> bool:
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_null)
    return not any(test(kind) for test in tests)


def _texts(column: pa.Array) -> pa.Array | None:
    writers: Iterable[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], pa.Array | None]]]
    writers = (
        (pa.types.is_dictionary, _of_dictionary),
        (pa.types.is_string, _of_texts),
        (pa.types.is_large_string, _of_texts),
        (pa.types.is_floating, _of_floats),
        (pa.types.is_timestamp, _of_moments),
        (pa.types.is_date32, _of_days),
        (pa.types.is_integer, _cast),
        (pa.types.is_boolean, _cast),
        (pa.types.is_null, _cast),
    )
    write = next((write for is_such, write in writers if is_such(column.type)), None)
    return write(column) if write else None


def _cast(column: pa.Array) -> pa.Array:
    return column.cast(pa.string())


def _of_dictionary(column: pa.DictionaryArray) -> pa.Array | None:
    if not pa.types.is_string(column.type.value_type) or _of_texts(column.dictionary) is None:
        return None
    return column.dictionary_decode()


def _of_texts(column: pa.Array) -> pa.Array | None:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:  # bytes that are no UTF-8
        return None
    is_escaped = pc.any(pc.match_substring_regex(column, CONTROLS)).as_py()
    return None if is_escaped or are_opened(column) else _cast(column)


def _of_floats(column: pa.Array) -> pa.Array | None:
    sizes = pc.abs(column.cast(pa.float64()))
    plain = pc.and_(pc.less(sizes, LARGEST_PLAIN), pc.greater_equal(sizes, SMALLEST_PLAIN))
    if not pc.all(pc.or_(plain, pc.equal(sizes, 0.0))).as_py():
        return None
    values = column.to_pylist()
    return pa.array([None if value is None else repr(value) for value in values], pa.string())


def _of_days(column: pa.Array) -> pa.Array | None:
    texts = _cast(column)
    return texts if _have_length(texts, DAY_LENGTH) else None


def _of_moments(column: pa.Array) -> pa.Array | None:
    """Return moments in ISO 8601, with a fraction of a second only where there is one."""
    zone = column.type.tz
    if column.type.unit == "ns" or zone not in (None, "UTC"):
        return None
    moments = column.cast(pa.timestamp("us")).view(pa.timestamp("us"))
    whole = moments.cast(pa.timestamp("s"), safe=False)
    texts = pc.binary_replace_slice(_cast(whole), DAY_LENGTH, DAY_LENGTH + 1, "T")
    if not _have_length(texts, MOMENT_LENGTH):
        return None
    if not pc.all(pc.equal(whole.cast(pa.timestamp("us")), moments)).as_py():
        return None
    return pc.binary_join_element_wise(texts, "+00:00", "") if zone else texts


def _have_length(texts: pa.Array, length: int) -> bool:
    """Return whether all texts are that long: years before 0 and after 9999 are not."""
    return bool(pc.all(pc.equal(pc.binary_length(texts), length)).as_py() in (True, None))
