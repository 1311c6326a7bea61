"""The state of a store: its versions, its size, and what it keeps of runs that were killed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import darksocial
from darksocial import Goal, OutputError, Policy, Settings, UsageError
from darksocial.schema import CONTRACTS, SCHEMA_VERSION, VERSIONS
from darksocial.store.daily.stored import runs_of
from darksocial.store.files import layout, records
from darksocial.store.files.state import load, save
from darksocial.store.upkeep.inspection import info, verify
from darksocial.store.upkeep.maintenance import compact
from tests import warm
from tests.nights import (
    DATA,
    LOG_V1,
    NOW,
    RESULT_V1,
    SECRET,
    STORE_V1,
    assert_same,
    copy_of,
    first,
    hits_in,
    lines_of,
    made,
    night,
    results,
)

GOALS = (
    Goal(path="/order/*", status=302, method="post", value=20.0),
    Goal(path="/api/basket"),
    Goal(path="/contact/", value=1.5),
)


@pytest.fixture(scope="module")
def one_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of one day without goals."""
    return made(tmp_path_factory.mktemp("one"), lines_of(0))


@pytest.fixture
def version_1(tmp_path: Path) -> tuple[Path, Path]:
    """The log and the store of the version before states had a schema version."""
    log = tmp_path / "access.log"
    log.write_text("".join(LOG_V1))
    return log, copy_of(STORE_V1, tmp_path)


def test_a_store_of_version_1_is_read_and_becomes_one_of_the_latest(
    version_1: tuple[Path, Path],
) -> None:
    log, store = version_1
    before = results(store)
    assert load(store).version == 1
    assert verify(store, load(store)) == []
    run = night(log, store)
    assert ([entry.lines for entry in run.inputs], run.days, run.lost) == ([0], [], [])
    told = json.loads((store / "state.json").read_text())
    assert told["schema_version"] == SCHEMA_VERSION
    assert results(store).keys() == before.keys()
    assert verify(store, load(store)) == []
    rest = set(layout.own_files(store)) - set(load(store).checksums)
    assert {place for place in rest if layout.kind_of(place) != "marks"} == set(
        records_before(store)
    )


def records_before(store: Path) -> list[str]:
    """The records of runs whose checksums are in the record after them."""
    return list(layout.files_in(store, "runs"))[:-1]


def assert_nearly_same(store: Path, other: Path) -> None:
    """The same sessions, with nearly the same probabilities: old people have no `agent`, so it is
    not known what others with their user agent load."""
    left, right = results(store), results(other)
    assert left.keys() == right.keys()
    places = [place for place in left if place.startswith("sessions")]
    assert places
    for place in places:
        old, new = left[place], right[place]
        assert isinstance(old, pd.DataFrame)
        assert isinstance(new, pd.DataFrame)
        weighed = [name for name in old if name.startswith("p_")]
        pd.testing.assert_frame_equal(old[weighed], new[weighed], atol=0.05)
        rest = [name for name in old if name not in (*weighed, "evidence", "channel_after")]
        pd.testing.assert_frame_equal(old[rest], new[rest])


@pytest.mark.long
def test_a_store_of_version_1_goes_on(version_1: tuple[Path, Path], tmp_path: Path) -> None:
    """Old hits lack the new columns, and count with the new ones; the report names old days."""
    log, store = version_1
    notes = darksocial.day_report(store, now=lambda: NOW).notes
    assert any("2026-03-02 to 2026-03-05 (4 days) were written by an earlier" in n for n in notes)
    log.write_text("".join([*LOG_V1, *lines_of(3)]))
    assert night(log, store).days
    whole = tmp_path / "whole"
    night(log, whole)
    assert compact(store, load(store)) > 0
    night(log, store, after=1, policy=Policy(rebuild=True))
    assert_nearly_same(store, whole)
    notes = darksocial.day_report(store, now=lambda: NOW).notes
    assert not any("earlier version" in note for note in notes)


def test_a_result_of_version_1_is_read() -> None:
    visits = darksocial.explain(RESULT_V1, top=3)
    assert len(visits) == 3
    assert "schema_version" not in json.loads((RESULT_V1 / "summary.json").read_text())


def test_new_results_say_their_schema_version(one_day: Path) -> None:
    [report] = (one_day / "reports").glob("*/summary.json")
    assert json.loads(report.read_text())["schema_version"] == SCHEMA_VERSION


CONTRACTS_OF_VERSION = DATA / "contracts.json"


def test_every_change_of_a_contract_has_a_version_of_its_own(one_day: Path) -> None:
    """What changes here needs a new number in schema.VERSIONS, and is then written to this file."""
    [report] = (one_day / "reports").glob("*/summary.json")
    [record] = (one_day / "runs").iterdir()
    found = {
        **{contract.name: contract.names for contract in CONTRACTS},
        "stored hits": pq.read_schema(one_day / first(one_day, "hits")).names,
        "stored people": pq.read_schema(one_day / first(one_day, "people")).names,
        "summary.json": list(json.loads(report.read_text())),
        "state.json": list(json.loads((one_day / "state.json").read_text())),
        "record of a run": list(json.loads(record.read_text())),
    }
    written = json.loads(CONTRACTS_OF_VERSION.read_text())
    assert written == {"schema_version": SCHEMA_VERSION, **found}
    assert list(VERSIONS) == list(range(1, SCHEMA_VERSION + 1))


def test_a_newer_state_is_refused(one_day: Path, tmp_path: Path) -> None:
    store = copy_of(one_day, tmp_path)
    told = json.loads((store / "state.json").read_text())
    told["schema_version"] = SCHEMA_VERSION + 1
    (store / "state.json").write_text(json.dumps(told))
    files = sorted(layout.own_files(store))
    for command in (["nightly", str(tmp_path / "made.log"), "--store"], ["store", "verify"]):
        done = subprocess.run(
            [*warm.command(), *command, str(store)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 4
        assert f"newer version of darksocial (schema_version {SCHEMA_VERSION + 1})" in done.stderr
    assert sorted(layout.own_files(store)) == files


KILLER = """
import os, sys
from datetime import datetime
target, left = sys.argv[3], int(sys.argv[4])
def hook(event, arguments):
    global left
    if event == "os.rename" and str(arguments[1]).endswith(target):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), 9)
sys.addaudithook(hook)
import darksocial
now = lambda: datetime.fromisoformat(sys.argv[5])
path = __import__("pathlib").Path(sys.argv[2])
darksocial.nightly([sys.argv[1]], path, secret=sys.argv[6], now=now)
"""


def killed_before(log: Path, store: Path, target: str, after: int = 0) -> None:
    """Run, and be killed (kill -9) before a file of this name appears for the n-th time."""
    arguments = [str(log), str(store), target, str(after), NOW.isoformat(), SECRET]
    command = [sys.executable, "-W", "ignore", "-c", KILLER, *arguments]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == -9, done.stderr


@pytest.mark.long
@pytest.mark.parametrize("target", ["state.json", "state.copy.json", "sessions-0.parquet"])
def test_the_upgrade_is_one_step(version_1: tuple[Path, Path], target: str) -> None:
    """Killed before it, the state is of version 1; after it, of the latest; never between."""
    log, store = version_1
    with log.open("a") as file:
        file.writelines(lines_of(4))
    killed_before(log, store, target)
    state = load(store)
    assert state.version == (1 if target == "state.json" else SCHEMA_VERSION)
    run = night(log, store, after=1)
    assert run.lost == []
    assert verify(store, load(store)) == []
    assert hits_in(store) == len(LOG_V1) - 1 + len(lines_of(4))


@pytest.mark.long
def test_lines_of_a_killed_run_are_accounted_for(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join(lines_of(0)))
    night(log, store)
    with log.open("a") as file:
        file.writelines(lines_of(1))
    killed_before(log, store, "sessions-0.parquet")
    report = darksocial.day_report(store, now=lambda: NOW)
    assert report.run
    assert report.run.total.lines == len(lines_of(0)) + len(lines_of(1))
    assert any("has not ended: its 9 lines are part" in note for note in report.notes)
    run = night(log, store, after=1)
    assert [entry.lines for entry in run.interrupted] == [len(lines_of(1))]
    assert [each.read.lines for each in runs_of(store)] == [9, 9]
    assert load(store).open_run is None


@pytest.mark.long
def test_a_run_that_is_killed_after_its_record_is_not_counted_twice(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join(lines_of(0)))
    night(log, store)
    saves = load(store).generation
    shutil.rmtree(store)
    killed_before(log, store, "state.json", saves - 1)
    assert len(list((store / "runs").iterdir())) == 1
    run = night(log, store, after=1)
    assert (run.interrupted, run.lost) == ([], [])
    assert sum(each.read.lines for each in runs_of(store)) == len(lines_of(0))
    assert verify(store, load(store)) == []


@pytest.mark.long
def test_the_state_does_not_grow_with_every_run(tmp_path: Path, one_day: Path) -> None:
    log, store = tmp_path / "access.log", copy_of(one_day, tmp_path)
    log.write_text("".join(lines_of(0)))
    sizes = []
    for after in range(1, 5):
        night(log, store, after=after)
        sizes.append((store / "state.json").stat().st_size)
    assert max(sizes) - min(sizes) <= 2  # digits of numbers
    assert len(list((store / "runs").iterdir())) == 5
    assert verify(store, load(store)) == []


def test_fields_of_old_files_take_a_row_for_each_change(tmp_path: Path) -> None:
    store = copy_of(STORE_V1, tmp_path)
    state = load(store)
    state.files = [[True, True, True, False]] * 5_000 + [[True, False, False, False]] * 5_000
    save(store, state)
    assert len(json.loads((store / "state.json").read_text())["files"]) == 2
    assert load(store).files == state.files


def test_every_record_is_checked_by_the_one_after_it(tmp_path: Path, one_day: Path) -> None:
    log, store = tmp_path / "access.log", copy_of(one_day, tmp_path)
    log.write_text("".join(lines_of(0)))
    for after in (1, 2):
        night(log, store, after=after)
    earliest, *_ = sorted((store / "runs").iterdir())
    text = earliest.read_text()
    earliest.write_text(text.replace('"hits": 9', '"hits": 8'))
    [fault] = verify(store, load(store))
    assert earliest.name in fault and "not as it was written" in fault
    earliest.unlink()
    [fault] = verify(store, load(store))
    assert earliest.name in fault and "missing" in fault
    assert len(records.walk(store, load(store))) == 3


@pytest.mark.long
def test_rebuild_applies_new_goals(tmp_path: Path, one_day: Path) -> None:
    """As if the log had been read with these goals, by the store and by an analysis."""
    log, store = tmp_path / "access.log", copy_of(one_day, tmp_path)
    log.write_text("".join(lines_of(0)))
    settings = Settings(goals=GOALS)
    run = night(log, store, after=1, settings=settings, policy=Policy(rebuild=True))
    assert run.days == ["2026-03-02"]
    assert_same(store, made(tmp_path, lines_of(0), settings))
    with darksocial.analyze([str(log)], settings=settings, secret=SECRET) as analysis:
        expected = analysis.to_pandas()
    [file] = (store / "sessions").glob("*/*.parquet")
    stored = pq.ParquetFile(file).read().to_pandas()
    for name in ("session_id", "conversions", "revenue", "pageviews", "ended_at"):
        assert list(stored[name]) == list(expected[name]), name
    assert stored.conversions.sum() == 3 and stored.revenue.sum() == 21.5
    night(log, store, after=2, policy=Policy(rebuild=True))
    assert_same(store, one_day)


@pytest.mark.long
def test_goals_cannot_be_applied_to_hits_of_version_1(version_1: tuple[Path, Path]) -> None:
    log, store = version_1
    before = {place: (store / place).read_bytes() for place in layout.own_files(store)}
    with pytest.raises(
        UsageError, match="goals is 3 now, and was 0 when the report of 2026-03-02"
    ) as told:
        night(log, store, settings=Settings(goals=GOALS), policy=Policy(rebuild=True))
    assert "their logs" in str(told.value)
    assert {place: (store / place).read_bytes() for place in layout.own_files(store)} == before
    with log.open("a") as file:
        file.writelines(lines_of(4))
    assert night(log, store, settings=Settings(goals=GOALS)).days
    summary = json.loads((store / "reports" / "date=2026-03-06" / "summary.json").read_text())
    assert any("2026-03-02 to 2026-03-05 were stored by" in note for note in summary["notes"])
    assert sum(row["before"] for row in summary["conversions"]) == 3


def test_info_says_what_there_is(version_1: tuple[Path, Path]) -> None:
    _, store = version_1
    (store / "notes.txt").write_text("mine")
    found = info(store, load(store))
    assert (found.schema_version, found.foreign, found.lost) == (1, ("notes.txt",), ())
    assert (found.hits, found.sessions, found.rejects) == (54, 22, 1)


def test_a_damaged_state_is_refused(one_day: Path, tmp_path: Path) -> None:
    store = copy_of(one_day, tmp_path)
    text = (store / "state.json").read_text()
    (store / "state.json").write_text(text.replace('"lines": 9', '"lines": 8', 1))
    with pytest.raises(OutputError, match="its checksum is that of another text") as told:
        load(store)
    assert f"darksocial store recover {store}" in str(told.value)
