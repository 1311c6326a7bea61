"""Where relational work runs; nothing outside this package knows which engine it is.

An engine fulfils the `Engine` protocol. Row-local work (parser/) is the same in every
engine; relational work comes to it as Ibis expressions.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import ibis.expr.types as ir
import pyarrow as pa

from darksocial.engines.parser.hits import Parsing
from darksocial.settings import Goal

RowFunction = Callable[[pa.RecordBatch], pa.RecordBatch]


@dataclass(frozen=True, slots=True)
class LineStream:
    """Lines of one format: how they become hits, and batches of the `reading.LINES` schema."""

    how: Parsing
    batches: Iterable[pa.RecordBatch]


@dataclass(frozen=True, slots=True)
class LineCounts:
    """What became of a file's lines. `blanks` counts blank lines and comments."""

    hits: int = 0
    rejects: int = 0
    blanks: int = 0

    @property
    def lines(self) -> int:
        return self.hits + self.rejects + self.blanks


class Engine(Protocol):
    """What an engine does. Tables that it hands out are Ibis expressions bound to it."""

    def parse_hits(self, streams: Iterable[LineStream]) -> ir.Table:
        """Parse every line; return `reason`, `text` and the columns of the hits contract."""

    def parse_requests(self, streams: Iterable[LineStream], goals: Sequence[Goal] = ()) -> ir.Table:
        """Parse every line; return what sessions are made from (see parser/facts.py)."""

    def count_lines(self, parsed: ir.Table) -> dict[int, LineCounts]:
        """Count hits, rejects and blanks by file number."""

    def load(self, name: str, table: pa.Table) -> ir.Table:
        """Make a small Arrow table available to expressions."""

    def read(self, name: str, files: Sequence[Path]) -> ir.Table:
        """Make Parquet files that have the same columns available to expressions."""

    def stage(self, name: str, expression: ir.Table) -> ir.Table:
        """Evaluate an expression once and return its result as a table."""

    def look_up(self, name: str, keys: ir.Table, function: RowFunction) -> ir.Table:
        """Apply a function to batches of distinct rows and return all that it yields."""

    def look_up_groups(
        self,
        name: str,
        table: ir.Table,
        group: Sequence[str],
        order: Sequence[str],
        function: RowFunction,
    ) -> ir.Table:
        """Apply a function to batches that hold whole groups of rows, and return all it yields.

        Within a group rows come in the given order. A batch holds one group or more.
        """

    def fetch(self, expression: ir.Table) -> pa.Table:
        """Return the rows of a small result."""

    def batches(self, expression: ir.Table) -> Iterator[pa.RecordBatch]:
        """Return the rows of a result of any size, batch by batch."""

    def close(self) -> None:
        """Give back all that the engine holds: memory, threads, files."""
