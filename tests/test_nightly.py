"""The nightly store: the same lines make the same store, in however many runs they come."""

import gzip
import json
import logging
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import darksocial
from darksocial import Policy
from darksocial.expressions import LazyExpression, compiled, table
from darksocial.expressions.compiled import Compiled
from darksocial.expressions.lazy import digest_of
from darksocial.store.days.windows import together
from darksocial.store.files.state import load
from darksocial.store.intake.hit_names import with_run
from darksocial.store.intake.numbering import FLAGS, numbers
from darksocial.store.upkeep.forgetting import forget
from darksocial.store.upkeep.inspection import info, verify
from tests.logs import Hit
from tests.nightly_runs import LINES, NOW, assert_same, run, tables
from tests.nights import hits_in

HITS = "hits_by_day"
"""The step that reads the hits around days."""
PARAMETER = re.compile(r"'[-+.e\d]+'")
"""A number that is a parameter of a statement: it is no part of what is compiled."""


class FirstRun(logging.Handler):
    """The store of one run over all lines, what its engines logged of their steps, in order, and
    the digests of the expressions that it asked for."""

    def __init__(self, store: Path) -> None:
        super().__init__()
        self.store = store
        self.steps: list[Mapping[str, Any]] = []
        self.asked: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.steps.append(record.__dict__["fields"])


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    folder = tmp_path_factory.mktemp("whole")
    log = folder / "access.log"
    log.write_text("".join(LINES))
    first, logger = FirstRun(folder / "store"), logging.getLogger("darksocial.engine.duckdb")
    level = logger.level
    logger.addHandler(first)
    logger.setLevel(logging.DEBUG)
    once = compiled.compiled_once

    def recorded(expression: LazyExpression) -> Compiled:
        first.asked.add(digest_of(expression))
        return once(expression)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "compiled_once", recorded)
        run([log], first.store)
    logger.setLevel(level)
    logger.removeHandler(first)
    return first


@pytest.fixture(scope="module")
def whole(first_run: FirstRun) -> Path:
    """The store of one run over all lines."""
    return first_run.store


@pytest.fixture
def copied(tmp_path: Path, whole: Path) -> tuple[Path, Path]:
    """The log of all lines, and a store that holds them."""
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join(LINES))
    shutil.copytree(whole, store)
    return log, store


def assert_cuts_make_the_same_store(
    folder: Path, whole: Path, cuts: list[int], order: list[int]
) -> None:
    """Cut at any byte, in one growing log; some lines come late, in a log of their own."""
    late, log = folder / "late.log", folder / "access.log"
    mine = "".join(line for n, line in enumerate(LINES) if n % 3 != order[0])
    others = "".join(line for n, line in enumerate(LINES) if n % 3 == order[0])
    for cut in sorted(cuts):
        log.write_text(mine[:cut])
        run([log], folder / "store")
    log.write_text(mine)
    late.write_text(others)
    run([log, late], folder / "store")
    assert_same(folder / "store", whole)


@pytest.mark.long
def test_two_cuts_make_the_same_store(tmp_path: Path, whole: Path) -> None:
    assert_cuts_make_the_same_store(tmp_path, whole, cuts=[1, 700], order=[0, 1, 2])


@pytest.mark.kills
@pytest.mark.long
@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.generate],  # a run takes seconds: the first failure will do
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    cuts=st.lists(st.integers(0, len("".join(LINES))), max_size=3),
    order=st.permutations(range(3)),
)
def test_any_cuts_make_the_same_store(
    tmp_path_factory: pytest.TempPathFactory, whole: Path, cuts: list[int], order: list[int]
) -> None:
    assert_cuts_make_the_same_store(tmp_path_factory.mktemp("cuts"), whole, cuts, order)


def test_days_share_their_hits_and_ask_alike(first_run: FirstRun) -> None:
    """Each hit is read once for all days, and no statement is compiled for one day alone."""
    days = load(first_run.store).days
    assert len(days) > 3
    rows = [step["rows"] for step in first_run.steps if step["step"] == HITS and "rows" in step]
    assert rows == [hits_in(first_run.store)]
    texts: dict[str, list[str]] = {}
    for step in first_run.steps:
        if "sql" in step:
            texts.setdefault(step["step"], []).append(PARAMETER.sub("'?'", step["sql"]))
    by_day = {name: asked for name, asked in texts.items() if len(asked) == len(days)}
    assert len(by_day) > 60
    assert [name for name, asked in by_day.items() if len(set(asked)) > 1] == []


def test_a_night_compiles_next_to_nothing(first_run: FirstRun) -> None:
    """The SQL of what it asks comes with the package, but for one step that few logs ask."""
    missing = first_run.asked - compiled.compiled_before().expressions.keys()
    assert len(first_run.asked) > 100
    assert len(missing) <= 1, "run `python -m tests.generate --compiled`"


def test_a_run_asks_what_other_runs_ask() -> None:
    """Its name, and how many files were read before, are no part of what is compiled."""
    requests = table("requests", {"file": "int32", "line": "int64", "identity": "string"})
    assert digest_of(with_run(requests, "a")) == digest_of(with_run(requests, "b"))
    files = table("files", {"file": "int32", **dict.fromkeys(FLAGS, "boolean")})
    assert digest_of(numbers(files, 0)) == digest_of(numbers(files, 7))


def test_days_whose_windows_meet_are_read_together() -> None:
    near = [f"2026-03-{day:02}" for day in range(1, 18)]
    last = ["2026-03-24", "2026-04-01"]
    assert [*together([*near, *last])] == [near[:14], [*near[14:], last[0]], last[1:]]
    assert [*together([])] == []


def test_twice_is_once(copied: tuple[Path, Path], whole: Path) -> None:
    log, store = copied
    again = run([log], store)
    assert (again.days, [entry.lines for entry in again.inputs]) == ([], [0])
    assert_same(store, whole)


@pytest.mark.long
def test_a_log_is_known_by_its_content(tmp_path: Path, whole: Path) -> None:
    """Renamed, compressed, copied and truncated, and beside its own compressed copy."""
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join(LINES[:8]))
    run([log], store)
    shutil.copy(log, tmp_path / "access.log.1")
    log.write_text("".join(LINES[8:12]))
    assert [entry.lines for entry in run(sorted(tmp_path.glob("access*")), store).inputs] == [4, 0]
    with gzip.open(tmp_path / "access.log.2.gz", "wt") as packed:
        packed.write("".join(LINES[:8]))
    (tmp_path / "access.log").rename(tmp_path / "old.log")
    log.write_text("".join(LINES[12:]))
    logs = [*sorted(tmp_path.glob("access*")), tmp_path / "old.log"]
    last = run(logs, store)
    assert {Path(entry.file).name: entry.lines for entry in last.inputs} == {
        "access.log": len(LINES) - 12,
        "access.log.1": 0,
        "old.log": 0,
    }
    assert last.unread == [
        (str(tmp_path / "access.log.2.gz"), f"holds the same lines as {tmp_path}/access.log.1")
    ]
    assert_same(store, whole)


@pytest.mark.long
def test_what_comes_from_a_pipe_is_known_again(tmp_path: Path) -> None:
    pipe, store = tmp_path / "pipe", tmp_path / "store"
    os.mkfifo(pipe)
    for lines in (6, 0):
        writer = subprocess.Popen(["sh", "-c", f"printf '%s' \"$1\" > {pipe}", "sh", *_text(6)])
        assert [entry.lines for entry in run([pipe], store).inputs] == [lines]
        assert writer.wait() == 0


def _text(count: int) -> list[str]:
    return ["".join(LINES[:count])]


@pytest.mark.long
def test_a_line_that_is_being_written_waits(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text(LINES[0] + LINES[1][:30])
    [entry] = run([log], store).inputs
    assert (entry.lines, entry.rejects, entry.unfinished) == (1, 0, True)
    log.write_text(LINES[0] + LINES[1])
    [entry] = run([log], store).inputs
    assert (entry.lines_before, entry.lines, entry.unfinished) == (1, 1, False)


@pytest.mark.long
def test_old_days_are_erased(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join(LINES))
    last = datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert run([log], store, now=last, policy=Policy(retention_days=1)).purged == [
        "2026-03-02",
        "2026-03-03",
    ]
    assert not list(store.glob("*/date=2026-03-03"))
    assert sorted(path.name for path in (store / "sessions").iterdir()) == [
        "date=2026-03-04",
        "date=2026-03-05",
    ] or load(store).days == ["2026-03-05"]


@pytest.mark.long
def test_a_visitor_is_forgotten_everywhere(copied: tuple[Path, Path]) -> None:
    log, store = copied
    visitor = tables(store)["sessions"].visitor_id.value_counts().index[0]
    assert forget(store, load(store), visitor) > 1
    assert visitor not in set(tables(store)["sessions"].visitor_id)
    written = run([log], store)
    assert written.days and all(entry.lines == 0 for entry in written.inputs)
    for file in store.glob("**/*.parquet"):
        assert visitor not in pq.ParquetFile(file).read().to_pandas().astype(str).to_numpy()
    assert verify(store, load(store)) == []


def test_verify_finds_what_is_missing_or_damaged(copied: tuple[Path, Path]) -> None:
    _, store = copied
    first, second, *_ = sorted((store / "sessions").glob("date=*/*.parquet"))
    first.write_bytes(b"nothing")
    shutil.copy(sorted((store / "sessions").glob("date=*/*.parquet"))[-1], second)
    sorted((store / "hits").glob("date=*/*"))[0].unlink()
    faults = verify(store, load(store))
    assert len(faults) == 3
    assert sum("cannot be read" in fault for fault in faults) == 2


@pytest.mark.long
@pytest.mark.parametrize(("rotation", "same"), [("never", True), ("daily", False)])
def test_ids_rotate(tmp_path: Path, rotation: str, same: bool) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text(Hit(0).line + "\n" + Hit(24 * 60 + 5).line + "\n")
    run([log], store, policy=Policy(rotate_key=rotation))
    ids = list(tables(store)["sessions"].visitor_id)
    assert (len(ids), len(set(ids)) == 1) == (2, same)


def test_the_store_holds_no_address_and_no_agent(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join(LINES[:5]) + 'broken 192.0.2.77 "Mozilla/5.0 (X11)\n')
    run([log], store)
    for file in store.glob("**/*.parquet"):
        text = pq.ParquetFile(file).read().to_pandas().to_csv()
        assert "192.0.2" not in text and "Mozilla" not in text, file
    for file in [store / "state.json", *store.glob("**/*.json")]:
        assert "192.0.2" not in file.read_text()
    assert info(store, load(store)).rejects == 1


def test_a_dry_run_changes_nothing(copied: tuple[Path, Path]) -> None:
    log, store = copied
    log.write_text("".join([*LINES, LINES[0]]))
    before = {path: path.stat().st_mtime_ns for path in store.glob("**/*.*")}
    [entry] = run([log], store, policy=Policy(dry_run=True)).inputs
    assert entry.lines_before == len(LINES)
    assert {path: path.stat().st_mtime_ns for path in store.glob("**/*.*")} == before


@pytest.mark.long
def test_only_the_days_asked_for_are_written(tmp_path: Path, whole: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join(LINES))
    day = datetime(2026, 3, 3, tzinfo=UTC).date()
    assert run([log], store, policy=Policy(since=day, until=day)).days == ["2026-03-03"]
    assert "2026-03-03" not in run([log], store).days
    assert_same(store, whole)


@pytest.mark.long
def test_a_run_says_what_it_did(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join(LINES) + "no line\n")
    run([log], store, now=NOW)
    run([log], store, now=NOW + timedelta(hours=1))
    first, second = (json.loads(file.read_text()) for file in sorted((store / "runs").iterdir()))
    assert first["inputs"][0]["lines"] == len(LINES) + 1 == first["inputs"][0]["hits"] + 1
    assert first["days"] and not second["days"]
    assert second["inputs"][0]["lines_before"] == len(LINES) + 1


@pytest.mark.long
def test_an_object_is_recognised_by_its_name_and_size(tmp_path: Path) -> None:
    """By `file:` URIs, which are read as those of object stores are."""
    bucket, store = tmp_path / "bucket", tmp_path / "store"
    bucket.mkdir()
    (bucket / "a.log").write_text("".join(LINES[:3]))
    with gzip.open(bucket / "b.log.gz", "wt") as packed:
        packed.write("".join(LINES[3:6]))
    names = [f"file://{bucket}/*.log*"]

    def lines() -> list[tuple[str, int]]:
        made = darksocial.nightly(names, store, secret="s", now=lambda: NOW)
        return [(entry.file.rpartition("/")[2], entry.lines) for entry in made.inputs]

    assert lines() == [("a.log", 3), ("b.log.gz", 3)]
    assert lines() == []
    (bucket / "c.log").write_text(LINES[6])
    assert lines() == [("c.log", 1)]
