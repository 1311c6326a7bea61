"""Rows of exports as hashes: what a row says, so that it is known again wherever it stands.

Hashed is what the format reads of a row: times, pages, referrers, visitors. Other columns, comments
such as the end date of the report, and the order of rows and columns do not matter. A row that
stands for many sessions has two hashes: of all it says, and of what it is about without its counts.
"""

import json
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from darksocial.grammar.keys import Keys
from darksocial.grammar.values import Step, follow
from darksocial.parser import Parsing
from darksocial.store.chains import hashed

COUNTS = frozenset({"weight", "pageviews", "conversions", "revenue", "revenue_micros"})
ROW = np.dtype([("row", "<u8")])
SUM = np.dtype([("row", "<u8"), ("about", "<u8"), ("count", "<f8"), ("hit", "<u8")])
"""`about` is the hash without the counts, `count` the number of sessions, `hit` what names the hit
that the row became (hit_names.py)."""
Rows = npt.NDArray[np.void]


class RowReader:
    """Hashes the rows of one input while they are read."""

    def __init__(self, key: str, *, sums: bool) -> None:
        self.sums = sums
        self._key = key
        self._found: list[Rows] = []
        self._lines: list[npt.NDArray[np.int64]] = []

    def __call__(self, how: Parsing, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch; comments and blank lines are none."""
        texts = batch.column("text")
        bare = pc.utf8_ltrim_whitespace(texts)
        is_row = pc.invert(pc.or_(pc.equal(bare, ""), pc.starts_with(bare, "#")))
        kept = batch.filter(is_row)
        if not kept.num_rows:
            return
        plan = _plan(how.grammar) if isinstance(how.grammar, Keys) else None
        said = [_said(text, plan) for text in kept.column("text").to_pylist()]
        rows = np.zeros(len(said), SUM if self.sums else ROW)
        rows["row"] = hashed([about + counts for about, counts, _ in said], self._key)
        lines = kept.column("line").to_numpy()
        if self.sums:
            rows["about"] = hashed([about for about, _, _ in said], self._key)
            rows["count"] = [count for _, _, count in said]
        self._found.append(rows)
        self._lines.append(lines)

    def rows(self, name_of: Callable[[int], int]) -> Rows:
        """Return the rows in their order; `name_of` names the hit of a line."""
        empty = np.empty(0, SUM if self.sums else ROW)
        rows = np.concatenate([empty, *self._found])
        if self.sums:
            rows["hit"] = [name_of(line) for line in self.lines.tolist()]
        return rows

    @property
    def lines(self) -> npt.NDArray[np.int64]:
        """The number of each row in the file."""
        return np.concatenate([np.empty(0, np.int64), *self._lines])


Plan = tuple[tuple[str, tuple[tuple[Step, ...], ...]], ...]
"""By meaning, in order, the paths on which it may be found."""


def _plan(grammar: Keys) -> Plan:
    values = sorted(grammar.values, key=lambda value: value.meaning)
    return tuple((v.meaning, tuple(p for t in v.templates for p in t.paths)) for v in values)


def _said(text: str, plan: Plan | None) -> tuple[str, str, float]:
    """What a row is about, its counts, and the number of sessions that it stands for."""
    record = _record(text) if plan else None
    if record is None or plan is None:
        return text, "", 0.0
    about: list[str] = []
    counts: list[str] = []
    count = 0.0
    for meaning, paths in plan:
        for steps in paths:
            said = _shown(record, steps)
            if said:
                (counts if meaning in COUNTS else about).append(f"{meaning}\x1e{said}\x1d")
                if meaning == "weight":
                    count = _number(said)
    return "".join(about), "".join(counts), count


def _record(text: str) -> dict[str, object] | None:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _shown(record: dict[str, object], steps: tuple[Step, ...]) -> str | None:
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
    """Return for each hash how many equal ones stand before it."""
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(ordered) else order
    sizes = np.diff(np.append(starts, len(ordered)))
    found = np.empty(len(hashes), np.int64)
    found[order] = np.arange(len(hashes)) - np.repeat(starts, sizes)
    return found


def counts_of(
    hashes: npt.NDArray[np.uint64], known: npt.NDArray[np.uint64]
) -> npt.NDArray[np.int64]:
    """Return how often each of the hashes is among those that are known."""
    values, counts = np.unique(known, return_counts=True)
    if not len(values):
        return np.zeros(len(hashes), np.int64)
    at = np.minimum(np.searchsorted(values, hashes), len(values) - 1)
    return np.where(values[at] == hashes, counts[at], 0)


def sample_size(rows: int) -> int:
    """Return how many of the rows of an export, by the size of their hashes, are its samples.

    Of two exports that share rows these are likely to be samples of both.
    """
    return max(64, rows // 64)
