"""The default engine: DuckDB inside the process, with a scratch database on disk.

The scratch database lets memory stay bounded: DuckDB compresses and evicts what it holds there.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain, count
from pathlib import Path
from typing import TypeVar

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from darksocial.engines import EngineKind, RowFunction, Written
from darksocial.engines._groups import whole_groups
from darksocial.engines._steps import logged
from darksocial.engines._streams import made_ahead, pieces
from darksocial.errors import DarkSocialError, InputError, OutputError
from darksocial.inputs.accounts import Inputs
from darksocial.parser.connection import prepare
from darksocial.parser.hits import PARSED, parser_sql
from darksocial.parser.sums import requests_query, requests_schema
from darksocial.reading import LINES
from darksocial.reading.progress import Progress
from darksocial.results.parquet import first_damaged, write_days, write_file
from darksocial.scratch.folder import Scratch
from darksocial.settings import Goal, Resources

BATCH_ROWS = 32_768
LIMIT_MB = 700
A_THREAD_MB = 125
"""What tables may take, and what each thread needs at the least:
https://duckdb.org/docs/1.4/guides/performance/environment.html"""
GROWTH = 1.5
ROWS_A_LINE = 0.5
"""From here on summing up saves nothing, and only takes time: the log is one of page views."""
PART_OF_MACHINE = 0.8
EXPRESSIONS_KEPT = 1024
NO_ROOM = "No space left"
T = TypeVar("T")


class DuckDBEngine:
    """Runs everything in one DuckDB database, which is deleted by `close`.

    What is parsed goes to the database on disk, compressed; what is staged after it stays in
    memory as long as there is room.
    """

    storage = None

    def __init__(self, resources: Resources | None = None, *, scratch: Path | None = None) -> None:
        self._scratch = Scratch(scratch)
        database = self._scratch.path / "scratch.duckdb"
        self._ibis = ibis.duckdb.connect(database, temp_directory=str(self._scratch.path))
        self._connection = self._ibis.con
        prepare(self._connection)
        self._connection.execute("SET preserve_insertion_order = false")
        self._files_read: list[Path] = []
        self._names: set[str] = set()
        resources = resources or Resources()
        if resources.threads:
            self._connection.execute("SET threads = ?", [resources.threads])
        [(threads,)] = self._connection.execute("SELECT current_setting('threads')").fetchall()
        self._limit_mb = 0 if resources.memory_limit else max(LIMIT_MB, A_THREAD_MB * threads)
        self._connection.execute(
            "SET memory_limit = ?", [resources.memory_limit or f"{self._limit_mb}MB"]
        )

    def parse_hits(self, lines: Inputs, progress: Progress | None = None) -> ir.Table:
        parsed = self.load("parsed", PARSED.empty_table())
        with self._at_once("parsed"):
            for stream in lines.streams(progress):
                for piece in pieces(stream.batches):
                    self._parse(parsed.get_name(), parser_sql(stream.how), piece)
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
        requests = self.load("requests", requests_schema(of_goals).empty_table())
        with self._at_once("requests"):
            for stream in lines.streams(progress):
                for piece in pieces(stream.batches):
                    query = requests_query(
                        stream.how, goals, each_line=each_line, of_goals=of_goals
                    )
                    rows, parsed = self._parse(requests.get_name(), query, piece)
                    each_line = each_line or rows >= ROWS_A_LINE * parsed
        return requests

    def _parse(self, name: str, query: str, piece: Iterator[pa.RecordBatch]) -> tuple[int, int]:
        """Insert what the query makes of a piece; return how many rows of how many lines."""
        read: list[int] = []

        def counted() -> Iterator[pa.RecordBatch]:
            for batch in piece:
                read.append(batch.num_rows)
                yield batch

        reader = pa.RecordBatchReader.from_batches(LINES, counted())
        self._connection.register("lines", reader)
        insert = f"INSERT INTO {name} BY NAME {query}"
        rows = logged(name, insert, lambda: self._count(insert))
        self._connection.unregister("lines")
        return rows, sum(read)

    @contextmanager
    def _at_once(self, step: str) -> Iterator[None]:
        """One transaction for all pieces: each commit writes what it has."""
        with self._told(step):
            self._connection.begin()
            yield
            self._connection.commit()

    def _new_name(self, name: str) -> str:
        """Return the name, with a number where there is such a table: earlier ones stay."""
        free = next(
            other
            for other in chain([name], (f"{name}_{number}" for number in count(2)))
            if other not in self._names
        )
        self._names.add(free)
        return free

    def load(self, name: str, table: pa.Table) -> ir.Table:
        name = self._new_name(name)
        self._connection.register("loaded", table)
        query = f"CREATE TABLE {name} AS SELECT * FROM loaded"
        self._made(name, lambda: self._connection.execute(query))
        self._connection.unregister("loaded")
        return ibis.table(ibis.schema(table.schema), name)

    def read(self, name: str, files: Sequence[Path]) -> ir.Table:
        name = self._new_name(name)
        names = [str(file) for file in files]
        self._files_read += files
        with self._told():
            found = self._ibis.read_parquet(
                names, table_name=name, hive_partitioning=False, union_by_name=True
            )
        return ibis.table(found.schema(), name)

    def view(self, name: str, expression: ir.Table) -> ir.Table:
        name = self._new_name(name)
        self._connection.execute(f"CREATE TEMP VIEW {name} AS {_sql_of(expression.op())}")
        return ibis.table(expression.schema(), name)

    def stage(self, name: str, expression: ir.Table) -> ir.Table:
        name = self._new_name(name)
        schema = expression.schema()
        columns = ", ".join(
            column.sql("duckdb") for column in schema.to_sqlglot_column_defs("duckdb")
        )
        query = _sql_of(expression.op())

        def make() -> int:
            self._connection.execute(f"CREATE TEMP TABLE {name} ({columns})")
            return self._count(f"INSERT INTO {name} {query}")

        logged(name, query, lambda: self._made(name, make))
        return ibis.table(schema, name)

    def _count(self, insert: str) -> int:
        """Run an INSERT and return how many rows it wrote."""
        [(rows,)] = self._connection.execute(insert).fetchall()
        return int(rows)

    def _made(self, name: str, make: Callable[[], T]) -> T:
        """Make a table; where memory is lacking, again with more."""
        with self._told(name):
            while True:
                try:
                    return make()
                except duckdb.OutOfMemoryException:
                    if not self._takes_more():
                        raise
                    self._connection.execute(f'DROP TABLE IF EXISTS "{name}"')

    def _takes_more(self) -> bool:
        """Raise the memory that tables may take by `GROWTH`, unless the user has set a limit."""
        machine_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6
        if not 0 < self._limit_mb * GROWTH <= machine_mb * PART_OF_MACHINE:
            return False
        self._limit_mb = round(self._limit_mb * GROWTH)
        self._connection.execute("SET memory_limit = ?", [f"{self._limit_mb}MB"])
        return True

    def look_up(self, name: str, keys: ir.Table, function: RowFunction) -> ir.Table:
        rows = [function(batch) for batch in self.batches(keys)]
        return self.load(name, pa.Table.from_batches(rows) if rows else _no_rows(keys, function))

    def look_up_groups(
        self,
        name: str,
        table: ir.Table,
        group: Sequence[str],
        order: Sequence[str],
        function: RowFunction,
    ) -> ir.Table:
        file = self._scratch.path / f"{self._new_name(f'{name}_groups')}.parquet"
        groups = whole_groups(self.batches(table.order_by([*group, *order])), group)
        schema = _no_rows(table, function).schema
        with self._told(), pq.ParquetWriter(file, schema, compression="none") as writer:
            for batch in groups:
                writer.write_batch(function(batch))
        return self.read(name, [file])

    def fetch(self, expression: ir.Table) -> pa.Table:
        return pa.Table.from_batches(self.batches(expression), expression.schema().to_pyarrow())

    def batches(self, expression: ir.Table) -> Iterator[pa.RecordBatch]:
        schema = expression.schema().to_pyarrow()
        with self._told():
            for batch in self._reader_of(_sql_of(expression.op())):
                yield batch.cast(schema)

    def _reader_of(self, query: str) -> Iterator[pa.RecordBatch]:
        """The rows of a query; it is asked again where memory was lacking before the first row."""
        while True:
            reader = self._connection.sql(query).to_arrow_reader(BATCH_ROWS)
            try:
                first = next(reader, None)
                break
            except (duckdb.OutOfMemoryException, OSError) as error:
                if "Out of Memory" not in str(error) or not self._takes_more():
                    raise
        if first is not None:
            yield first
            yield from reader

    def write(self, table: Written, place: str) -> None:
        ordered = table.rows.order_by(list(table.order))
        finished = made_ahead(map(table.finish, self.batches(ordered)))
        if table.day:
            schema = table.contract.arrow
            write_days(Path(place), table.contract.name, schema, table.day, finished)
        else:
            write_file(Path(place), table.contract.arrow, finished)

    @contextmanager
    def _told(self, step: str = "") -> Iterator[None]:
        """Translate what DuckDB and Arrow raise: too little room, or a file that is damaged.

        The message ends with the name of the step, if there is one.
        """
        try:
            yield
        except (duckdb.Error, OSError) as error:
            if failure := self._failure(error, f" (in step {step})" if step else ""):
                raise failure from error
            raise

    def _failure(self, error: duckdb.Error | OSError, where: str) -> DarkSocialError | None:
        """What an error means; None if nothing is known of it. Arrow has OSError for all."""
        reason = _first_line(error)
        if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory" in reason:
            return OutputError(
                f"the memory limit is too low for this input: {reason}{where}",
                expected="some 50 MB for each million lines, and 125 MB for each thread at least",
                advice="a higher `memory_limit`, or fewer `threads`",
            )
        if NO_ROOM not in reason and (damaged := first_damaged(self._files_read)):
            return InputError(
                f"{damaged.path} cannot be read: {damaged.reason}",
                expected="a Parquet file as darksocial wrote it",
                advice="`darksocial store verify` names all that are damaged; restore them",
            )
        if isinstance(error, duckdb.IOException | duckdb.TransactionException | OSError):
            return OutputError(
                f"the scratch folder {self._scratch.path} could not be written: {reason}{where}",
                expected="room for about a tenth of the input's size, decompressed",
                advice="TMPDIR=FOLDER on another disk",
            )
        return None

    def close(self) -> None:
        self._ibis.disconnect()
        self._scratch.close()


ENGINE = EngineKind("duckdb", DuckDBEngine)


@lru_cache(maxsize=EXPRESSIONS_KEPT)
def _sql_of(operation: ops.Node) -> str:
    """Return the SQL of an expression. Compiling takes a third of a small analysis, and operations
    that say the same are equal: a process that analyses again compiles only what is new."""
    return str(ibis.to_sql(operation.to_expr(), dialect="duckdb", pretty=False))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _no_rows(keys: ir.Table, function: RowFunction) -> pa.Table:
    schema = keys.schema().to_pyarrow()
    return pa.Table.from_batches([function(pa.RecordBatch.from_pylist([], schema=schema))])
