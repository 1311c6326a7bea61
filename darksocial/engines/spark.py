"""The engine for clusters: PySpark, for inputs that are too large for one machine.

Ibis compiles relational work to Spark's SQL. Row-local work runs in mapInArrow (_workers.py).
Staged tables are Parquet files in a scratch folder that all workers reach: plans stay short, memory
stays bounded, and nothing is lost with a worker. Only `fetch` brings rows to the driver.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pyarrow as pa

from darksocial.engines import EngineKind, RowFunction, Written
from darksocial.engines._spark_session import open_session, spark_errors
from darksocial.engines._steps import RESULT_STEP, Step, StepLog
from darksocial.engines._streams import result_schema
from darksocial.engines._workers import (
    MARK_COLUMNS,
    WORKER_BATCH_ROWS,
    Parser,
    applied,
    applied_in_order,
)
from darksocial.errors import DarkSocialError, InputError, OutputError, UsageError
from darksocial.expressions import built, ir, noted
from darksocial.expressions.compiled import filled
from darksocial.expressions.lazy import values_in
from darksocial.inputs.accounts import Inputs
from darksocial.language import gettext as _
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

# Settings of this engine's own session; those of the active session are not changed.
SESSION_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(WORKER_BATCH_ROWS),
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
}
# The option that makes a writer omit the file _SUCCESS.
SUCCESS_FILE_OPTION = "mapreduce.fileoutputcommitter.marksuccessfuljobs"
SCRATCH_SETTING = "spark.darksocial.scratch"


class SparkEngine:
    """Runs everything in its own Spark session, beside the active one or one that it starts."""

    def __init__(self, resources: Resources | None = None) -> None:
        self._folder = Scratch()
        base, self._is_started_here = open_session(resources or Resources(), self._folder.path)
        import ibis

        from darksocial.engines._hadoop import HadoopStorage  # needs PySpark
        from darksocial.engines._spark_compiler import spark_compiler

        # No rows pass through pandas here.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        self._base_session = base
        self._session = base.newSession()
        settings = {name: value for name, value in base.conf.getAll.items() if "spark.sql." in name}
        for name, value in {**settings, **SESSION_SETTINGS}.items():
            if self._session.conf.isModifiable(name):
                self._session.conf.set(name, value)
        self._ibis = ibis.pyspark.connect(self._session)
        self._ibis.compiler = spark_compiler()
        self.storage = HadoopStorage(self._session)
        self._is_local, self._scratch = _scratch(base, self._folder.path)
        self._numbers = count()
        self._log = StepLog("spark")

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
        return self._parse("requests", lines, query, requests_schema(goals, of_goals), progress)

    def load(self, name: str, table: pa.Table) -> ir.Table:
        with self._step(name) as step:
            loaded = self._table(name, self._session.createDataFrame(table))
            step.rows = table.num_rows
        return loaded

    def view(self, name: str, expression: ir.Table) -> ir.Table:
        with spark_errors(name):
            return self._table(name, self._frame(expression))

    def stage(self, name: str, expression: ir.Table) -> ir.Table:
        return self._staged(name, expression, self._frame)

    def look_up(self, name: str, keys: ir.Table, function: RowFunction) -> ir.Table:
        schema = result_schema(_arrow_schema(keys), function)
        return self._staged(
            name, keys, lambda keys: self._mapped(self._frame(keys), function, schema)
        )

    def look_up_groups(
        self,
        name: str,
        table: ir.Table,
        group: Sequence[str],
        order: Sequence[str],
        function: RowFunction,
    ) -> ir.Table:
        schema = _spark_schema(result_schema(_arrow_schema(table), function))

        def one_group(rows: pa.Table) -> pa.Table:  # Spark reads these types
            return applied_in_order(rows, order, function)

        return self._staged(
            name,
            table,
            lambda rows: self._frame(rows).groupBy(*group).applyInArrow(one_group, schema),
        )

    def read(self, name: str, files: Sequence[Path]) -> ir.Table:
        places = [f"file://{file.absolute()}" for file in files]
        with spark_errors(name):
            frame = self._session.read.option("mergeSchema", True).parquet(*places)
            return self._table(name, frame)

    def fetch(self, expression: ir.Table, step: str = RESULT_STEP) -> pa.Table:
        with self._step(step, self._sql_of(expression)) as running:
            table = self._frame(expression).toArrow().cast(_arrow_schema(expression))
            running.rows = table.num_rows
        return table

    def batches(self, expression: ir.Table, step: str = RESULT_STEP) -> Iterator[pa.RecordBatch]:
        """Return the rows through scratch files, which are read one after another."""
        from pyarrow import parquet

        schema = _arrow_schema(expression)
        place = f"{self._scratch}/{self._unique('batches')}"
        with self._step(step, self._sql_of(expression)) as running:
            self._frame(expression).write.option(SUCCESS_FILE_OPTION, "false").parquet(place)
            for name in sorted(self.storage.entries(place)):
                if name.startswith((".", "_")):
                    continue
                with self.storage.open(f"{place}/{name}") as file:
                    for batch in parquet.ParquetFile(file).iter_batches(WORKER_BATCH_ROWS):
                        running.rows += batch.num_rows
                        with running.paused():
                            yield batch.cast(schema)
            self.storage.delete(place)

    def write(self, table: Written, place: str) -> None:
        uri = place if is_uri(place) else f"file://{Path(place).absolute()}"
        self._check_reached(uri, place)
        ordered = table.rows.order_by(list(table.order))
        sql = self._sql_of(table.rows if table.day else ordered)
        with self._step(f"write {table.contract.name}", sql, OutputError) as step:
            if table.day:
                writer = self._by_day(table, table.day).write.partitionBy("date")
            else:
                writer = self._mapped(
                    self._frame(ordered), table.finish, table.contract.arrow
                ).write
            writer.option(SUCCESS_FILE_OPTION, "false").parquet(uri)
            if self.storage.exists(uri):  # not where there are no days
                schema = _spark_schema(table.contract.arrow)
                step.rows = self._rows_of(step, self._session.read.schema(schema).parquet(uri))
        if not is_uri(place):
            Path(place).mkdir(exist_ok=True)
            for checksum in Path(place).rglob(".*.crc"):
                checksum.unlink()

    def close(self) -> None:
        self.storage.delete(self._scratch)
        if self._is_started_here:
            self._base_session.stop()
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
        schema = pa.schema([*parsed, *MARK_COLUMNS])
        place = f"{self._scratch}/{self._unique(name)}"
        with self._step(name, self._sql_of_parsers(lines, query), InputError) as step:
            for frame in self._parsed(Parser(files, query, schema)):
                frame.write.mode("append").parquet(place)
            read = self._session.read.schema(_spark_schema(schema)).parquet(place)
            step.rows = self._rows_of(step, read.filter("read IS NULL"))
        everything = self._table(f"{name}_read", read)
        self._count_lines(lines, everything)
        if progress:
            progress(sum(file.file.size or 0 for file in lines.files))
        return everything.filter(everything.read.isnull()).drop(*MARK_COLUMNS.names)

    def _parsed(self, parser: Parser) -> Iterator["DataFrame"]:
        """Return the parsed lines of all files, in one frame for each way in which Spark reads."""
        from darksocial.engines import _splits

        files = list(parser.files.values())
        split = [file for file in files if _splits.is_split(file)]
        whole = [file for file in files if not _splits.is_split(file)]
        here = [file for file in whole if file.file.storage is None]
        elsewhere = [file for file in whole if file.file.storage is not None]
        schema = _spark_schema(parser.schema)
        sent = parser.picklable()
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

    def _count_lines(self, lines: Inputs, everything: ir.Table) -> None:
        """Set how many lines of each file were read, and what is wrong with it."""
        marks = everything.filter(everything.read.notnull())
        counted = marks.group_by("file").agg(read=marks.read.sum(), warning=marks.warning.max())
        by_file = {row["file"]: row for row in self.fetch(counted, "lines read").to_pylist()}
        for file in lines.files:
            if file.number not in by_file and file.file.size:
                raise InputError(
                    _("Spark did not read {file}.").format(file=file.file.name),
                    expected=_("a file that all workers can open under that name"),
                )
            row = by_file.get(file.number, {"read": 0, "warning": None})
            file.lines, file.warning = row["read"], row["warning"]

    def _by_day(self, table: Written, day: str) -> "DataFrame":
        """Return a table divided by day and sorted; a day with many rows has several files."""
        from pyspark.sql import functions as f

        columns = [*table.contract.names, "date"]
        finish = partial(_dated, table.finish, table.order, day)
        types = built(table.rows).schema()
        order = {f"_{name}": types[name].to_pyarrow() for name in table.order}
        fields = [*table.contract.arrow, pa.field("date", pa.string())]
        fields += [pa.field(name, kind) for name, kind in order.items()]
        rows = self._mapped(self._frame(table.rows), finish, pa.schema(fields))
        return (
            rows.hint("rebalance", f.col("date"))
            .sortWithinPartitions("date", *order)
            .select(columns)
        )

    def _mapped(self, frame: "DataFrame", function: RowFunction, schema: pa.Schema) -> "DataFrame":
        return frame.mapInArrow(partial(applied, function=function), _spark_schema(schema))

    def _frame(self, expression: ir.Table) -> "DataFrame":
        return self._session.sql(self._compiled(expression))

    def _compiled(self, expression: ir.Table) -> str:
        sql = str(self._ibis.compile(built(expression)))
        return filled(sql, values_in(expression), escaped="\\'")

    def _sql_of(self, expression: ir.Table) -> str:
        """Return the SQL of an expression if the log shows it, else nothing."""
        return self._compiled(expression) if self._log.shows_sql else ""

    def _sql_of_parsers(self, lines: Inputs, query: Callable[[Parsing], str]) -> str:
        """Return the SQL by which the workers parse, if the log shows it: one for each format."""
        if not self._log.shows_sql:
            return ""
        parsings = {file.format: file.parsing for file in lines.files}
        return "\n;\n".join(map(query, parsings.values()))

    def _staged(
        self, name: str, table: ir.Table, frame_of: Callable[[ir.Table], "DataFrame"]
    ) -> ir.Table:
        """Write a table to scratch as the frame that a function makes of it, and return that."""
        place = f"{self._scratch}/{self._unique(name)}"
        with self._step(name, self._sql_of(table)) as step:
            frame = frame_of(table)
            frame.write.parquet(place)
            written = self._session.read.schema(frame.schema).parquet(place)
            step.rows = self._rows_of(step, written)
        return self._table(name, written)

    @contextmanager
    def _step(
        self, name: str, sql: str = "", kind: type[DarkSocialError] = DarkSocialError
    ) -> Iterator[Step]:
        """Log the block as a step, and name the step in its errors, which have the class `kind`."""
        with spark_errors(name, kind), self._log.step(name, sql) as step:
            yield step

    def _rows_of(self, step: Step, written: "DataFrame") -> int:
        """Return the number of rows if the log of steps is read, else 0: counting costs a query."""
        if not self._log.is_read:
            return 0
        with step.paused():
            return int(written.count())

    def _table(self, name: str, frame: "DataFrame") -> ir.Table:
        view = self._unique(name)
        frame.createOrReplaceTempView(view)
        return noted(self._ibis.table(view))

    def _unique(self, name: str) -> str:
        return f"{name}_{next(self._numbers)}"

    def _check_reached(self, uri: str, place: str) -> None:
        if uri != place and not self._is_local:
            raise OutputError(
                _("{place} is a folder of the driver, which the workers may not reach.").format(
                    place=place
                ),
                expected=_(
                    "a URI that all of them can reach, such as s3a://, hdfs:// or file:///mnt/"
                ),
            )


ENGINE = EngineKind("spark", SparkEngine)


def _dated(
    finish: RowFunction, order: Sequence[str], day: str, batch: pa.RecordBatch
) -> pa.RecordBatch:
    """Return the finished rows with their day and the columns by which they are sorted."""
    finished = finish(batch)
    days = batch.column(day).cast(pa.date32())
    finished = finished.append_column("date", days.cast(pa.string()))
    for name in order:
        finished = finished.append_column(f"_{name}", batch.column(name))
    return finished


def _arrow_schema(expression: ir.Table) -> pa.Schema:
    """Return the types of an expression. Ibis does not record that Spark's timestamps are UTC."""
    schema = built(expression).schema().to_pyarrow()
    kinds = (TIME if pa.types.is_timestamp(kind) else kind for kind in schema.types)
    return pa.schema(list(zip(schema.names, kinds, strict=True)))


def _spark_schema(schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema)


def _scratch(session: "SparkSession", folder: Path) -> tuple[bool, str]:
    """Return whether scratch is a folder of this machine, and its URI."""
    from darksocial.engines._hadoop import hadoop_configuration

    setting = session.conf.get(SCRATCH_SETTING, None)
    master = str(session.sparkContext.master)
    if master.startswith("local") and not setting:
        return True, f"file://{folder}"
    default = str(hadoop_configuration(session).get("fs.defaultFS") or "")
    if not setting and default.startswith("file:"):
        raise UsageError(
            _("The workers of this cluster share no file system that Spark knows as its default."),
            expected=_("{setting} with a folder that all of them can reach").format(
                setting=SCRATCH_SETTING
            ),
            advice=f"spark-submit --conf {SCRATCH_SETTING}=s3a://bucket/scratch",
        )
    shared = setting or f"{default.rstrip('/')}/tmp"
    return False, f"{shared.rstrip('/')}/darksocial-{uuid4().hex}"
