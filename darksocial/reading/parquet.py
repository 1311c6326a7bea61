"""Read Parquet a few rows at a time: a small dictionary can expand to gigabytes of rows."""

from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from darksocial.language import gettext as _
from darksocial.reading.bounds import MAX_RECORD_BYTES, MIB

PARQUET_MAGIC = b"PAR1"
PARQUET_BATCH_ROWS = 10_000


def read_parquet(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Return the rows. Raises ValueError if the file is damaged or a row exceeds 64 MiB."""
    for batch in parquet_batches(file):
        yield from batch.to_pylist()


def parquet_batches(file: IO[bytes]) -> Iterator[pa.RecordBatch]:
    """Return the rows in batches of bounded size. Raises ValueError as `read_parquet` does."""
    from pyarrow import parquet

    try:
        texts = _texts(parquet.read_schema(file))
        file.seek(0)
        opened = parquet.ParquetFile(file, read_dictionary=texts)
        for batch in opened.iter_batches(_rows_that_fit(opened.metadata)):
            step = _fitting(_longest_row(batch))
            for start in range(0, batch.num_rows, step):
                yield batch.slice(start, step)
    except OSError as error:  # what Arrow raises for damage
        raise ValueError(str(error)) from error


def _texts(schema: pa.Schema) -> list[str]:
    """Return the names of the columns that stay dictionaries in memory."""
    return [field.name for field in schema if pa.types.is_string(field.type)]


def _rows_that_fit(metadata: Any) -> int:
    """Return how many rows of the largest row group fit into a batch."""
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    return _fitting(max((g.total_byte_size // max(1, g.num_rows) for g in groups), default=0))


def _longest_row(batch: pa.RecordBatch) -> int:
    """Return the most bytes that a row can take, by the longest values of its dictionaries."""
    dictionaries = (c.dictionary for c in batch.columns if pa.types.is_dictionary(c.type))
    longest = (pc.max(pc.binary_length(values)).as_py() for values in dictionaries)
    return sum(length or 0 for length in longest)


def _fitting(row_bytes: int) -> int:
    """Return how many rows of that size fit into a batch. Raises ValueError if not one does."""
    if row_bytes > MAX_RECORD_BYTES:
        raise ValueError(_("a row of more than {n} MiB").format(n=MAX_RECORD_BYTES // MIB))
    return min(PARQUET_BATCH_ROWS, MAX_RECORD_BYTES // max(1, row_bytes))
