"""Streams of batches: cut into pieces of bounded length, or made beside what uses them."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

PIECE_ROWS, PIECE_BYTES = 500_000, 128 << 20


def pieces(
    batches: Iterable[pa.RecordBatch], rows: int = PIECE_ROWS, size: int = PIECE_BYTES
) -> Iterator[Iterator[pa.RecordBatch]]:
    """Cut a stream where `rows` or `size` (bytes) are reached, into pieces that have some rows.

    A piece must be used up before the next is taken.
    """
    stream = (batch for batch in batches if batch.num_rows)
    for first in stream:
        yield _piece(first, stream, rows, size)


def _piece(
    batch: pa.RecordBatch | None, stream: Iterator[pa.RecordBatch], rows: int, size: int
) -> Iterator[pa.RecordBatch]:
    while batch is not None:
        yield batch
        rows, size = rows - batch.num_rows, size - batch.nbytes
        batch = next(stream, None) if rows > 0 and size > 0 else None


def made_ahead(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Make each batch in a thread while the one before it is used; errors come as they are."""
    stream = iter(batches)
    with ThreadPoolExecutor(1, "batches") as pool:
        coming = pool.submit(next, stream, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, stream, None)
            yield batch
