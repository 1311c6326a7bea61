"""Cut batches anew, so that each holds whole groups of rows."""

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc


def whole_groups(
    batches: Iterable[pa.RecordBatch], group: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """Return sorted batches cut anew, so that no group (rows equal in `group`) is divided.

    A whole group is held in memory.
    """
    held: list[pa.RecordBatch] = []
    for batch in batches:
        start = _last_start(batch, group)
        if held and (start or _differ(held[-1], batch, group)):
            yield pa.concat_batches([*held, batch.slice(0, start)])
            held = []
        elif start:
            yield batch.slice(0, start)
        held.append(batch.slice(start))
    if held:
        yield pa.concat_batches(held)


def _last_start(batch: pa.RecordBatch, group: Sequence[str]) -> int:
    """Return the row at which the last group of a batch begins."""
    start = 0
    for name in group:
        column = batch.column(name)
        changes = pc.indices_nonzero(pc.not_equal(column[1:], column[:-1]))
        start = max(start, changes[-1].as_py() + 1 if len(changes) else 0)
    return start


def _differ(before: pa.RecordBatch, after: pa.RecordBatch, group: Sequence[str]) -> bool:
    """Return whether the last row of a batch and the first of the next differ in their group."""
    return any(before.column(name)[-1] != after.column(name)[0] for name in group)
