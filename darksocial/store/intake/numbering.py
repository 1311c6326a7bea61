"""Number the files of stored hits: a number says which file it is, and which fields it recorded.

The number and the line are the key of a hit. From schema version 2 the number includes the flags of
the file, so that hits need no separate list. Files of version 1 are numbered from 0; state.json
lists their flags.
"""

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from darksocial.expressions import ir, parameter

FLAGS = ("records_referrer", "records_agent", "records_visitor", "aggregated")
FIRST_FLAGGED_NUMBER = 1 << 30
"""The first number that holds flags. The column has 32 bits: room for 67 million files."""
NUMBERS_PER_FILE = 1 << len(FLAGS)
NO_FLAGS = (False,) * len(FLAGS)


def number_of(serial: int, flags: Sequence[bool]) -> int:
    """Return the number of the file that the store read as its `serial`-th."""
    return (
        FIRST_FLAGGED_NUMBER
        + serial * NUMBERS_PER_FILE
        + sum(flag << place for place, flag in enumerate(flags))
    )


def numbers(files: ir.Table, first_serial: int) -> ir.IntegerValue:
    """Return an expression for these numbers, for a table of files that a run numbers from 0."""
    flags = [files[name].cast("int32") * (1 << place) for place, name in enumerate(FLAGS)]
    serial = files.file.cast("int32") + parameter("first_file", first_serial, "int32")
    return (FIRST_FLAGGED_NUMBER + serial * NUMBERS_PER_FILE + sum(flags)).cast("int32")


def has_flags(number: int) -> bool:
    """Return whether a number is of schema version 2 or later."""
    return number >= FIRST_FLAGGED_NUMBER


def serial_of(number: int) -> int:
    """Return how many files the store had read before the one with this number."""
    return (number - FIRST_FLAGGED_NUMBER) // NUMBERS_PER_FILE


def flags_of(number: int, first_version: Sequence[Sequence[bool]]) -> tuple[bool, ...]:
    """Return which fields a file recorded (`FLAGS`); `first_version` has those of version 1."""
    if has_flags(number):
        return tuple(
            bool((number - FIRST_FLAGGED_NUMBER) >> place & 1) for place in range(len(FLAGS))
        )
    return tuple(first_version[number]) if number < len(first_version) else NO_FLAGS


def inferred_flags(hits: pa.Table, people: pa.Table) -> dict[int, tuple[bool, ...]]:
    """Infer which fields files of version 1 recorded from the values in their hits."""
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
    """Return hits with other numbers for their files."""
    old, new = pa.array(numbers.keys(), pa.int32()), pa.array(numbers.values(), pa.int32())
    index = batch.schema.get_field_index("file")
    column = new.take(pc.index_in(batch.column(index), old))
    return batch.set_column(index, batch.schema.field(index), column)


def _by_number(hits: pa.Table) -> Iterable[tuple[int, pa.Table]]:
    for number in pc.unique(hits.column("file")).to_pylist():
        yield number, hits.filter(pc.equal(hits.column("file"), number))


def _has(rows: pa.Table, name: str) -> bool:
    return bool(rows.column(name).null_count < len(rows))
