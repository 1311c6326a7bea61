"""Streams of batches: the pieces that they are cut into, and what is made ahead."""

import threading
from collections.abc import Iterator

import pyarrow as pa
import pytest

from darksocial.engines._streams import computed_ahead, pieces


def batches(*rows: int) -> Iterator[pa.RecordBatch]:
    for count in rows:
        yield pa.record_batch([pa.array(range(count), pa.int64())], names=["n"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), []),
        ((0, 0), []),
        ((3,), [[3]]),
        ((3, 3, 3), [[3, 3], [3]]),
        ((9, 1, 0, 2), [[9], [1, 2]]),
        ((5, 5), [[5], [5]]),
    ],
)
def test_a_piece_ends_where_its_rows_are_reached(
    given: tuple[int, ...], expected: list[list[int]]
) -> None:
    found = [[batch.num_rows for batch in piece] for piece in pieces(batches(*given), 5)]
    assert found == expected


def test_a_piece_ends_where_its_bytes_are_reached() -> None:
    found = [
        [batch.num_rows for batch in piece] for piece in pieces(batches(2, 1, 1, 9, 1), 99, 24)
    ]
    assert found == [[2, 1], [1, 9], [1]]


def test_a_batch_is_made_while_the_one_before_is_used() -> None:
    second = threading.Event()

    def two() -> Iterator[pa.RecordBatch]:
        yield from batches(1)
        second.set()
        yield from batches(2)

    used = computed_ahead(two())
    assert next(used).num_rows == 1
    assert second.wait(10)
    assert [batch.num_rows for batch in used] == [2]


def test_closing_waits_for_the_batch_that_is_made_ahead() -> None:
    begun, may_end, made = threading.Event(), threading.Event(), []

    def two() -> Iterator[pa.RecordBatch]:
        yield from batches(1)
        begun.set()
        may_end.wait(10)
        made.append(True)
        yield from batches(2)

    used = computed_ahead(two())
    next(used)
    assert begun.wait(10)
    threading.Timer(0.1, may_end.set).start()
    used.close()
    assert made == [True]


def test_what_goes_wrong_ahead_is_raised() -> None:
    def broken() -> Iterator[pa.RecordBatch]:
        yield from batches(1)
        raise OSError("no room")

    used = computed_ahead(broken())
    assert next(used).num_rows == 1
    with pytest.raises(OSError, match="no room"):
        next(used)
