"""Parquet, some rows at a time: few bytes of a dictionary can stand for gigabytes of rows."""

from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from darksocial.reading.bounds import LARGEST_RECORD

MAGIC = b"PAR1"
BATCH_ROWS = 10_000


def read_parquet(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Return the rows. Raises ValueError for damage, and for rows over 64 MiB."""
    from pyarrow import parquet

    try:
        texts = _texts(parquet.read_schema(file))
        file.seek(0)
        opened = parquet.ParquetFile(file, read_dictionary=texts)
        for batch in opened.iter_batches(_rows_that_fit(opened.metadata)):
            step = _fitting(_longest_row(batch))
            for start in range(0, batch.num_rows, step):
                yield from batch.slice(start, step).to_pylist()
    except OSError as error:  # how Arrow names damage
        raise ValueError(str(error)) from error


def _texts(schema: pa.Schema) -> list[str]:
    """Columns that stay dictionaries in memory."""
    return [field.name for field in schema if pa.types.is_string(field.type)]


def _rows_that_fit(metadata: Any) -> int:
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    return _fitting(max((g.total_byte_size // max(1, g.num_rows) for g in groups), default=0))


def _longest_row(batch: pa.RecordBatch) -> int:
    """How many bytes a row takes at most, as its dictionaries tell."""
    dictionaries = (c.dictionary for c in batch.columns if pa.types.is_dictionary(c.type))
    longest = (pc.max(pc.binary_length(values)).as_py() for values in dictionaries)
    return sum(length or 0 for length in longest)


def _fitting(row_bytes: int) -> int:
    if row_bytes > LARGEST_RECORD:
        raise ValueError(f"a row of more than {LARGEST_RECORD >> 20} MiB")
    return min(BATCH_ROWS, LARGEST_RECORD // max(1, row_bytes))
