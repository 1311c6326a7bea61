"""Cut streams of batches into pieces of bounded length, or compute batches ahead."""

from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

from darksocial.engines import RowFunction

MAX_PIECE_ROWS, MAX_PIECE_BYTES = 500_000, 128 << 20


def pieces(
    batches: Iterable[pa.RecordBatch], rows: int = MAX_PIECE_ROWS, size: int = MAX_PIECE_BYTES
) -> Iterator[Iterator[pa.RecordBatch]]:
    """Cut a stream into pieces that end once they have `rows` rows or `size` bytes.

    No piece is empty. Each must be read to its end before the next is taken.
    """
    stream = (batch for batch in batches if batch.num_rows)
    for first in stream:
        yield _piece(first, stream, rows, size)


def result_schema(schema: pa.Schema, function: RowFunction) -> pa.Schema:
    """Return the schema that a function yields for rows of a schema."""
    none = pa.RecordBatch.from_pylist([], schema=schema)
    return function(none).schema


def _piece(
    batch: pa.RecordBatch | None, stream: Iterator[pa.RecordBatch], rows: int, size: int
) -> Iterator[pa.RecordBatch]:
    while batch is not None:
        yield batch
        rows, size = rows - batch.num_rows, size - batch.nbytes
        batch = next(stream, None) if rows > 0 and size > 0 else None


def computed_ahead(batches: Iterable[pa.RecordBatch]) -> Generator[pa.RecordBatch, None, None]:
    """Compute each batch in a thread while the one before is used. Errors are raised unchanged.

    Closing it waits for the batch that the thread computes.
    """
    stream = iter(batches)
    with ThreadPoolExecutor(1, "batches") as pool:
        upcoming = pool.submit(next, stream, None)
        while (batch := upcoming.result()) is not None:
            upcoming = pool.submit(next, stream, None)
            yield batch
