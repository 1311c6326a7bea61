"""PySpark: the same work on a cluster, for what is too much for one machine.

Relational work is compiled by Ibis to Spark's SQL. Row-local work runs in mapInArrow
(_workers.py). What is staged are Parquet files in a scratch folder that all workers reach: plans
stay short, memory bounded, and nothing is lost with a worker. Only `fetch` brings rows to the
driver.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa

from darksocial.engines import EngineKind, RowFunction, Written
from darksocial.engines._spark_session import open_session, spark_errors
from darksocial.engines._workers import BATCH_ROWS, READ, Parser, applied, applied_in_order
from darksocial.errors import DarkSocialError, InputError, OutputError, UsageError
from darksocial.inputs.accounts import Inputs
from darksocial.parser import Parsing
from darksocial.parser.hits import PARSED, parser_sql
from darksocial.parser.sums import requests_query, requests_schema
from darksocial.reading import is_uri
from darksocial.reading.progress import Progress
from darksocial.schema import TIME
from darksocial.scratch.folder import Scratch
from darksocial.settings import Goal, Resources

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH_ROWS),
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
}
"""Of this engine's session; those of the session that it was given stay as they are."""
UNMARKED = "mapreduce.fileoutputcommitter.marksuccessfuljobs"
SCRATCH = "spark.darksocial.scratch"


class SparkEngine:
    """Runs everything in a Spark session of its own, beside the one that is there or started."""

    def __init__(self, resources: Resources | None = None) -> None:
        self._folder = Scratch()
        given, self._started = open_session(resources or Resources(), self._folder.path)
        # Only now: without PySpark open_session says what to install.
        from darksocial.engines._hadoop import HadoopStorage

        # No rows go through pandas here.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        self._given = given
        self._session = given.newSession()
        told = {name: value for name, value in given.conf.getAll.items() if "spark.sql." in name}
        for name, value in {**told, **SETTINGS}.items():
            if self._session.conf.isModifiable(name):
                self._session.conf.set(name, value)
        self._ibis = ibis.pyspark.connect(self._session)
        self._ibis.compiler = _compiler()
        self.storage = HadoopStorage(self._session)
        self._is_local, self._scratch = _scratch(given, self._folder.path)
        self._numbers = count()

    def parse_hits(self, lines: Inputs, progress: Progress | None = None) -> ir.Table:
        return self._parse("parsed", lines, parser_sql, PARSED, progress)

    def parse_requests(
        self,
        lines: Inputs,
        goals: Sequence[Goal] = (),
        progress: Progress | None = None,
        *,
        each_line: bool = False,
        of_goals: bool = False,
    ) -> ir.Table:
        query = partial(requests_query, goals=tuple(goals), each_line=each_line, of_goals=of_goals)
        return self._parse("requests", lines, query, requests_schema(of_goals), progress)

    def load(self, name: str, table: pa.Table) -> ir.Table:
        return self._table(name, self._session.createDataFrame(table))

    def view(self, name: str, expression: ir.Table) -> ir.Table:
        return self._table(name, self._frame(expression))

    def stage(self, name: str, expression: ir.Table) -> ir.Table:
        return self._kept(name, self._frame(expression))

    def look_up(self, name: str, keys: ir.Table, function: RowFunction) -> ir.Table:
        none = pa.RecordBatch.from_pylist([], schema=keys.schema().to_pyarrow())
        schema = function(none).schema
        return self._kept(name, self._mapped(self._frame(keys), function, schema))

    def look_up_groups(
        self,
        name: str,
        table: ir.Table,
        group: Sequence[str],
        order: Sequence[str],
        function: RowFunction,
    ) -> ir.Table:
        none = pa.RecordBatch.from_pylist([], schema=table.schema().to_pyarrow())
        schema = _spark_schema(function(none).schema)

        def of_group(rows: pa.Table) -> pa.Table:  # Spark reads these types
            return applied_in_order(rows, order, function)

        frame = self._frame(table).groupBy(*group).applyInArrow(of_group, schema)
        return self._kept(name, frame)

    def read(self, name: str, files: Sequence[Path]) -> ir.Table:
        places = [f"file://{file.absolute()}" for file in files]
        return self._table(name, self._session.read.option("mergeSchema", True).parquet(*places))

    def fetch(self, expression: ir.Table) -> pa.Table:
        with spark_errors(DarkSocialError, "compute a result"):
            return self._frame(expression).toArrow().cast(_arrow_schema(expression))

    def batches(self, expression: ir.Table) -> Iterator[pa.RecordBatch]:
        """Return the rows by way of scratch files, which are read one after the other."""
        from pyarrow import parquet

        schema = _arrow_schema(expression)
        place = f"{self._scratch}/{self._unique('handed_out')}"
        with spark_errors(DarkSocialError, "compute a result"):
            self._frame(expression).write.option(UNMARKED, "false").parquet(place)
        for name in sorted(self.storage.entries(place)):
            if not name.startswith((".", "_")):
                with self.storage.open(f"{place}/{name}") as file:
                    for batch in parquet.ParquetFile(file).iter_batches(BATCH_ROWS):
                        yield batch.cast(schema)
        self.storage.delete(place)

    def write(self, table: Written, place: str) -> None:
        uri = place if is_uri(place) else f"file://{Path(place).absolute()}"
        self._check_reached(uri, place)
        with spark_errors(OutputError, f"write {place}"):
            if table.day:
                writer = self._by_day(table, table.day).write.partitionBy("date")
            else:
                ordered = self._frame(table.rows.order_by(list(table.order)))
                writer = self._mapped(ordered, table.finish, table.contract.arrow).write
            writer.option(UNMARKED, "false").parquet(uri)
        if not is_uri(place):
            Path(place).mkdir(exist_ok=True)
            for checksum in Path(place).rglob(".*.crc"):
                checksum.unlink()

    def close(self) -> None:
        self.storage.delete(self._scratch)
        if self._started:
            self._given.stop()
        self._folder.close()

    def _parse(
        self,
        name: str,
        lines: Inputs,
        query: Callable[[Parsing], str],
        parsed: pa.Schema,
        progress: Progress | None,
    ) -> ir.Table:
        files = {file.number: file for file in lines.files}
        schema = pa.schema([*parsed, *READ])
        place = f"{self._scratch}/{self._unique(name)}"
        with spark_errors(InputError, "read the input"):
            for frame in self._parsed(Parser(files, query, schema)):
                frame.write.mode("append").parquet(place)
            read = self._session.read.schema(_spark_schema(schema)).parquet(place)
        everything = self._table(f"{name}_read", read)
        self._take_stock(lines, everything)
        if progress:
            progress(sum(file.file.size or 0 for file in lines.files))
        return everything.filter(everything.read.isnull()).drop(*READ.names)

    def _parsed(self, parser: Parser) -> Iterator["DataFrame"]:
        """The parsed lines of all files, by the ways in which Spark reads them."""
        from darksocial.engines import _splits

        files = list(parser.files.values())
        split = [file for file in files if _splits.is_split(file)]
        whole = [file for file in files if not _splits.is_split(file)]
        here = [file for file in whole if file.file.storage is None]
        elsewhere = [file for file in whole if file.file.storage is not None]
        schema = _spark_schema(parser.schema)
        sent = parser.sent()
        if split:
            lines = _splits.split_lines(self._session, split)
            yield lines.mapInArrow(sent.of_splits, schema)
        if here:
            numbers = [file.number for file in here]
            function = partial(sent.of_files, numbers=numbers, folder=str(Path.cwd()))
            yield self._session.range(0, len(here), 1, len(here)).mapInArrow(function, schema)
        if elsewhere:
            numbers_at = _splits.numbers_by_uri(elsewhere)
            function = partial(sent.of_contents, numbers=numbers_at)
            yield _splits.contents(self._session, elsewhere).mapInArrow(function, schema)

    def _take_stock(self, lines: Inputs, everything: ir.Table) -> None:
        """Set how many lines of each file were read, and what was wrong with it."""
        marks = everything.filter(everything.read.notnull())
        counted = marks.group_by("file").agg(read=marks.read.sum(), warning=marks.warning.max())
        found = {row["file"]: row for row in self.fetch(counted).to_pylist()}
        for file in lines.files:
            if file.number not in found and file.file.size:
                raise InputError(
                    f"{file.file.name} was not read by Spark",
                    expected="a file that all workers reach by that name",
                )
            row = found.get(file.number, {"read": 0, "warning": None})
            file.lines, file.warning = row["read"], row["warning"]

    def _by_day(self, table: Written, day: str) -> "DataFrame":
        """A table in files by day, each in order; days with many rows in several files."""
        from pyspark.sql import functions as f

        columns = [*table.contract.names, "date"]
        finish = partial(_dated, table.finish, table.order, day)
        kept = {f"_{name}": table.rows.schema()[name].to_pyarrow() for name in table.order}
        fields = [*table.contract.arrow, pa.field("date", pa.string())]
        fields += [pa.field(name, kind) for name, kind in kept.items()]
        rows = self._mapped(self._frame(table.rows), finish, pa.schema(fields))
        return (
            rows.hint("rebalance", f.col("date"))
            .sortWithinPartitions("date", *kept)
            .select(columns)
        )

    def _mapped(self, frame: "DataFrame", function: RowFunction, schema: pa.Schema) -> "DataFrame":
        return frame.mapInArrow(partial(applied, function=function), _spark_schema(schema))

    def _frame(self, expression: ir.Table) -> "DataFrame":
        return self._session.sql(self._ibis.compile(expression))

    def _kept(self, name: str, frame: "DataFrame") -> ir.Table:
        place = f"{self._scratch}/{self._unique(name)}"
        with spark_errors(DarkSocialError, f"compute {name}"):
            frame.write.parquet(place)
        return self._table(name, self._session.read.schema(frame.schema).parquet(place))

    def _table(self, name: str, frame: "DataFrame") -> ir.Table:
        view = self._unique(name)
        frame.createOrReplaceTempView(view)
        return self._ibis.table(view)

    def _unique(self, name: str) -> str:
        return f"{name}_{next(self._numbers)}"

    def _check_reached(self, uri: str, place: str) -> None:
        if uri != place and not self._is_local:
            raise OutputError(
                f"{place} is a folder of the driver, which the workers may not reach",
                expected="a URI that all of them reach, such as s3a://, hdfs:// or file:///mnt/",
                advice="--out with that URI",
            )


ENGINE = EngineKind("spark", SparkEngine)


def _dated(
    finish: RowFunction, order: Sequence[str], day: str, batch: pa.RecordBatch
) -> pa.RecordBatch:
    """The finished rows with their day, and what they are sorted by."""
    import pyarrow.compute as pc

    finished = finish(batch)
    days = pc.strftime(batch.column(day), format="%Y-%m-%d")
    finished = finished.append_column("date", days)
    for name in order:
        finished = finished.append_column(f"_{name}", batch.column(name))
    return finished


def _arrow_schema(expression: ir.Table) -> pa.Schema:
    """The types of an expression. Timestamps of Spark are in UTC, which Ibis forgets."""
    schema = expression.schema().to_pyarrow()
    kinds = (TIME if pa.types.is_timestamp(kind) else kind for kind in schema.types)
    return pa.schema(list(zip(schema.names, kinds, strict=True)))


def _spark_schema(schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema)


def _compiler() -> Any:
    """Ibis' compiler for Spark, but for two things that DuckDB does otherwise.

    Seconds have their fraction, and numbers with a point are doubles: Spark takes them for
    decimals.
    """
    import sqlglot.expressions as sge
    from ibis.backends.sql.compilers.pyspark import PySparkCompiler

    class Compiler(PySparkCompiler):  # type: ignore[misc]  # Ibis ships no types
        __slots__ = ()

        def visit_ExtractEpochSeconds(self, op: Any, *, arg: Any) -> Any:  # noqa: N802 - Ibis' name
            micros = self.cast(self.f.unix_micros(arg), dt.float64)
            return sge.paren(sge.Div(this=micros, expression=sge.convert(1_000_000)))

        def visit_DefaultLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:  # noqa: N802
            if dtype.is_floating():
                return self.cast(repr(float(value)), dt.float64)
            return super().visit_DefaultLiteral(op, value=value, dtype=dtype)

    return Compiler()


def _scratch(session: "SparkSession", folder: Path) -> tuple[bool, str]:
    """Whether scratch is a folder of this machine, and its URI."""
    from darksocial.engines._hadoop import hadoop_configuration

    told = session.conf.get(SCRATCH, None)
    master = str(session.sparkContext.master)
    if master.startswith("local") and not told:
        return True, f"file://{folder}"
    default = str(hadoop_configuration(session).get("fs.defaultFS") or "")
    if not told and default.startswith("file:"):
        raise UsageError(
            "the workers of this cluster share no file system that Spark names as its own",
            expected=f"{SCRATCH} with a folder that all of them reach",
            advice=f"--conf {SCRATCH}=s3a://bucket/scratch",
        )
    shared = told or f"{default.rstrip('/')}/tmp"
    return False, f"{shared.rstrip('/')}/darksocial-{uuid4().hex}"
