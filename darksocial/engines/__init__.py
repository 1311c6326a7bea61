"""Where relational work runs; nothing outside this package knows which engine it is.

An engine is one module here that defines `ENGINE`; the folder is the registry, and a new engine
changes nothing else. What it opens fulfils the `Engine` protocol:

- Tables are Ibis expressions bound to the engine. What `stage`, `load` and `look_up` return is
  evaluated already: it is read any number of times, and its cost is that of reading.
- A name is that of a step, for people who read the log of steps, plans and errors. It may be used
  again: what was made under it before stays as it is.
- Each step is logged (_steps.py), and an error that comes from the engine names its step.
- Row-local work is the same everywhere. Lines become hits by the SQL text of `parser/`, which runs
  in DuckDB: in the process, or in the workers of a cluster (`parser.connection`). Functions from
  an Arrow batch to an Arrow batch run wherever the batch is; they hold for any cut into batches.
- Numbers of lines and files are those of the file and of the list of inputs, however the work is
  divided, so that the same input has the same result on every engine, to 1e-9.
- Only `fetch` and `batches` bring rows to the caller. `fetch` is for results that do not grow with
  traffic; `batches` never holds more than a batch.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import ibis.expr.types as ir
import pyarrow as pa

from darksocial.engines._steps import RESULT
from darksocial.errors import UsageError
from darksocial.inputs.accounts import Inputs, LineCounts
from darksocial.language import gettext as _
from darksocial.plugins import one_of, registered
from darksocial.reading import Storage
from darksocial.reading.progress import Progress
from darksocial.schema import Contract
from darksocial.settings import Goal, Resources

RowFunction = Callable[[pa.RecordBatch], pa.RecordBatch]


@dataclass(frozen=True, slots=True)
class Written:
    """A table to be written as Parquet.

    `finish` makes a batch of the contract out of a batch of `rows`. Files hold rows in the `order`
    of columns. `day`, the first of these, is the time by whose UTC day the rows go to folders
    (date=YYYY-MM-DD).
    """

    contract: Contract
    rows: ir.Table
    finish: RowFunction
    order: tuple[str, ...]
    day: str | None = None


class Engine(Protocol):
    """What an engine does. Tables that it hands out are Ibis expressions bound to it."""

    @property
    def storage(self) -> Storage | None:
        """Return what reads and writes places that are URIs; None if the engine has none."""

    def parse_hits(self, lines: Inputs, progress: Progress | None = None) -> ir.Table:
        """Parse every line; return `PARSED` (parser/hits.py), one row a line."""

    def parse_requests(
        self,
        lines: Inputs,
        goals: Sequence[Goal] = (),
        progress: Progress | None = None,
        *,
        each_line: bool = False,
        of_goals: bool = False,
    ) -> ir.Table:
        """Parse every line; return `REQUESTS` (parser/sums.py), what sessions are made from.

        With `each_line` there is one row a line, else hits that are no page views are summed up.
        `of_goals` adds `GOAL_COLUMNS`, what goals look at, and needs `each_line`. With `goals`
        there is `GOALS_REACHED`, too.
        """

    def load(self, name: str, table: pa.Table) -> ir.Table:
        """Make a small Arrow table available to expressions."""

    def read(self, name: str, files: Sequence[Path]) -> ir.Table:
        """Make Parquet files available to expressions; a column that a file lacks is null there."""

    def view(self, name: str, expression: ir.Table) -> ir.Table:
        """Give an expression a name and return it as a table; it is evaluated where it is used.

        What is computed from it is compiled separately. Use it for the common beginning of many
        expressions.
        """

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

        Within a group, rows come in the order of the columns `order`. A batch holds one group or
        more.
        """

    def fetch(self, expression: ir.Table, step: str = RESULT) -> pa.Table:
        """Return the rows of a small result. `step` is the name of this step."""

    def batches(self, expression: ir.Table, step: str = RESULT) -> Iterator[pa.RecordBatch]:
        """Return the rows of a result of any size, batch by batch, in its order."""

    def write(self, table: Written, place: str) -> None:
        """Write a table as Parquet: one file at `place`, or a folder of files in their order.

        A table with a `day` makes a folder of folders. Raises OSError.
        """

    def close(self) -> None:
        """Release everything that the engine holds: memory, threads, files."""


@dataclass(frozen=True, slots=True)
class EngineKind:
    """An engine's name, and the function that opens it and loads whatever it needs."""

    name: str
    open: Callable[[Resources], Engine]


@cache
def registry() -> dict[str, EngineKind]:
    """Return every engine by name, in alphabetical order."""
    return registered(sys.modules[__name__], "ENGINE", EngineKind)


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
    """Count hits, rejects and blanks by file number. The column `lines` of `parsed` says how many
    lines a row represents."""
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
