"""The numbers of files in stored hits: which file a hit is from, and what its format recorded.

With its line, the number is the key of a hit. From schema version 2 on it holds the flags of the
file as well, so that hits need no list beside them. Files of version 1 are numbered from 0 on;
state.json lists their flags.
"""

from collections.abc import Iterable, Mapping, Sequence

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

FLAGS = ("records_referrer", "records_agent", "records_visitor", "aggregated")
FIRST = 1 << 30
"""The first number that holds flags. The column has 32 bits: room for 67 million files."""
WIDTH = 1 << len(FLAGS)
UNKNOWN = (False,) * len(FLAGS)


def number_of(serial: int, flags: Sequence[bool]) -> int:
    """Return the number of the file that was read as the `serial`-th by the store."""
    return FIRST + serial * WIDTH + sum(flag << place for place, flag in enumerate(flags))


def numbers(files: ir.Table, first_serial: int) -> ir.IntegerValue:
    """Return the same for a table of files that a run numbers from 0 on."""
    flags = [files[name].cast("int32") * (1 << place) for place, name in enumerate(FLAGS)]
    serial = files.file.cast("int32") + first_serial
    return (FIRST + serial * WIDTH + sum(flags)).cast("int32")


def has_flags(number: int) -> bool:
    """Return whether a number is of schema version 2 or later."""
    return number >= FIRST


def serial_of(number: int) -> int:
    """Return how many files the store had read before, by a number with flags."""
    return (number - FIRST) // WIDTH


def flags_of(number: int, first_version: Sequence[Sequence[bool]]) -> tuple[bool, ...]:
    """Return what a file recorded (`FLAGS`), in the order of `first_version` for version 1."""
    if has_flags(number):
        return tuple(bool((number - FIRST) >> place & 1) for place in range(len(FLAGS)))
    return tuple(first_version[number]) if number < len(first_version) else UNKNOWN


def inferred_flags(hits: pa.Table, people: pa.Table) -> dict[int, tuple[bool, ...]]:
    """Return what files of version 1 seem to have recorded, by what is there of it."""
    has_agent = any(_has(people, name) for name in ("browser", "bot", "preview_app"))
    return {
        number: (
            _has(rows, "referrer"),
            has_agent,
            has_agent and not _has(rows, "weight"),
            _has(rows, "weight"),
        )
        for number, rows in _by_number(hits)
        if not has_flags(number)
    }


def renumbered(batch: pa.RecordBatch, numbers: Mapping[int, int]) -> pa.RecordBatch:
    """Return hits with other numbers of their files."""
    old, new = pa.array(numbers.keys(), pa.int32()), pa.array(numbers.values(), pa.int32())
    at = batch.schema.get_field_index("file")
    column = new.take(pc.index_in(batch.column(at), old))
    return batch.set_column(at, batch.schema.field(at), column)


def _by_number(hits: pa.Table) -> Iterable[tuple[int, pa.Table]]:
    for number in pc.unique(hits.column("file")).to_pylist():
        yield number, hits.filter(pc.equal(hits.column("file"), number))


def _has(rows: pa.Table, name: str) -> bool:
    return bool(rows.column(name).null_count < len(rows))
