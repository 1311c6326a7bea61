"""Spark gives what DuckDB gives: rows, probabilities to 1e-9, shares, rejects and the summary."""

import gzip
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

import darksocial
from darksocial import ReadSettings, Resources
from darksocial.engines import registry as engines
from darksocial.formats import registry
from darksocial.results.ownership import MARK, STORE, mark_text
from darksocial.schema import REJECTS, SESSIONS, SHARES
from tests.gate import series
from tests.logs import Hit, asset
from tests.sparks import SPARK, needs_spark, session
from tests.test_formats import DIRECTIVES, SAMPLES, sample

pytestmark = [
    needs_spark,
]

SITE = SAMPLES / "publisher"
SPLITS = {"spark.sql.files.maxPartitionBytes": "2000", "spark.sql.files.openCostInBytes": "0"}


@pytest.fixture(autouse=True)
def _session() -> None:
    session()


@pytest.fixture
def small_splits() -> Iterator[None]:
    """Let Spark cut every text into pieces of 2,000 bytes."""
    for name, value in SPLITS.items():
        session().conf.set(name, value)
    yield
    for name in SPLITS:
        session().conf.unset(name)


def analysed(names: Sequence[str], resources: Resources) -> dict[str, Any]:
    """All that an analysis gives."""
    with darksocial.analyze(names, secret="spark", resources=resources) as analysis:
        tables = (analysis.sessions(), analysis.shares(), analysis.rejects())
        return {
            "summary": analysis.summary(),
            **dict(zip(("sessions", "shares", "rejects"), tables, strict=True)),
        }


def parsed(
    names: Sequence[str], resources: Resources, read: ReadSettings | None = None
) -> dict[str, Any]:
    """All that parsing gives, with the names of files in the place of their paths."""
    with darksocial.parse(names, read=read, keep_identifiers=True, resources=resources) as hits:
        tallies = [(tally.format, tally.counts, tally.warning) for tally in hits.tallies]
        return {"hits": _named(hits.table()), "rejects": _named(hits.rejects()), "tallies": tallies}


def _named(table: pa.Table) -> pa.Table:
    paths = [path.rpartition("/")[2] for path in table.column("file").to_pylist()]
    at = table.schema.get_field_index("file")
    return table.set_column(at, table.schema.field(at), pa.array(paths, pa.string()))


def same(found: Any, expected: Any) -> bool:
    """Equality, of numbers to 1e-9."""
    if isinstance(expected, pa.Table):
        return found.schema.equals(expected.schema) and all(
            same_column(found.column(name).combine_chunks(), expected.column(name).combine_chunks())
            for name in expected.schema.names
        )
    if isinstance(expected, float) and isinstance(found, float):
        return found == pytest.approx(expected, rel=1e-9, abs=1e-9)
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(same(found[k], expected[k]) for k in found)
    if isinstance(expected, list | tuple):
        return len(found) == len(expected) and all(map(same, found, expected))
    return bool(found == expected)


def same_column(found: pa.Array, expected: pa.Array) -> bool:
    """Equality of two columns of the same type, of numbers to 1e-9."""
    if len(found) != len(expected) or not found.is_null().equals(expected.is_null()):
        return False
    if pa.types.is_floating(expected.type):
        here, there = (column.to_numpy(zero_copy_only=False) for column in (found, expected))
        return np.allclose(here, there, rtol=1e-9, atol=1e-9, equal_nan=True)
    if pa.types.is_list(expected.type):
        lengths = found.value_lengths().equals(expected.value_lengths())
        return lengths and same_column(found.flatten(), expected.flatten())
    if pa.types.is_struct(expected.type):
        return all(map(same_column, found.flatten(), expected.flatten()))
    return bool(found.equals(expected))


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    for name, value in expected.items():
        assert same(found[name], value), name


@pytest.mark.long
def test_every_sample_and_the_sample_site() -> None:
    """An analysis takes minutes of a core. In the gate hits are compared, engines are held to their
    contract, and Spark has to understand each expression (test_compiled.py)."""
    names = [*(str(sample(name)) for name in registry()), str(SITE)]
    expected = analysed(names, Resources())
    assert len(expected["summary"]["inputs"]) > len(names)
    assert_same(analysed(names, SPARK), expected)


def test_hits_of_every_sample_cut_into_splits(small_splits: None) -> None:
    names = [str(sample(name)) for name in registry()]
    assert_same(parsed(names, SPARK), parsed(names, Resources()))


@series("name", DIRECTIVES, in_gate=1)
def test_samples_read_by_a_directive(name: str) -> None:
    read = ReadSettings(log_format_from=str(SAMPLES / DIRECTIVES[name]))
    names = [str(sample(name))]
    assert_same(parsed(names, SPARK, read), parsed(names, Resources(), read))


@pytest.mark.long
def test_a_simulated_site_in_a_rotated_set(tmp_path: Path) -> None:
    """Partitions, spills and sums are those of a log of 700 MB."""
    visits = 200_000
    darksocial.simulate(tmp_path, seed=12, visits=visits, days=28, rotate=True)
    names = [str(tmp_path / "access.log*")]
    expected = analysed(names, Resources())
    assert len(expected["sessions"]) > visits * 0.9
    assert_same(analysed(names, SPARK), expected)


AWKWARD = b"\r\n".join(
    [
        b"\xef\xbb\xbf" + Hit(0).line.encode(),
        *(Hit(at, ip=f"192.0.2.{at % 200}").line.encode() for at in range(60)),
        b"",
        b"# a comment",
        Hit(61, "/caf\xe9/").line.encode("latin-1"),
        b"x" * (1 << 20) + b"y",
        b"with \0 and \xff",
        asset(62).line.encode(),
    ]
)


def test_lines_keep_their_numbers_and_bytes(tmp_path: Path, small_splits: None) -> None:
    paths = [tmp_path / name for name in ("plain [1] é%41.log", "named-only.gz", "_hidden.log")]
    for path in paths:  # their last lines differ: copies are left out
        path.write_bytes(AWKWARD + b"\r\n# " + path.name.encode())
    names = [str(path) for path in paths]
    expected = parsed(names, Resources())
    assert expected["rejects"].column("line").to_pylist() == [65, 66] * 3
    assert_same(parsed(names, SPARK), expected)


def packed(folder: Path) -> list[Path]:
    """The same lines in all that can be around them."""
    lines = "".join(Hit(at).line + "\n" for at in range(20)).encode()
    (folder / "a.log.gz").write_bytes(gzip.compress(lines))
    (folder / "cut.log.gz").write_bytes(gzip.compress(lines * 90, 0)[:-9000])
    (folder / "wide.log").write_bytes(lines.decode().encode("utf-16"))
    (folder / "empty.log").write_bytes(b"")
    with zipfile.ZipFile(folder / "set.zip", "w") as archive:
        archive.writestr("one.log", lines)
        archive.writestr("two.log", lines[: len(lines) // 2])
    return sorted(folder.iterdir())


def test_archives_and_compressed_files_by_path_and_by_uri(tmp_path: Path) -> None:
    paths = [str(path) for path in packed(tmp_path)]
    expected = parsed(paths, Resources())
    assert any(warning for _, _, warning in expected["tallies"])
    assert_same(parsed(paths, SPARK), expected)
    assert_same(parsed([f"file://{tmp_path}"], SPARK), expected)


@pytest.mark.long
def test_exports_by_uri() -> None:
    names = ("ga4_csv", "ga4_bigquery", "matomo", "snowplow", "w3c", "combined")
    paths = [str(sample(name)) for name in names]
    found = parsed([f"file://{Path(path).resolve()}" for path in paths], SPARK)
    assert_same(found, parsed(paths, Resources()))


def test_a_uri_needs_spark(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(Hit().line, "utf-8")
    with pytest.raises(darksocial.InputError, match="is a URI") as raised:
        darksocial.parse([f"file://{tmp_path}/a.log"])
    assert raised.value.advice == f"name it by its path: {tmp_path}/a.log"


@pytest.mark.long
def test_what_is_written_reads_as_the_contracts(tmp_path: Path) -> None:
    out, by_uri = tmp_path / "out", tmp_path / "by_uri"
    with darksocial.analyze([str(SITE)], secret="spark", resources=SPARK) as analysis:
        for _ in range(2):  # the second takes the place of the first
            analysis.write(out)
            (out / "own.txt").write_text("stays", "utf-8")
        analysis.write(f"file://{by_uri}")
        sessions, shares = analysis.sessions(), analysis.shares()
        rejects, summary = analysis.rejects(), analysis.summary()
    names = ("own.txt", "rejects.parquet", "sessions", "shares.parquet", "summary.json")
    assert tuple(sorted(path.name for path in out.glob("[!.]*"))) == names
    for place in (out, by_uri):
        found = ds.dataset(place / "sessions", partitioning="hive").to_table()
        plain = found.drop_columns("date")
        assert plain.schema.equals(SESSIONS.arrow, check_metadata=False)
        order = [("started_at", "ascending"), ("visitor_id", "ascending")]
        assert same(plain.sort_by(order), sessions)
        days = found.column("started_at").to_pandas().dt.strftime("%Y-%m-%d")
        assert (days == found.column("date").to_pandas().astype(str)).all()
        assert pq.read_table(place / "shares.parquet").schema.equals(SHARES.arrow)
        assert same(pq.read_table(place / "shares.parquet").to_pylist(), shares.to_pylist())
        assert same(pq.read_table(place / "rejects.parquet").to_pylist(), rejects.to_pylist())
        assert list(pd.read_parquet(place / "rejects.parquet").columns) == REJECTS.names
        counted = duckdb.sql(f"SELECT count(*) FROM '{place}/sessions/*/*.parquet'").fetchall()
        assert counted == [(len(sessions),)]
    assert summary["sessions"] == len(sessions)


@pytest.mark.long
def test_a_place_of_others_is_left_alone(tmp_path: Path) -> None:
    mine, store = tmp_path / "mine" / "thesis.txt", tmp_path / "store" / MARK
    for path, text in ((mine, "mine"), (store, mark_text(STORE))):
        path.parent.mkdir()
        path.write_text(text, "utf-8")
    with darksocial.analyze([str(sample("combined"))], resources=SPARK) as analysis:
        for path in (mine, store):
            with pytest.raises(darksocial.OutputError, match="did not write"):
                analysis.write(f"file://{path.parent}")
            assert list(path.parent.iterdir()) == [path]


FEW_PARTITIONS = ("--conf", "spark.sql.shuffle.partitions=4")
COLLECTING = ("collect", "toPandas", "toLocalIterator", "take", "head", "first", "tail", "show")


FEW = {
    *("file", "reason", "kind", "site", "app", "mixed", "teacher", "signal", "note"),
    *("channel", "booked", "channel_before", "channel_recorded", "bot", "preview_app"),
    *("origin_group", "loading", "aggregated"),
    *("records_referrer", "records_agent", "records_visitor"),
}
"""What has few values, however much traffic there is."""


def has_bound(plan: Any) -> bool:
    """Whether the rows of Spark's plan do not grow with traffic: it ends in a limit, or in sums by
    what has few values, or of rows that are looked up in a few."""
    name = plan.nodeName()
    if name in ("GlobalLimit", "LocalLimit", "LocalRelation", "LogicalRDD", "OneRowRelation"):
        return True
    children = [plan.children().apply(at) for at in range(plan.children().size())]
    if name == "Aggregate":
        found = plan.groupingExpressions()
        keys = [found.apply(at) for at in range(found.size())]
        names = {key.toString().partition("#")[0] for key in keys if not key.foldable()}
        return names <= FEW or (names <= {*FEW, "path"} and any(map(joins_few, children)))
    return name in ("Project", "Sort", "Filter", "SubqueryAlias") and has_bound(children[0])


def joins_few(plan: Any) -> bool:
    if plan.nodeName() == "Project":
        return joins_few(plan.children().apply(0))
    return plan.nodeName() == "Join" and (has_bound(plan.left()) or has_bound(plan.right()))


def fetched(folder: Path, visits: int) -> list[int]:
    """How many rows come to the driver at each time of a run that also writes its results.

    Every plan that brings some has to have a bound.
    """
    from pyspark.sql.classic.dataframe import DataFrame

    rows: list[int] = []
    original = DataFrame.toArrow

    def looked_at(self: DataFrame) -> pa.Table:
        plan = plan_of(self)
        assert has_bound(plan), plan.toString()
        table = original(self)
        rows.append(table.num_rows)
        return table

    def refused(self: DataFrame, *arguments: object, **named: object) -> None:
        raise AssertionError("rows are collected")

    darksocial.simulate(folder, seed=4, visits=visits, days=4)
    names = [str(folder / "access.log")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DataFrame, "toArrow", looked_at)
        for name in COLLECTING:
            patch.setattr(DataFrame, name, refused)
        with darksocial.analyze(names, secret="spark", resources=SPARK) as analysis:
            analysis.write(folder / "out")
    assert len(pq.read_table(folder / "out" / "sessions")) > visits / 2
    return rows


BOUNDED = 60
"""Rows of what is counted by file, app, page (the top twenty), reason or channel."""


@pytest.mark.long
def test_what_comes_to_the_driver_has_a_bound(tmp_path: Path) -> None:
    many = fetched(tmp_path / "many", 4000)
    over = [there for there in many if there > BOUNDED]
    # The patterns that teach and those of masked visits, of which there are at most MAX_PATTERNS.
    assert len(over) == 2
    assert max(over) < 4000 / 6


@pytest.mark.long
def test_the_driver_is_asked_as_often_for_less(tmp_path: Path) -> None:
    assert len(fetched(tmp_path / "few", 500)) == len(fetched(tmp_path / "many", 4000))


def test_a_plan_that_grows_with_traffic_has_no_bound() -> None:
    by = session().sql
    assert not has_bound(plan_of(by("SELECT id FROM range(9)")))
    assert not has_bound(plan_of(by("SELECT id AS path, count(*) FROM range(9) GROUP BY id")))
    assert has_bound(plan_of(by("SELECT file, count(*) FROM VALUES (1), (2) t(file) GROUP BY 1")))
    assert has_bound(plan_of(by("SELECT id FROM range(9) ORDER BY id LIMIT 3")))


def plan_of(frame: Any) -> Any:
    return frame._jdf.queryExecution().optimizedPlan()


@pytest.mark.long
def test_spark_submit(tmp_path: Path) -> None:
    import pyspark

    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    program = Path(darksocial.__file__).parent / "__main__.py"
    root = program.parent.parent
    arguments = ["analyze", str(sample("combined")), "--engine", "spark", "--report", "none"]
    done = subprocess.run(
        [
            submit,
            "--master",
            "local[2]",
            *FEW_PARTITIONS,
            program,
            *arguments,
            "--out",
            tmp_path / "out",
        ],
        env={**os.environ, "PYTHONPATH": str(root), "PYSPARK_PYTHON": sys.executable},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "summary.json").exists()


def test_another_master_than_that_of_the_session_is_refused() -> None:
    with pytest.raises(darksocial.UsageError, match=r"local\[7\].*local\[2\]"):
        darksocial.parse([str(SITE)], resources=Resources(engine="spark", master="local[7]"))


def test_a_master_without_spark_is_refused() -> None:
    with pytest.raises(darksocial.UsageError, match="master"):
        Resources(master="local[2]")


def test_the_engines() -> None:
    assert list(engines()) == ["duckdb", "spark"]
    with pytest.raises(darksocial.UsageError, match="no engine 'flink'"):
        darksocial.parse([str(SITE)], resources=Resources(engine="flink"))


def test_without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyspark.sql import SparkSession

    monkeypatch.setattr(SparkSession, "getActiveSession", lambda: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("PYSPARK_GATEWAY_PORT", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(darksocial.UsageError, match="needs Java"):
        darksocial.parse([str(SITE)], resources=SPARK)
