"""Order does not matter: seconds, files, compression, threads and partitions change nothing."""

import gzip
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import darksocial
from darksocial import Resources
from darksocial.engines import duckdb
from darksocial.engines._streams import pieces
from darksocial.reading.lines import line_batches
from tests.gate import series
from tests.logs import shuffled
from tests.sparks import SPARK, needs_spark, session

Result = tuple[dict[str, Any], list[Any], list[Any], int]


def result(paths: list[Path], resources: Resources | None = None) -> Result:
    """All that an analysis finds, but for the names of files and the places of lines in them."""
    names = [str(path) for path in paths]
    with darksocial.analyze(names, secret="order", resources=resources) as analysis:
        summary = dict(analysis.summary())
        sessions, shares = analysis.sessions().to_pylist(), analysis.shares().to_pylist()
        rejects = analysis.rejects().num_rows
    del summary["inputs"], summary["rejects"]
    return summary, sessions, shares, rejects


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated log in which many hits share their second, with lines that are no hits."""
    folder = tmp_path_factory.mktemp("order")
    darksocial.simulate(folder, seed=8, visits=1500, days=3)
    path = folder / "access.log"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, "no hit\n", "\n", *lines[::7]]), "utf-8")
    return path


@pytest.fixture(scope="module")
def expected(log: Path) -> Result:
    return result([log])


def in_other_files(log: Path, folder: Path, seed: int) -> list[Path]:
    """The seconds of a log, shuffled, in three files whose names are in another order."""
    lines = log.read_text("utf-8").splitlines(keepends=True)
    paths = [folder / name for name in ("c.log", "a.log", "b.log")]
    for path, part in zip(paths, shuffled(lines, seed, len(paths)), strict=True):
        path.write_text("".join(part), "utf-8")
    return paths


@series("seed", [1, 2, 3], in_gate=0)
def test_shuffled_seconds_in_other_files(
    log: Path, expected: Result, tmp_path: Path, seed: int
) -> None:
    assert result(in_other_files(log, tmp_path, seed)) == expected


@series("threads", [3, 1], in_gate=1)
def test_threads_memory_and_compression(
    log: Path, expected: Result, tmp_path: Path, threads: int
) -> None:
    packed = tmp_path / "access.log.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    assert result([packed], Resources(threads=threads, memory_limit="200MB")) == expected


@pytest.mark.long
@pytest.mark.parametrize("rows_a_line", [0.0, 1.0], ids=["by line after", "summed up"])
def test_hits_summed_up_or_not(
    log: Path, expected: Result, monkeypatch: pytest.MonkeyPatch, rows_a_line: float
) -> None:
    """Whatever is summed up in pieces of 500 lines, or from the second piece on no longer."""
    monkeypatch.setattr(duckdb, "pieces", partial(pieces, rows=500))
    monkeypatch.setattr(duckdb, "SUM_UP_MAX_RATIO", rows_a_line)
    small = partial(line_batches, block_bytes=50_000)
    monkeypatch.setattr("darksocial.inputs.file.line_batches", small)
    assert result([log]) == expected


@pytest.mark.long
def test_hits_line_by_line(log: Path, expected: Result) -> None:
    with darksocial.analyze([str(log)], secret="order", each_line=True) as analysis:
        count = analysis.ask_requests(lambda requests: requests.agg(n=requests.count()))
        assert count.column("n")[0].as_py() == analysis.report.inputs[0].lines
        assert analysis.sessions().to_pylist() == expected[1]
        assert analysis.shares().to_pylist() == expected[2]


@needs_spark
@pytest.mark.long
@pytest.mark.parametrize(("partitions", "bytes_in_split"), [("1", "128m"), ("7", "100k")])
def test_number_of_partitions_on_spark(
    log: Path, expected: Result, tmp_path: Path, partitions: str, bytes_in_split: str
) -> None:
    settings = session().conf
    before = settings.get("spark.sql.shuffle.partitions")
    settings.set("spark.sql.shuffle.partitions", partitions)
    settings.set("spark.sql.files.maxPartitionBytes", bytes_in_split)
    try:
        assert result(in_other_files(log, tmp_path, 4), SPARK) == expected
    finally:
        settings.set("spark.sql.shuffle.partitions", before)
        settings.unset("spark.sql.files.maxPartitionBytes")
