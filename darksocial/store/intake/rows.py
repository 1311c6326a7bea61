"""Hash the rows of exports by their content, so that a row is recognised wherever it appears.

The hash covers the values that the format reads from a row: times, pages, referrers, visitors.
Other columns, comments such as the end date of the report, and the order of rows and columns do not
matter. A row that represents many sessions has two hashes: one of all values, and one of its
subject, which is all values but the counts.
"""

import json
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from darksocial.grammar.keys import Keys
from darksocial.grammar.numbers import NUMBER_MEANINGS
from darksocial.grammar.values import Step, follow
from darksocial.parser import Parsing
from darksocial.store.intake.chains import hashed

COUNT_MEANINGS = frozenset({*NUMBER_MEANINGS, "last_day"})
"""What may be another in a later version of the row about the same: a period that is not over ends
later, with higher counts."""
ROW_TYPE = np.dtype([("row", "<u8")])
SUM_TYPE = np.dtype([("row", "<u8"), ("about", "<u8"), ("count", "<f8"), ("hit", "<u8")])
"""`about` is the hash of the subject, `count` the number of sessions, and `hit` the name of the hit
that the row became (hit_names.py)."""
Rows = npt.NDArray[np.void]


class RowReader:
    """Hashes the rows of an input while they are read."""

    def __init__(self, key: str, *, sums: bool) -> None:
        self.sums = sums
        self._key = key
        self._rows: list[Rows] = []
        self._lines: list[npt.NDArray[np.int64]] = []

    def __call__(self, parsing: Parsing, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch, without comments and blank lines."""
        texts = batch.column("text")
        bare = pc.utf8_ltrim_whitespace(texts)
        is_row = pc.invert(pc.or_(pc.equal(bare, ""), pc.starts_with(bare, "#")))
        rows_of_batch = batch.filter(is_row)
        if not rows_of_batch.num_rows:
            return
        plan = _plan(parsing.grammar) if isinstance(parsing.grammar, Keys) else None
        contents = [_content(text, plan) for text in rows_of_batch.column("text").to_pylist()]
        rows = np.zeros(len(contents), SUM_TYPE if self.sums else ROW_TYPE)
        rows["row"] = hashed([about + counts for about, counts, _count in contents], self._key)
        lines = rows_of_batch.column("line").to_numpy()
        if self.sums:
            rows["about"] = hashed([about for about, _counts, _count in contents], self._key)
            rows["count"] = [count for _about, _counts, count in contents]
        self._rows.append(rows)
        self._lines.append(lines)

    def rows(self, name_of: Callable[[int], int]) -> Rows:
        """Return the rows in their order; `name_of` returns the name of the hit of a line."""
        empty = np.empty(0, SUM_TYPE if self.sums else ROW_TYPE)
        rows = np.concatenate([empty, *self._rows])
        if self.sums:
            rows["hit"] = [name_of(line) for line in self.lines.tolist()]
        return rows

    @property
    def lines(self) -> npt.NDArray[np.int64]:
        """The line number of each row."""
        return np.concatenate([np.empty(0, np.int64), *self._lines])


Plan = tuple[tuple[str, tuple[tuple[Step, ...], ...]], ...]
"""The meanings in order, each with the paths at which its value may be."""


def _plan(grammar: Keys) -> Plan:
    values = sorted(grammar.values, key=lambda value: value.meaning)
    return tuple((v.meaning, tuple(p for t in v.templates for p in t.paths)) for v in values)


def _content(text: str, plan: Plan | None) -> tuple[str, str, float]:
    """Return the subject of a row, its counts, and the number of sessions that it represents."""
    record = _record(text) if plan else None
    if record is None or plan is None:
        return text, "", 0.0
    about: list[str] = []
    counts: list[str] = []
    count = 0.0
    for meaning, paths in plan:
        for steps in paths:
            text_value = _value_at(record, steps)
            if text_value:
                content = f"{meaning}\x1e{text_value}\x1d"
                (counts if meaning in COUNT_MEANINGS else about).append(content)
                if meaning == "weight":
                    count = _number(text_value)
    return "".join(about), "".join(counts), count


def _record(text: str) -> dict[str, object] | None:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _value_at(record: dict[str, object], steps: tuple[Step, ...]) -> str | None:
    if len(steps) == 1:
        value = record.get(str(steps[0]))
    else:
        try:
            value = follow(record, steps)
        except KeyError:
            return None
    return value if value is None or isinstance(value, str) else str(value)


def _number(text: str) -> float:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return 0.0


def occurrences(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Return for each hash how many equal ones come before it."""
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(ordered) else order
    sizes = np.diff(np.append(starts, len(ordered)))
    counts = np.empty(len(hashes), np.int64)
    counts[order] = np.arange(len(hashes)) - np.repeat(starts, sizes)
    return counts


def counts_of(
    hashes: npt.NDArray[np.uint64], before: npt.NDArray[np.uint64]
) -> npt.NDArray[np.int64]:
    """Return how often each of the hashes occurs among those that were read before."""
    values, counts = np.unique(before, return_counts=True)
    if not len(values):
        return np.zeros(len(hashes), np.int64)
    indices = np.minimum(np.searchsorted(values, hashes), len(values) - 1)
    return np.where(values[indices] == hashes, counts[indices], 0)


def sample_size(rows: int) -> int:
    """Return how many rows of an export are its samples: those with the smallest hashes.

    If two exports share rows, the shared rows are likely to be samples of both.
    """
    return max(64, rows // 64)
