"""The default engine: DuckDB inside the process, with a scratch database on disk.

The scratch database keeps memory bounded: DuckDB compresses and evicts what it holds there.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from darksocial.engines import EngineKind, RowFunction, Written
from darksocial.engines._groups import whole_groups
from darksocial.engines._names import Names
from darksocial.engines._statements import Statements
from darksocial.engines._steps import RESULT_STEP, Step, StepLog
from darksocial.engines._streams import computed_ahead, pieces, result_schema
from darksocial.errors import DarkSocialError, InputError, OutputError
from darksocial.expressions import ir
from darksocial.expressions import table as named_table
from darksocial.expressions.compiled import (
    Compiled,
    arrow_schema,
    column_list,
    columns_of,
    compiled,
)
from darksocial.inputs.accounts import Inputs
from darksocial.language import gettext as _
from darksocial.parser import Parsing
from darksocial.parser.connection import prepare
from darksocial.parser.hits import PARSED, parser_sql
from darksocial.parser.sums import requests_query, requests_schema
from darksocial.privacy.lines import redacted
from darksocial.reading.cells import lines_schema
from darksocial.reading.progress import Progress
from darksocial.results.parquet import first_damaged, write_days, write_file
from darksocial.scratch.folder import Scratch
from darksocial.settings import Goal, Resources

# Rows per batch that is fetched: large enough that Arrow's overhead does not show.
FETCHED_BATCH_ROWS = 32_768
# What tables may take, and the least that each thread needs:
# https://duckdb.org/docs/1.4/guides/performance/environment.html
TABLES_MEMORY_MB = 350
MEMORY_MB_PER_THREAD = 125
MEMORY_GROWTH_FACTOR = 1.5
# The rest is for the process itself and for other programs on the machine.
MAX_MACHINE_MEMORY_PROPORTION = 0.8
# If there are more rows per line, the log holds little but page views, and summing up is not worth
# its time. With 0.53, on a log with the proportions of a real site, it saves 5% of an analysis.
SUM_UP_MAX_RATIO = 0.75
# How the system reports a full disk, within the messages of DuckDB and Arrow.
NO_SPACE_REASON = "No space left"
T = TypeVar("T")


class DuckDBEngine:
    """Runs everything in one DuckDB database, which is deleted by `close`.

    Parsed lines are stored in the database on disk, compressed; tables that are staged later stay
    in memory as long as there is room.
    """

    storage = None

    def __init__(self, resources: Resources | None = None, *, scratch: Path | None = None) -> None:
        self._scratch = Scratch(scratch)
        database = self._scratch.path / "scratch.duckdb"
        self._connection = duckdb.connect(
            database, config={"temp_directory": str(self._scratch.path)}
        )
        prepare(self._connection)
        self._statements = Statements(self._connection)
        self._names = Names(self._statements, self._errors)
        # Names in SQL are tables alone, never variables of Python.
        self._connection.execute("SET python_enable_replacements = false")
        # The database is deleted in the end: to write its state is of no use, then or before.
        self._connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        self._connection.execute("SET checkpoint_threshold = '1TB'")
        self._files_read: list[Path] = []
        self._group_files = count()
        self._log = StepLog("duckdb")
        resources = resources or Resources()
        if resources.threads:
            self._connection.execute("SET threads = ?", [resources.threads])
        [(threads,)] = self._connection.execute("SELECT current_setting('threads')").fetchall()
        least_mb = max(TABLES_MEMORY_MB, MEMORY_MB_PER_THREAD * threads)
        self._limit_mb = 0 if resources.memory_limit else least_mb
        self._connection.execute(
            "SET memory_limit = ?", [resources.memory_limit or f"{self._limit_mb}MB"]
        )

    def parse_hits(self, lines: Inputs, progress: Progress | None = None) -> ir.Table:
        name = self._names.new("parsed")
        parsed = self._created(name, PARSED.empty_table())
        with self._one_transaction("parsed"):
            for stream in lines.streams(progress):
                for piece in pieces(stream.batches):
                    self._parse(name, parser_sql(stream.parsing), stream.parsing, piece)
        return parsed

    def parse_requests(
        self,
        lines: Inputs,
        goals: Sequence[Goal] = (),
        progress: Progress | None = None,
        *,
        each_line: bool = False,
        of_goals: bool = False,
    ) -> ir.Table:
        goals = tuple(goals)
        name, all_rows = self._names.new("requests"), 0
        requests = self._created(name, requests_schema(goals, of_goals).empty_table())
        with self._one_transaction("requests"):
            for stream in lines.streams(progress):
                for piece in pieces(stream.batches):
                    query = requests_query(
                        stream.parsing, goals, each_line=each_line, of_goals=of_goals
                    )
                    rows, line_count = self._parse(name, query, stream.parsing, piece)
                    each_line = each_line or rows >= SUM_UP_MAX_RATIO * line_count
                    all_rows += rows
        self._names.note_rows(name, all_rows)
        return requests

    def _parse(
        self, name: str, query: str, parsing: Parsing, piece: Iterator[pa.RecordBatch]
    ) -> tuple[int, int]:
        """Insert the rows of a piece; return how many rows there are, and of how many lines."""
        line_counts: list[int] = []

        def counted() -> Iterator[pa.RecordBatch]:
            for batch in piece:
                line_counts.append(batch.num_rows)
                yield batch

        schema = lines_schema(len(parsing.cells))
        reader = pa.RecordBatchReader.from_batches(schema, counted())
        self._connection.register("lines", reader)
        with self._log.step(name, query) as step:
            step.rows = self._count(f"INSERT INTO {name} BY NAME {query}")
        self._connection.unregister("lines")
        return step.rows, sum(line_counts)

    @contextmanager
    def _one_transaction(self, step: str) -> Iterator[None]:
        """Insert all pieces in one transaction, because each commit writes to disk."""
        with self._errors(step):
            self._connection.begin()
            yield
            self._connection.commit()

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Forget at the end of the block what was named in it, so that the names are free again.

        What is asked in two such blocks alike has the same SQL, over the tables from before them.
        """
        before, files_before = self._names.copy(), len(self._files_read)
        with self._statements.repeated():
            yield
        with self._one_transaction("forget"):
            self._names.forget(before)
        for file in self._files_read[files_before:]:
            if file.parent == self._scratch.path:
                file.unlink()
        del self._files_read[files_before:]

    def load(self, name: str, table: pa.Table) -> ir.Table:
        with self._log.step(name) as step:
            step.rows = table.num_rows
            return self._loaded(name, table)

    def _loaded(self, name: str, table: pa.Table) -> ir.Table:
        name, columns = self._names.new(name), columns_of(table.schema)
        if table.num_rows:
            return self._created(name, table)
        self._names.make_empty(name, columns)
        return named_table(name, columns)

    def _created(self, name: str, table: pa.Table) -> ir.Table:
        query = f"CREATE TABLE {name} AS SELECT * FROM loaded"
        with self._errors(name):
            self._connection.register("loaded", table)
            self._retried(name, lambda: self._statements.run(query))
            self._connection.unregister("loaded")
        return named_table(name, columns_of(table.schema))

    def read(self, name: str, files: Sequence[Path]) -> ir.Table:
        name = self._names.new(name, "VIEW")
        names = [str(file) for file in files]
        self._files_read += files
        with self._errors(name):
            rows = self._connection.read_parquet(names, hive_partitioning=False, union_by_name=True)
            rows.create_view(name)
            schema = rows.limit(0).to_arrow_table().schema
        return named_table(name, columns_of(schema))

    def view(self, name: str, expression: ir.Table) -> ir.Table:
        name, query = self._names.new(name, "VIEW"), compiled(expression)
        if self._names.has_no_rows(query):
            self._names.make_empty(name, query.columns)
        else:
            self._names.make_later(name, f"CREATE TEMP VIEW {name} AS {query.sql}")
        return named_table(name, query.columns)

    def stage(self, name: str, expression: ir.Table) -> ir.Table:
        return self._staged(name, expression, "TEMP TABLE")

    def stage_on_disk(self, name: str, expression: ir.Table) -> ir.Table:
        """Stage an expression as parsed lines are: compressed, in the database on disk."""
        return self._staged(name, expression, "TABLE")

    def _staged(self, name: str, expression: ir.Table, kind: str) -> ir.Table:
        name, query = self._names.new(name), compiled(expression)

        def make() -> int:
            self._statements.run(f"CREATE {kind} {name} ({column_list(query.columns)})")
            return self._count(f"INSERT INTO {name} {query.sql}")

        with self._step(name, query.sql) as step:
            if self._names.prepare(query):
                step.rows = self._retried(name, make)
                self._names.note_rows(name, step.rows)
            else:
                self._names.make_empty(name, query.columns)
        return named_table(name, query.columns)

    def _count(self, insert: str) -> int:
        """Run an INSERT and return how many rows it wrote."""
        [(rows,)] = self._statements.run(insert).fetchall()
        return int(rows)

    def _retried(self, table: str | None, make: Callable[[], T]) -> T:
        """Make a `table`, or fetch rows, again with more memory as long as it lacks memory."""
        while True:
            try:
                return make()
            except duckdb.OutOfMemoryException:
                if not self._raises_limit():
                    raise
                if table:
                    self._connection.execute(f'DROP TABLE IF EXISTS "{table}"')

    def _raises_limit(self) -> bool:
        """Raise the memory limit of tables by a factor, and return whether that was possible.

        It is not if the user has set the limit, or if the machine has too little.
        """
        machine_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6
        more_mb = self._limit_mb * MEMORY_GROWTH_FACTOR
        if not 0 < more_mb <= machine_mb * MAX_MACHINE_MEMORY_PROPORTION:
            return False
        self._limit_mb = round(more_mb)
        self._connection.execute("SET memory_limit = ?", [f"{self._limit_mb}MB"])
        return True

    def look_up(self, name: str, keys: ir.Table, function: RowFunction) -> ir.Table:
        query = compiled(keys)
        with self._log.step(name, query.sql) as step:
            batches = self._translated(name, self._batches_of(query))
            rows = [function(batch) for batch in batches]
            schema = None if rows else result_schema(arrow_schema(query.columns), function)
            table = pa.Table.from_batches(rows, schema)
            step.rows = table.num_rows
            return self._loaded(name, table)

    def look_up_groups(
        self,
        name: str,
        table: ir.Table,
        group: Sequence[str],
        order: Sequence[str],
        function: RowFunction,
    ) -> ir.Table:
        file = self._scratch.path / f"{name}_groups_{next(self._group_files)}.parquet"
        query = compiled(table.order_by([*group, *order]))
        schema = result_schema(arrow_schema(query.columns), function)
        opened = partial(pq.ParquetWriter, file, schema, compression="none")
        with self._step(name, query.sql) as step, opened() as writer:
            for batch in whole_groups(self._batches_of(query), group):
                rows = function(batch)
                writer.write_batch(rows)
                step.rows += rows.num_rows
        return self.read(name, [file])

    def fetch(self, expression: ir.Table, step: str = RESULT_STEP) -> pa.Table:
        query = compiled(expression)
        schema = arrow_schema(query.columns)
        with self._step(step, query.sql) as running:
            if not self._names.prepare(query):
                return schema.empty_table()
            rows = self._retried(None, lambda: self._statements.whole(query.sql))
            running.rows = rows.num_rows
            return rows.cast(schema)

    def batches(self, expression: ir.Table, step: str = RESULT_STEP) -> Iterator[pa.RecordBatch]:
        query = compiled(expression)
        with self._step(step, query.sql) as running:
            for batch in self._batches_of(query):
                running.rows += batch.num_rows
                with running.paused():
                    yield batch

    def _batches_of(self, query: Compiled) -> Iterator[pa.RecordBatch]:
        """Return the rows of a query in the types of its columns.

        The query is repeated with more memory if it lacks memory before the first row.
        """
        schema = arrow_schema(query.columns)
        if not self._names.prepare(query):
            return
        while True:
            reader = self._statements.streamed(query.sql, FETCHED_BATCH_ROWS)
            try:
                first = next(reader, None)
                break
            except (duckdb.OutOfMemoryException, OSError) as error:
                if "Out of Memory" not in str(error) or not self._raises_limit():
                    raise
        if first is not None:
            for batch in chain([first], reader):
                yield batch.cast(schema)

    def write(self, table: Written, place: str) -> None:
        ordered = table.rows.order_by(list(table.order))
        rows = self.batches(ordered, f"write {table.contract.name}")
        # Where writing fails, the thread that computes ahead must be done with the connection.
        with closing(computed_ahead(map(table.finish, rows))) as finished:
            if table.day:
                schema = table.contract.arrow
                write_days(Path(place), table.contract.name, schema, table.day, finished)
            else:
                write_file(Path(place), table.contract.arrow, finished)

    @contextmanager
    def _step(self, name: str, sql: str = "") -> Iterator[Step]:
        """Log the block as a step, and name the step in its errors."""
        with self._errors(name), self._log.step(name, sql) as step:
            yield step

    @contextmanager
    def _errors(self, step: str) -> Iterator[None]:
        """Translate the exceptions of DuckDB and Arrow into errors that name the step."""
        try:
            yield
        except (duckdb.Error, OSError) as error:
            raise self._failure(error, step) from error

    def _translated(self, step: str, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Translate the errors of what yields batches, but not of what is done with them."""
        with self._errors(step):
            yield from batches

    def _failure(self, error: duckdb.Error | OSError, step: str) -> DarkSocialError:
        """Return the error to raise. Arrow raises OSError for everything."""
        reason = redacted(str(error).partition("\n")[0])
        if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory" in reason:
            return OutputError(
                _("The memory limit is too low for the step {step}: {reason}").format(
                    step=step, reason=reason
                ),
                expected=_("about 50 MB per million lines, and at least 125 MB per thread"),
                advice=_("a higher `memory_limit`, or fewer `threads`"),
            )
        if NO_SPACE_REASON not in reason and (damaged := first_damaged(self._files_read)):
            return InputError(
                _("{path} cannot be read: {reason}").format(
                    path=damaged.path, reason=damaged.reason
                ),
                expected=_("a Parquet file as darksocial wrote it"),
                advice=_("`darksocial store verify` names all that are damaged; restore them"),
            )
        if isinstance(error, duckdb.IOException | duckdb.TransactionException | OSError):
            return OutputError(
                _(
                    "The scratch folder {folder} could not be written in the step {step}: {reason}"
                ).format(folder=self._scratch.path, step=step, reason=reason),
                expected=_("room for about a tenth of the input's size, decompressed"),
                advice=_("TMPDIR=FOLDER on another disk"),
            )
        return DarkSocialError(
            _("DuckDB failed in the step {step}: {reason}").format(step=step, reason=reason),
            expected=_("no such failure: this is a fault of darksocial, or of the machine"),
            advice=_("report it, with the step's SQL, which is logged at level DEBUG"),
        )

    def close(self) -> None:
        self._connection.close()
        self._scratch.close()


ENGINE = EngineKind("duckdb", DuckDBEngine)
