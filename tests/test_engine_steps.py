"""Steps of the engines: what is logged of them, how it is shown, and errors that name them."""

import ast
import logging
import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pyarrow as pa
import pytest

import darksocial
from darksocial.engines import Engine, Written, open_engine
from darksocial.engines.duckdb import FETCHED_BATCH_ROWS, DuckDBEngine
from darksocial.errors import DarkSocialError, OutputError
from darksocial.expressions import ibis
from darksocial.expressions.compiled import compiled
from darksocial.schema import Contract, Field
from darksocial.settings import Resources
from tests.sparks import SPARK, needs_spark, session
from tests.test_cli import process

LOG = Path(__file__).parents[1] / "sample_logs" / "combined.log"
SECRET = "a secret that no log of steps may hold"
NAMED = {"fetch": 2, "batches": 2}
"""The methods of engines whose step has a default name, and how many arguments name it."""


BOTS = '192.0.2.1 - - [02/Mar/2026:08:00:00 +0000] "GET /a HTTP/1.1" 200 1 "-" "Googlebot/2.1"\n'


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    opened = DuckDBEngine(Resources(memory_limit="30MB", threads=1))
    yield opened
    opened.close()


def fields(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [record.__dict__["fields"] for record in caplog.records]


def check_log(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """Stage, look up, fetch and hand out a table, and compare the log with what was done."""
    numbers = engine.load("numbers", pa.table({"n": [1, 2, 3], "m": [4, 5, 6]}))
    with caplog.at_level(logging.DEBUG, "darksocial.engine"):
        large = engine.stage("large", numbers.filter(numbers.n > 1))
        engine.look_up("same", large, lambda batch: batch)
        engine.look_up_groups("groups", numbers, ["n"], ["m"], lambda batch: batch)
        engine.fetch(large.filter(large.n > 2), "largest")
        list(engine.batches(numbers, "all numbers"))
    done = [entry for entry in fields(caplog) if "rows" in entry]
    assert [(entry["step"], entry["rows"]) for entry in done] == [
        ("large", 2),
        ("same", 2),
        ("groups", 3),
        ("largest", 1),
        ("all numbers", 3),
    ]
    assert all(0 <= float(str(entry["seconds"])) < 60 for entry in done)
    statements = {entry["step"]: str(entry["sql"]) for entry in fields(caplog) if "sql" in entry}
    assert set(statements) == {entry["step"] for entry in done}
    assert "> 1" in statements["large"] and "> 2" in statements["largest"]


def test_steps_are_logged(engine: DuckDBEngine, caplog: pytest.LogCaptureFixture) -> None:
    check_log(engine, caplog)


def test_what_is_named_apart_is_forgotten(engine: DuckDBEngine) -> None:
    """Tables from before remain, and what is asked in each block alike has the same names."""
    numbers = engine.load("numbers", pa.table({"n": [1, 2, 3]}))
    asked = []
    for least in (1, 2):
        with engine.apart():
            few = engine.stage("few", numbers.filter(numbers.n > least))
            pairs = engine.view("pairs", few.mutate(m=few.n))
            groups = engine.look_up_groups("groups", pairs, ["n"], ["m"], lambda batch: batch)
            loaded = engine.load("numbers", pa.table({"n": [least]}))
            asked.append([compiled(each).sql for each in (few, pairs, groups, loaded)])
            rows = engine.fetch(groups.order_by("n"), "groups").to_pylist()
            assert rows[0] == {"n": least + 1, "m": least + 1}
    assert asked[0] == asked[1]
    assert engine.fetch(numbers.agg(n=numbers.n.sum()), "sum").to_pylist() == [{"n": 6}]
    with pytest.raises(DarkSocialError, match="few"):
        engine.fetch(few, "few")


def test_the_same_text_reads_what_its_table_holds_now(engine: DuckDBEngine) -> None:
    """In blocks apart statements are parsed once; columns may have other types in the next."""
    for rows in ([2, 1], ["b", "a", "c"], [], [0.5]):
        with engine.apart():
            numbers = engine.load("numbers", pa.table({"n": rows}))
            ordered = engine.view("same", numbers).order_by("n")
            assert engine.fetch(ordered).column("n").to_pylist() == sorted(rows)  # type: ignore[type-var]
            batches = engine.batches(ordered)
            assert [n for each in batches for n in each.column("n").to_pylist()] == sorted(rows)  # type: ignore[type-var]


@needs_spark
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
def test_steps_of_spark_are_logged_and_named_in_errors(caplog: pytest.LogCaptureFixture) -> None:
    session()
    with closing(open_engine(SPARK)) as engine:
        check_log(engine, caplog)
        numbers = engine.load("numbers", pa.table({"n": [1]}))
        with pytest.raises(DarkSocialError, match="Spark failed in the step failing: ValueError"):
            engine.look_up("failing", numbers, fail)
        with pytest.raises(
            DarkSocialError, match=r"Spark failed in the step gone: .*PATH_NOT_FOUND"
        ):
            engine.read("gone", [Path("/gone.parquet")])


@pytest.mark.long
@needs_spark
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
def test_a_log_of_steps_does_not_fail_spark_where_nothing_is_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = tmp_path / "bots.log"
    log.write_text(BOTS)
    session()
    with (
        caplog.at_level(logging.INFO, "darksocial.engine"),
        darksocial.analyze(log, secret=SECRET, resources=SPARK) as analysis,
    ):
        analysis.write(tmp_path / "out")
    rows = {entry["step"]: entry["rows"] for entry in fields(caplog)}
    assert (rows["requests"], rows["write sessions"]) == (1, 0)
    assert not any("sql" in entry for entry in fields(caplog))


def fail(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Fail for rows, but not for the empty batch that is asked for its columns."""
    if batch.num_rows:
        raise ValueError("no such row")
    return batch


def test_every_error_names_the_step(engine: DuckDBEngine) -> None:
    words = engine.load("words", pa.table({"word": ["from 192.0.2.7"]}))
    wrong = words.mutate(n=words.word.cast("int64"))
    named = "DuckDB failed in the step {}: Conversion Error: .*<address>"
    with pytest.raises(DarkSocialError, match=named.format("staged")) as raised:
        engine.stage("staged", wrong)
    assert raised.value.exit_code == 70
    with pytest.raises(DarkSocialError, match=named.format("fetched")):
        engine.fetch(wrong, "fetched")
    with pytest.raises(DarkSocialError, match=named.format("handed out")):
        list(engine.batches(wrong, "handed out"))
    with pytest.raises(DarkSocialError, match=named.format("looked up")):
        engine.look_up("looked up", wrong, lambda batch: batch)
    with pytest.raises(DarkSocialError, match=named.format("groups")):
        engine.look_up_groups("groups", wrong, ["n"], ["word"], lambda batch: batch)
    seen = engine.view("seen", ibis.table({"n": "int64"}, "no_such_table"))
    with pytest.raises(DarkSocialError, match="failed in the step seen: Catalog Error"):
        engine.fetch(seen, "fetched")
    assert engine.fetch(words.aggregate(rows=ibis._.count())).to_pylist() == [{"rows": 1}]


def test_an_engine_can_be_closed_where_writing_failed(tmp_path: Path) -> None:
    """The thread that computes ahead uses the connection no longer."""
    contract = Contract("numbers", "", "", (Field("n", pa.int64(), "A number."),))
    finished = count(1)

    def finish(batch: pa.RecordBatch) -> pa.RecordBatch:
        number = next(finished)
        if number > 2:
            time.sleep(0.2)  # the third batch is computed while the second cannot be written
        return pa.record_batch([batch["n"].cast(pa.string() if number == 2 else pa.int64())], ["n"])

    engine = DuckDBEngine()
    rows = engine.load("numbers", pa.table({"n": range(9 * FETCHED_BATCH_ROWS)}))
    with pytest.raises(Exception, match="schema"), closing(engine):
        try:
            engine.write(Written(contract, rows, finish, ("n",)), str(tmp_path / "numbers.parquet"))
        finally:
            busy = [each for each in threading.enumerate() if each.name.startswith("batches")]
    assert not busy


def test_lack_of_memory_names_the_step(engine: DuckDBEngine) -> None:
    numbers = engine.load("numbers", pa.table({"n": pa.array(range(2000), pa.int64())}))
    other = numbers.view()
    pairs = numbers.cross_join(other.select(m=other.n))
    listed = pairs.aggregate(all_pairs=(pairs.n * 10_000 + pairs.m).cast("string").collect())
    with pytest.raises(OutputError, match="too low for the step everything: "):
        engine.stage("everything", listed)
    assert engine.fetch(numbers.aggregate(rows=ibis._.count())).to_pylist() == [{"rows": 2000}]


def test_every_fetch_in_the_package_names_its_step() -> None:
    package = Path(darksocial.__file__).parent
    assert not [
        f"{path.relative_to(package)}:{call.lineno}"
        for path in package.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and getattr(call.func.value, "attr", getattr(call.func.value, "id", "")).endswith("engine")
        and len(call.args) < NAMED.get(call.func.attr, 0)
    ]


@pytest.mark.long
def test_no_log_holds_the_secret(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "darksocial"):
        with darksocial.analyze(LOG, secret=SECRET) as found:
            found.write(tmp_path / "out")
        darksocial.nightly(
            LOG,
            tmp_path / "store",
            secret=SECRET,
            now=lambda: datetime.now(UTC),
            policy=darksocial.Policy(rotate_key="daily"),
        )
    assert len([record for record in caplog.records if "sql" in record.fields]) > 100  # type: ignore[attr-defined]
    assert not [record for record in caplog.records if SECRET in str(record.__dict__)]


def test_verbose_prints_the_steps_and_timings_the_phases(tmp_path: Path) -> None:
    arguments = ("-v", "--timings", "--out", tmp_path / "out", "--report", "none")
    done = process("analyze", LOG, *arguments)
    lines = done.stderr.decode().splitlines()
    timings = [line.split() for line in lines if "CPU s" in line]
    phases = {" ".join(words[4:]): float(words[0]) for words in timings}
    assert [*phases] == [
        "start",
        "reading",
        "sessions",
        "judging",
        "report",
        "writing",
        "all phases",
    ]
    *each, total = phases.values()
    assert min(each) >= 0 and min(phases["start"], phases["judging"]) > 0
    assert sum(each) == pytest.approx(total, abs=0.05)
    lines = lines[: -len(timings)]
    assert done.returncode == 0
    assert len(lines) > 20
    assert all(re.fullmatch(r" *\d+\.\d{3} s +[\d,]+ rows?  +\S.*", line) for line in lines)
    assert all(len(line) <= 80 for line in lines)
    assert any(re.search(r" 11 rows  requests$", line) for line in lines)
    assert lines[-1].endswith("write rejects")


def test_verbose_given_twice_prints_the_sql(tmp_path: Path) -> None:
    done = process("parse", LOG, "-vv", "--out", tmp_path / "hits")
    said = done.stderr.decode()
    assert "parsed:\n    WITH " in said
    assert "lines by file:\n    SELECT\n" in said
    query = [
        line for line in said.partition("lines by file:")[2].splitlines() if line[:4] == "    "
    ]
    assert len(query) > 5
    assert max(map(len, query)) <= 80
