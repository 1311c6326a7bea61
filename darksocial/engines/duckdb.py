"""The default engine: DuckDB inside the process, with a scratch database on disk.

The scratch database lets memory stay bounded: DuckDB compresses and evicts what it holds there.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from darksocial.engines import LineCounts, LineStream, RowFunction
from darksocial.engines.parser.clients import client_behind
from darksocial.engines.parser.facts import requests_sql
from darksocial.engines.parser.hits import Parsing, parser_sql
from darksocial.errors import OutputError
from darksocial.grammar.escapes import unescape
from darksocial.reading import LINES
from darksocial.settings import Goal, Resources

BATCH_ROWS = 65_536
ROOM = (duckdb.IOException, duckdb.TransactionException, duckdb.OutOfMemoryException)


class DuckDBEngine:
    """Runs everything in one DuckDB database, which is deleted by `close`."""

    def __init__(self, resources: Resources | None = None, *, scratch: Path | None = None) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="darksocial-", dir=scratch)
        database = Path(self._scratch.name) / "scratch.duckdb"
        self._ibis = ibis.duckdb.connect(database, temp_directory=self._scratch.name)
        self._connection = self._ibis.con
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET preserve_insertion_order = false")
        resources = resources or Resources()
        self._connection.execute("SET memory_limit = ?", [resources.memory_limit])
        if resources.threads:
            self._connection.execute("SET threads = ?", [resources.threads])
        self._connection.create_function(
            "unescape", _unescaped, ["VARCHAR"], "VARCHAR", type="arrow"
        )
        self._connection.create_function(
            "client_behind",
            client_behind,
            ["VARCHAR", "VARCHAR", "VARCHAR"],
            "VARCHAR",
            type="arrow",
            null_handling="special",
        )

    def parse_hits(self, streams: Iterable[LineStream]) -> ir.Table:
        return self._parse("parsed", streams, lambda parsed, _: parsed)

    def parse_requests(self, streams: Iterable[LineStream], goals: Sequence[Goal] = ()) -> ir.Table:
        return self._parse(
            "requests",
            streams,
            lambda parsed, how: requests_sql(parsed, how.records, goals),
        )

    def _parse(
        self, name: str, streams: Iterable[LineStream], query: Callable[[str, Parsing], str]
    ) -> ir.Table:
        created = False
        for stream in streams:
            target = f"INSERT INTO {name}" if created else f"CREATE TABLE {name} AS"
            self._connection.register("lines", _reader(stream))
            with self._told():
                self._connection.execute(f"{target} {query(parser_sql(stream.how), stream.how)}")
            self._connection.unregister("lines")
            created = True
        return self._ibis.table(name)

    def count_lines(self, parsed: ir.Table) -> dict[int, LineCounts]:
        blank = parsed.reason.isin(("blank", "comment"))
        counted = parsed.group_by("file").agg(
            hits=parsed.reason.isnull().sum(),
            blanks=blank.fill_null(False).sum(),
            lines=parsed.count(),
        )
        return {
            row["file"]: LineCounts(
                row["hits"], row["lines"] - row["hits"] - row["blanks"], row["blanks"]
            )
            for row in self.fetch(counted).to_pylist()
        }

    def load(self, name: str, table: pa.Table) -> ir.Table:
        self._connection.register("loaded", table)
        with self._told():
            self._connection.execute(f"CREATE TABLE {name} AS SELECT * FROM loaded")
        self._connection.unregister("loaded")
        return self._ibis.table(name)

    def read(self, name: str, files: Sequence[Path]) -> ir.Table:
        names = [str(file) for file in files]
        return self._ibis.read_parquet(names, table_name=name, hive_partitioning=False)

    def stage(self, name: str, expression: ir.Table) -> ir.Table:
        with self._told():
            return self._ibis.create_table(name, expression, temp=True)

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
        file = Path(self._scratch.name) / f"{name}.parquet"
        groups = _whole_groups(self.batches(table.order_by([*group, *order])), group)
        first = function(pa.RecordBatch.from_pylist([], schema=table.schema().to_pyarrow()))
        with pq.ParquetWriter(file, first.schema, compression="none") as writer:
            for batch in groups:
                writer.write_batch(function(batch))
        return self._ibis.read_parquet(file, table_name=name)

    def fetch(self, expression: ir.Table) -> pa.Table:
        return pa.Table.from_batches(self.batches(expression), expression.schema().to_pyarrow())

    def batches(self, expression: ir.Table) -> Iterator[pa.RecordBatch]:
        schema = expression.schema().to_pyarrow()
        with self._told():
            relation = self._connection.sql(self._ibis.compile(expression))
            for batch in relation.to_arrow_reader(BATCH_ROWS):
                yield batch.cast(schema)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say where room was lacking, on the disk or in memory."""
        try:
            yield
        except ROOM as error:
            raise OutputError(
                f"the scratch folder {self._scratch.name} could not be written: {error}",
                expected="room for about a tenth of the input's size, decompressed",
                advice="TMPDIR=FOLDER on another disk, or another --memory-limit",
            ) from error

    def close(self) -> None:
        self._ibis.disconnect()
        self._scratch.cleanup()


def _reader(stream: LineStream) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(LINES, stream.batches)


def _whole_groups(
    batches: Iterable[pa.RecordBatch], group: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """Cut batches that are sorted by group anew, so that no group goes beyond one of them."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        start = _last_start(batch, group)
        if held and (start or _differ(held[-1], -1, batch, 0, group)):
            yield pa.concat_batches([*held, batch.slice(0, start)])
            held = []
        elif start:
            yield batch.slice(0, start)
        held.append(batch.slice(start))
    if held:
        yield pa.concat_batches(held)


def _last_start(batch: pa.RecordBatch, group: Sequence[str]) -> int:
    """The row with which the last group of a batch begins."""
    starts = 0
    for name in group:
        column = batch.column(name)
        changes = pc.indices_nonzero(pc.not_equal(column[1:], column[:-1]))
        starts = max(starts, changes[-1].as_py() + 1 if len(changes) else 0)
    return starts


def _differ(
    left: pa.RecordBatch, at: int, right: pa.RecordBatch, place: int, group: Sequence[str]
) -> bool:
    return any(
        left.column(name)[left.num_rows + at].as_py() != right.column(name)[place].as_py()
        for name in group
    )


def _unescaped(texts: pa.Array) -> pa.Array:
    values = (None if text is None else unescape(text) for text in texts.to_pylist())
    return pa.array(values, pa.string())


def _no_rows(keys: ir.Table, function: RowFunction) -> pa.Table:
    schema = keys.schema().to_pyarrow()
    return pa.Table.from_batches([function(pa.RecordBatch.from_pylist([], schema=schema))])
