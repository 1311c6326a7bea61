"""A store whose state is lost or older than its files: nothing is lost, nothing counts twice."""

import math
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from darksocial import OutputError
from darksocial.outputs.store import show_recovery, show_run
from darksocial.schema import ARRIVAL
from darksocial.store.files import layout
from darksocial.store.files.bookmark import Bookmark, merged
from darksocial.store.files.state import load, save
from darksocial.store.night import Policy
from darksocial.store.upkeep import Recovery
from darksocial.store.upkeep.forgetting import forget
from darksocial.store.upkeep.inspection import info, verify
from darksocial.store.upkeep.maintenance import prepare, purge
from darksocial.store.upkeep.recovery import recover
from tests.gate import series
from tests.nights import (
    LOG_V1,
    STORE_V1,
    assert_same,
    copy_of,
    first,
    hits_in,
    lines_of,
    made,
    night,
)

REJECT = "this is no line of a log\n"
ESTIMATES = (
    "p_dark_social",
    "p_direct",
    "p_lost_search",
    "p_lost_social",
    "p_lost_email",
    "p_lost_ai",
)
# What versions have learned of four days of one site moves a probability or log-odds by less.
MOST_MOVED = 0.02
FIRST, SECOND = [*lines_of(0), REJECT], lines_of(1)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store after the first day."""
    return made(tmp_path_factory.mktemp("one"), FIRST)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of one run over both days."""
    return made(tmp_path_factory.mktemp("whole"), [*FIRST, *SECOND])


@pytest.fixture(scope="module")
def two(one: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a run for each day."""
    folder = tmp_path_factory.mktemp("two")
    (folder / "access.log").write_text("".join([*FIRST, *SECOND]))
    store = copy_of(one, folder)
    night(folder / "access.log", store, after=1)
    return store


def recovered(store: Path) -> Recovery:
    """Recover, and print what was done."""
    found = recover(store)
    show_recovery(found)
    return found


def log_of(folder: Path, lines: list[str]) -> Path:
    log = folder / "access.log"
    log.write_text("".join(lines))
    return log


def test_hits_without_a_state_are_refused(one: Path, tmp_path: Path) -> None:
    log, store = log_of(tmp_path, FIRST), copy_of(one, tmp_path)
    (store / "state.json").unlink()
    before = {place: (store / place).read_bytes() for place in layout.own_files(store)}
    with pytest.raises(OutputError, match=r"state\.json is missing") as told:
        night(log, store, after=1)
    assert told.value.exit_code == 4
    assert f"darksocial store recover {store}" in str(told.value)
    assert {place: (store / place).read_bytes() for place in layout.own_files(store)} == before


@pytest.mark.long
@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_the_copy_of_the_state_loses_nothing(
    two: Path, whole: Path, tmp_path: Path, damage: str
) -> None:
    log, store = log_of(tmp_path, [*FIRST, *SECOND]), copy_of(two, tmp_path)
    if damage == "missing":
        (store / "state.json").unlink()
    else:
        (store / "state.json").write_text((store / "state.json").read_text()[:300])
    found = recovered(store)
    assert (found.source, found.reads_again, found.left) == ("state.copy.json", False, ())
    assert verify(store, load(store)) == []
    run = night(log, store, after=2)
    assert ([entry.lines for entry in run.inputs], run.days) == ([0], [])
    assert_same(store, whole)


@series("gone", ["state", "records", "log"], in_gate=0)
def test_a_state_is_rebuilt_from_the_files(
    two: Path, whole: Path, tmp_path: Path, gone: str
) -> None:
    """Without records of runs the log is read anew, and counts once; without it nothing is lost."""
    log, store = log_of(tmp_path, [*FIRST, *SECOND]), copy_of(two, tmp_path)
    for name in (layout.STATE, layout.STATE_COPY):
        (store / name).unlink()
    if gone == "records":
        shutil.rmtree(store / "runs")
    found = recovered(store)
    assert (found.source, found.days) == ("the files", ("2026-03-02", "2026-03-03"))
    assert found.bookmarks == (0 if gone == "records" else 2)
    if gone == "log":
        log.write_text("".join(lines_of(1)[:1]))
    run = night(log, store, after=2)
    assert run.stored_before == (18 if gone == "records" else 1 if gone == "log" else 0)
    assert hits_in(store) == 18
    assert info(store, load(store)).rejects == 1
    assert_same(store, whole)
    assert verify(store, load(store)) == []


@pytest.mark.long
def test_a_store_of_version_1_without_state(tmp_path: Path) -> None:
    store = copy_of(STORE_V1, tmp_path)
    (store / "state.json").unlink()
    found = recovered(store)
    assert (found.source, found.guesses_fields, found.bookmarks) == ("the files", True, 0)
    run = night(log_of(tmp_path, [*LOG_V1, *lines_of(3)[:1]]), store)
    assert (run.stored_before, hits_in(store)) == (54, 55)
    assert info(store, load(store)).rejects == 1
    sessions = first(STORE_V1, "sessions")
    old, new = (pq.ParquetFile(each / sessions).read() for each in (STORE_V1, store))
    assert set(new.column("began").to_pylist()) == {ARRIVAL}  # the old version did not say
    assert set(new.column("p_bot").to_pylist()) == {None}  # that day nobody loads anything
    assert set(new.column("share_id").to_pylist()) == {None}
    same = new.select(old.schema.names)
    assert old.schema.equals(same.schema)
    assert visits_of(old) == visits_of(same)
    assert estimates_of(same) == pytest.approx(estimates_of(old), abs=MOST_MOVED, nan_ok=True)


def visits_of(sessions: pa.Table) -> list[dict[str, Any]]:
    """The rows of sessions, without what the model estimates, and the signals of each.

    A day that is rebuilt has what its hits say, and what this version thinks of it. The notes of
    evidence are prose for people, which a later version may put better.
    """
    rows: list[dict[str, Any]] = sessions.to_pylist()
    assert any(entry["note"] for row in rows for entry in row["evidence"])
    return [
        {name: value for name, value in row.items() if name not in ESTIMATES}
        | {"evidence": sorted(entry["signal"] for entry in row["evidence"])}
        for row in rows
    ]


def estimates_of(sessions: pa.Table) -> list[float]:
    """The probabilities of all sessions, NaN where there is none, and the log-odds of evidence."""
    columns = [sessions.column(name).to_pylist() for name in ESTIMATES]
    log_odds = [
        entry["log_odds"]
        for entries in sessions.column("evidence").to_pylist()
        for entry in sorted(entries, key=lambda entry: str(entry["signal"]))
    ]
    return [math.nan if p is None else p for column in columns for p in column] + log_odds


@pytest.fixture
def older(one: Path, two: Path, tmp_path: Path) -> Path:
    """The store of both days, with the state after the first."""
    store = copy_of(two, tmp_path)
    for name in (layout.STATE, layout.STATE_COPY):
        shutil.copy(one / name, store / name)
    return store


@pytest.mark.long
def test_an_older_state_loses_no_lines_although_the_log_is_gone(
    older: Path, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = log_of(tmp_path, lines_of(2)[:1])
    run = night(log, older, after=2)
    assert {place.split("/")[1] for place in run.lost} == {"hits", "people", "runs"}
    show_run(run, older)
    assert (
        f"Kept aside, because state.json does not name it: {run.lost[0]}" in capsys.readouterr().out
    )
    assert set(info(older, load(older)).lost) == set(run.lost)
    faults = verify(older, load(older))
    assert all(any(place in fault for fault in faults) for place in run.lost)
    found = recovered(older)
    assert (found.hits_back, found.left) == (9, ())
    log.write_text("".join([*FIRST, *SECOND]))
    run = night(log, older, after=3)
    assert [entry.lines for entry in run.inputs] == [0]
    assert hits_in(older) == 19
    assert verify(older, load(older)) == []
    shutil.copy(log, tmp_path / "all.log")
    with (tmp_path / "all.log").open("a") as everything:
        everything.writelines(lines_of(2)[:1])
    night(tmp_path / "all.log", tmp_path / "all")
    assert_same(older, tmp_path / "all")


@pytest.mark.long
def test_an_older_state_counts_no_lines_twice(older: Path, whole: Path, tmp_path: Path) -> None:
    """Where the log is still there, it is read again; what was kept aside is not needed then."""
    log = log_of(tmp_path, [*FIRST, *SECOND])
    run = night(log, older, after=2)
    assert ([entry.lines for entry in run.inputs], bool(run.lost)) == ([9], True)
    assert_same(older, whole)
    found = recovered(older)
    assert (found.hits_back, found.left) == (0, ())
    assert hits_in(older) == 18
    night(log, older, after=3)
    assert_same(older, whole)
    assert verify(older, load(older)) == []


@pytest.mark.long
def test_an_older_state_beside_its_newer_copy(
    one: Path, two: Path, whole: Path, tmp_path: Path
) -> None:
    store = copy_of(two, tmp_path)
    shutil.copy(one / layout.STATE, store / layout.STATE)
    found = recovered(store)
    assert (found.source, found.reads_again) == ("state.copy.json", False)
    assert_same(store, whole)
    assert verify(store, load(store)) == []


@series("kind", ["hits", "people"], in_gate=0)
def test_damaged_hits_are_read_again(two: Path, whole: Path, tmp_path: Path, kind: str) -> None:
    log, store = log_of(tmp_path, [*FIRST, *SECOND]), copy_of(two, tmp_path)
    place = first(store, kind)
    (store / place).write_bytes((store / place).read_bytes()[:-100])
    found = recovered(store)
    assert [(lost, place in fault) for lost, fault in found.aside] == [(f"lost/{place}", True)]
    assert found.reads_again
    run = night(log, store, after=2)
    assert (run.stored_before, run.skipped) == (9, [])
    assert_same(store, whole)
    assert info(store, load(store)).rejects == 1
    left = verify(store, load(store))
    assert left and all("kept aside" in fault for fault in left)


def test_a_damaged_record_and_rejects_are_set_aside(two: Path, tmp_path: Path) -> None:
    store = copy_of(two, tmp_path)
    for kind in ("runs", "rejects"):
        (store / first(store, kind)).write_bytes(b"{}")
    found = recovered(store)
    assert sorted(lost.split("/")[1] for lost, _ in found.aside) == ["rejects", "runs"]
    night(log_of(tmp_path, [*FIRST, *SECOND]), store, after=2)
    assert all("kept aside" in fault for fault in verify(store, load(store)))


@pytest.mark.long
def test_a_visitor_and_old_days_are_erased_from_what_was_kept_aside(
    older: Path, tmp_path: Path
) -> None:
    night(log_of(tmp_path, lines_of(2)[:1]), older, after=2)
    lost = [older / p for p in layout.lost_files(older) if p.startswith("lost/hits")]
    assert lost
    visitor = pq.ParquetFile(lost[0]).read().column("visitor")[0].as_py()
    state = load(older)
    prepare(older, state)
    assert forget(older, state, visitor) > 0
    for file in older.glob("**/*.parquet*"):
        names = {"visitor", "visitor_id", "sharer_visitor_id"} & set(pq.read_schema(file).names)
        table = pq.ParquetFile(file).read(columns=sorted(names))
        assert all(visitor not in column.to_pylist() for column in table.columns), file
    night(tmp_path / "access.log", older, after=3)
    faults = verify(older, load(older))
    assert {fault.split("is ")[1][:10] for fault in faults} == {"kept aside", "not named "}
    assert all("date=2026-03-03" in fault for fault in faults if "not named" in fault)
    state = load(older)
    days = purge(older, state, date(2026, 3, 4))
    assert days == ["2026-03-02", "2026-03-03"]
    assert not [place for place in layout.lost_files(older) if "date=" in place]


@pytest.mark.long
def test_a_damaged_file_keeps_no_other_from_being_erased(older: Path, tmp_path: Path) -> None:
    night(log_of(tmp_path, lines_of(2)[:1]), older, after=2)
    lost = [older / p for p in layout.lost_files(older) if p.startswith("lost/hits")]
    visitor = pq.ParquetFile(lost[0]).read().column("visitor")[0].as_py()
    damaged = next(older / p for p in layout.lost_files(older) if p.startswith("lost/people"))
    damaged.write_bytes(damaged.read_bytes()[:-200])
    state = load(older)
    prepare(older, state)
    with pytest.raises(OutputError, match=f"{damaged.name}.* may still name the visitor"):
        forget(older, state, visitor)
    assert visitor not in pq.ParquetFile(lost[0]).read().column("visitor").to_pylist()


@pytest.mark.long
def test_a_rebuild_of_some_days_leaves_the_others_due(two: Path, tmp_path: Path) -> None:
    log, store = log_of(tmp_path, [*FIRST, *SECOND]), copy_of(two, tmp_path)
    state = load(store)
    state.due = ["2026-03-02"]
    save(store, state)
    policy = Policy(rebuild=True, since=date(2026, 3, 3))
    assert night(log, store, after=2, policy=policy).days == ["2026-03-03"]
    assert load(store).due == ["2026-03-02"]


def test_of_two_bookmarks_of_one_log_the_later_stays() -> None:
    """The hashes of the earlier may be gone; without an order of runs, chance would decide."""
    old = Bookmark("aa", 2, 10, 1, "bb", "2026-03-01", chain="cc", marks="one:0:4")
    new = replace(old, seen="2026-03-02", marks="two:0:4")
    other = replace(old, lines=2)
    assert merged([old, other, new]) == [new, other]
    assert merged([new, other, old]) == [old, other]
