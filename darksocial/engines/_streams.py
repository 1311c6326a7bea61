"""Streams of batches: cut into pieces of bounded length, or made beside what uses them."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pyarrow as pa

PIECE_ROWS = 1_000_000


def pieces(
    batches: Iterable[pa.RecordBatch], rows: int = PIECE_ROWS
) -> Iterator[Iterator[pa.RecordBatch]]:
    """Cut a stream where `rows` are reached, into pieces that have some.

    A piece must be used up before the next is taken.
    """
    stream = (batch for batch in batches if batch.num_rows)
    for first in stream:
        yield chain([first], _more(stream, rows - first.num_rows))


def _more(stream: Iterator[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    while rows > 0 and (batch := next(stream, None)) is not None:
        rows -= batch.num_rows
        yield batch


def made_ahead(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Make each batch in a thread while the one before it is used; errors come as they are."""
    stream = iter(batches)
    with ThreadPoolExecutor(1, "batches") as pool:
        coming = pool.submit(next, stream, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, stream, None)
            yield batch
