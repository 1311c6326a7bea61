"""Where the relational work runs; nothing outside this package knows which engine it is.

An engine is one module in this folder that defines `ENGINE`. The folder is the registry, and a new
engine changes nothing else. What it opens follows the `Engine` protocol:

- Tables are Ibis expressions bound to the engine. The results of `stage`, `load` and `look_up` are
  already evaluated: using them again only costs the reading.
- A name identifies a step in the log of steps, in plans and in errors. It may be used again; the
  earlier table of that name remains as it is.
- Each step is logged (_steps.py), and every error that the engine raises names its step.
- Row-local work is the same everywhere. Lines become hits by the SQL text of `parser/`, which runs
  in DuckDB: in the process, or in the workers of a cluster (`parser.connection`). Functions from
  an Arrow batch to an Arrow batch run wherever the batch is; their results do not depend on how
  rows are cut into batches.
- Lines are numbered within their file and files within the list of inputs, however the work is
  divided, so that the same input has the same result on every engine, to 1e-9.
- Only `fetch` and `batches` bring rows to the caller. `fetch` is for results that do not grow with
  traffic; `batches` never holds more than a batch.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from darksocial.engines._steps import RESULT_STEP
from darksocial.errors import UsageError
from darksocial.expressions import ir
from darksocial.inputs.accounts import Inputs, LineCounts
from darksocial.language import gettext as _
from darksocial.plugins import OnDemand, one_of
from darksocial.reading import Storage
from darksocial.reading.progress import Progress
from darksocial.schema import Contract
from darksocial.settings import Goal, Resources

RowFunction = Callable[[pa.RecordBatch], pa.RecordBatch]


@dataclass(frozen=True, slots=True)
class Written:
    """A table to be written as Parquet.

    `finish` turns a batch of `rows` into a batch of the contract. Files hold rows sorted by the
    columns `order`. `day`, the first of these, is the time by whose UTC day rows are divided into
    folders (date=YYYY-MM-DD).
    """

    contract: Contract
    rows: ir.Table
    finish: RowFunction
    order: tuple[str, ...]
    day: str | None = None


class Engine(Protocol):
    """What every engine does. Its tables are Ibis expressions bound to it."""

    @property
    def storage(self) -> Storage | None:
        """The storage behind URIs; None if the engine reads and writes none."""

    def parse_hits(self, lines: Inputs, progress: Progress | None = None) -> ir.Table:
        """Parse every line and return one row for each (`PARSED` in parser/hits.py)."""

    def parse_requests(
        self,
        lines: Inputs,
        goals: Sequence[Goal] = (),
        progress: Progress | None = None,
        *,
        each_line: bool = False,
        of_goals: bool = False,
    ) -> ir.Table:
        """Parse every line and return requests, from which sessions are made (see parser/sums.py).

        With `each_line` there is one row for each line, else hits that are not page views are
        summed up. `of_goals` adds the columns that goals need, and requires `each_line`. With
        `goals` the column `goals_reached` is added, too.
        """

    def load(self, name: str, table: pa.Table) -> ir.Table:
        """Make a small Arrow table available to expressions."""

    def read(self, name: str, files: Sequence[Path]) -> ir.Table:
        """Make Parquet files available to expressions; columns that a file lacks are null."""

    def view(self, name: str, expression: ir.Table) -> ir.Table:
        """Name an expression and return it as a table, which is evaluated wherever it is used.

        Expressions that use it are compiled without it. Use it for a beginning that many share.
        """

    def stage(self, name: str, expression: ir.Table) -> ir.Table:
        """Evaluate an expression once and return its result as a table."""

    def look_up(self, name: str, keys: ir.Table, function: RowFunction) -> ir.Table:
        """Apply a function to batches of distinct rows and return all of its results."""

    def look_up_groups(
        self,
        name: str,
        table: ir.Table,
        group: Sequence[str],
        order: Sequence[str],
        function: RowFunction,
    ) -> ir.Table:
        """Apply a function to batches of whole groups of rows and return all of its results.

        Within a group, rows are sorted by the columns `order`. A batch holds one or more groups.
        """

    def fetch(self, expression: ir.Table, step: str = RESULT_STEP) -> pa.Table:
        """Return the rows of a small result. `step` is the name of this step."""

    def batches(self, expression: ir.Table, step: str = RESULT_STEP) -> Iterator[pa.RecordBatch]:
        """Return the rows of a result of any size in batches, in its order."""

    def write(self, table: Written, place: str) -> None:
        """Write a table as Parquet: one file at `place`, or a folder of files whose names sort.

        A table with a `day` becomes a folder of folders. Raises OSError.
        """

    def close(self) -> None:
        """Release the memory, threads and files of the engine."""


@dataclass(frozen=True, slots=True)
class EngineKind:
    """An engine's name, and the function that imports what it needs and opens it."""

    name: str
    open: Callable[[Resources], Engine]


@cache
def registry() -> Mapping[str, EngineKind]:
    """Return every engine by name, in alphabetical order. Each is loaded when it is asked for."""
    return OnDemand(sys.modules[__name__], "ENGINE", EngineKind)


def open_engine(resources: Resources) -> Engine:
    """Open the engine that the resources name. Raises UsageError if there is no such engine."""
    kinds = registry()
    if resources.engine not in kinds:
        raise UsageError(
            _("There is no engine {engine!r}.").format(engine=resources.engine),
            expected=one_of(resources.engine, kinds),
        )
    return kinds[resources.engine].open(resources)


def count_lines(engine: Engine, parsed: ir.Table) -> dict[int, LineCounts]:
    """Return the numbers of hits, rejects and blanks by file number.

    The column `lines` of `parsed` says how many lines a row represents.
    """
    blank = parsed.reason.isin(("blank", "comment"))
    counted = parsed.group_by("file").agg(
        hits=parsed.lines.sum(where=parsed.reason.isnull()).fill_null(0),
        blanks=parsed.lines.sum(where=blank).fill_null(0),
        lines=parsed.lines.sum(),
    )
    return {
        row["file"]: LineCounts(
            row["hits"], row["lines"] - row["hits"] - row["blanks"], row["blanks"]
        )
        for row in engine.fetch(counted, "lines by file").to_pylist()
    }
