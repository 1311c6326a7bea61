"""What happens to a store whose files are damaged, and to what others keep in its folder."""

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import darksocial
from darksocial import InputError, Policy
from darksocial.store.files import layout
from darksocial.store.files.state import load
from darksocial.store.upkeep import inspection
from darksocial.store.upkeep.inspection import info, verify
from darksocial.store.upkeep.maintenance import compact, prepare, purge
from tests import warm
from tests.gate import series
from tests.nights import (
    NOW,
    STORE_V1,
    assert_same,
    copy_of,
    first,
    lines_of,
    made,
    night,
)


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two runs over two days, with a reject."""
    folder = tmp_path_factory.mktemp("two")
    store = made(folder, [*lines_of(0), "no line\n"])
    with (folder / "made.log").open("a") as log:
        log.writelines(lines_of(1))
    night(folder / "made.log", store, after=1)
    return store


def test_verify_finds_every_flipped_bit(two_days: Path, tmp_path: Path, full: bool) -> None:
    store = copy_of(two_days, tmp_path)
    assert inspection.verify_folder(store)[0] == []
    files = [store / place for place in (*layout.own_files(store), *layout.TOP_NAMES)]
    files = [file for file in files if file.is_file() and file.stat().st_size]
    chance = random.Random(100)
    for number in range(600 if full else 100):
        file = files[number % len(files)]
        content = file.read_bytes()
        at = chance.randrange(len(content) * 8)
        damaged = bytearray(content)
        damaged[at // 8] ^= 1 << at % 8
        file.write_bytes(damaged)
        faults, _ = inspection.verify_folder(store)
        assert any(file.name in fault for fault in faults), (file, at)
        file.write_bytes(content)
    assert inspection.verify_folder(store)[0] == []


def test_verify_finds_what_is_cut_of_another_day_or_unnamed(two_days: Path, tmp_path: Path) -> None:
    store = copy_of(two_days, tmp_path)
    report = store / first(store, "reports")
    report.write_text(report.read_text()[:-200])
    hits = store / first(store, "hits")
    other = hits.parent.parent / "date=2026-03-03" / hits.name
    shutil.copy(hits, other)
    (store / "rejects" / "copy.parquet").write_bytes(b"mine")
    faults = verify(store, load(store))
    assert [sum(word in fault for fault in faults) for word in (report.name, other.name)] == [1, 1]
    assert sum("copy.parquet is not named by state.json" in fault for fault in faults) == 1
    assert len(faults) == 3


def test_days_are_checked_in_stores_without_checksums(tmp_path: Path) -> None:
    store = copy_of(STORE_V1, tmp_path)
    first_day, second_day, *_ = sorted((store / "hits").iterdir())
    [file] = first_day.iterdir()
    shutil.copy(file, second_day / file.name)
    assert [fault for fault in verify(store, load(store)) if "hits/date=2026-03-03" in fault] == [
        f"{second_day / file.name} holds time of 2026-03-02"
    ]


def test_verify_says_what_is_wrong_with_the_state(two_days: Path, tmp_path: Path) -> None:
    store = copy_of(two_days, tmp_path)
    (store / "state.json").write_text("{")
    [fault] = inspection.verify_folder(store)[0]
    assert "state.json cannot be read" in fault
    (store / "state.json").unlink()
    [fault] = inspection.verify_folder(store)[0]
    assert "state.json is missing" in fault
    done = subprocess.run(
        [*warm.command(), "store", "verify", str(store)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.long
def test_only_the_days_that_need_damaged_hits_are_skipped(tmp_path: Path) -> None:
    """The rest is written; the day is tried again each time, and written once it can be."""
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join([*lines_of(0), *lines_of(8)]))
    night(log, store)
    file = store / first(store, "hits")
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    assert any(file.name in fault for fault in verify(store, load(store)))
    with log.open("a") as lines:
        lines.writelines(lines_of(9))
    run = night(log, store, after=1, policy=Policy(rebuild=True))
    assert run.days == ["2026-03-10", "2026-03-11"]
    assert [(day, file.name in reason) for day, reason in run.skipped] == [("2026-03-02", True)]
    done = cli("nightly", log, "--store", store, "--visitor-secret", "sample-of-version-1")
    assert done.returncode == 4
    assert "1 day is not written: 2026-03-02" in done.stderr
    assert f"darksocial store recover {store}" in done.stderr
    assert "Traceback" not in done.stderr
    file.write_bytes(content)
    run = night(log, store, after=3)
    assert (run.days, run.skipped) == (["2026-03-02"], [])
    assert verify(store, load(store)) == []


def cli(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*warm.command(), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.long
def test_rebuild_heals_sessions_shares_and_reports(two_days: Path, tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", copy_of(two_days, tmp_path)
    log.write_text("".join([*lines_of(0), "no line\n", *lines_of(1)]))
    for kind in ("sessions", "shares", "reports"):
        (store / first(store, kind)).write_bytes(b"{")
    assert len(verify(store, load(store))) == 3
    night(log, store, after=2, policy=Policy(rebuild=True))
    assert_same(store, two_days)
    assert verify(store, load(store)) == []


READER = """
import ctypes, os, sys
if os.geteuid() == 0 and len(sys.argv) == 2:
    # Root may write everywhere: without this capability (linux/capability.h) rights hold for it.
    drop_from_bounding_set, dac_override = 24, 1
    assert ctypes.CDLL(None).prctl(drop_from_bounding_set, dac_override, 0, 0, 0) == 0
    os.execv(sys.executable, [*sys.orig_argv, "again"])
from click.testing import CliRunner
from darksocial.cli._main import darksocial
store = sys.argv[1]
try:
    open(store + "/x", "w")
    sys.exit("the store can be written")
except PermissionError:
    pass
for command in (["store", "verify"], ["store", "info"], ["report"], ["explain"]):
    done = CliRunner().invoke(darksocial, [*command, store], catch_exceptions=False)
    assert done.exit_code == 0, done.output
"""


@series("version", [2, 1], in_gate=1)
def test_a_store_that_cannot_be_written_is_read(
    two_days: Path, tmp_path: Path, version: int
) -> None:
    store = copy_of(STORE_V1 if version == 1 else two_days, tmp_path)
    paths = [store, *store.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    command = [sys.executable, "-W", "ignore", "-c", READER, str(store)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    for path in paths:
        path.chmod(0o700)
    assert done.returncode == 0, done.stdout + done.stderr


FOREIGN = (
    ".env",
    ".git/config",
    "notes.txt",
    "rejects/letter.txt",
    "hits/date=2026-03-02/.hidden",
    "hits/date=2026-03-02/mine.parquet",
    "people/notes",
    "sessions/date=2026-03-02/readme.md",
    "runs/list.json",
)
LEFT = (
    ".state.json.abcd_f09",
    "hits/date=2026-03-02/.20260101T000000Z-0.parquet",
    "rejects/.20260101T000000Z.parquet",
    "sessions/date=2026-03-02/.sessions-0.parquet.zzzzzzzz",
    "runs/.20260101T000000Z.json.01234567",
)


def test_nothing_of_others_is_removed(two_days: Path, tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", copy_of(two_days, tmp_path)
    log.write_text("".join(lines_of(2)))
    for name in (*FOREIGN, *LEFT):
        (store / name).parent.mkdir(parents=True, exist_ok=True)
        (store / name).write_text("mine")
    night(log, store, after=2)
    assert {name for name in (*FOREIGN, *LEFT) if (store / name).exists()} == {*FOREIGN}
    state = load(store)
    prepare(store, state)
    compact(store, state)
    purge(store, state, NOW.date())
    assert all((store / name).read_text() == "mine" for name in FOREIGN)
    assert not list(store.glob("hits/*/*Z*.parquet"))
    found = info(store, load(store)).foreign
    assert {name.partition("/")[0] if ".git" in name else name for name in FOREIGN} == {*found}


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no report of a day"):
        darksocial.day_report(tmp_path, now=lambda: NOW)
    assert cli("store", "verify", tmp_path).returncode == 3
