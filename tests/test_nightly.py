"""The nightly store: the same lines make the same store, in however many runs they come."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

import darksocial
from darksocial import OutputError, Policy
from darksocial.store.files.lock import held
from darksocial.store.files.runs import Run
from darksocial.store.files.state import load
from darksocial.store.upkeep.forgetting import forget
from darksocial.store.upkeep.inspection import info, verify
from darksocial.store.upkeep.maintenance import compact
from tests.logs import ARTICLE, Hit, asset

# Ibis 12 calls a method that DuckDB 2 has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

PUBLISHER = Path(__file__).parents[1] / "sample_logs" / "publisher"
NOW = datetime(2026, 3, 20, 3, 0, tzinfo=UTC)
PREVIEW = "WhatsApp/2.23.20.0 A"
TIME = re.compile(r"\[(\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]")


def run(
    logs: Sequence[Path], store: Path, *, now: datetime = NOW, policy: Policy | None = None
) -> Run:
    names = [str(log) for log in logs]
    return darksocial.nightly(names, store, secret="s", now=lambda: now, policy=policy)


def tables(store: Path) -> dict[str, pd.DataFrame]:
    """All rows of the store's sessions and shares, and what each day's report says."""
    found = {}
    for name in ("sessions", "shares"):
        files = sorted((store / name).glob("date=*/*.parquet"))
        frames = [pq.ParquetFile(file).read().to_pandas() for file in files]
        found[name] = pd.concat(frames).reset_index(drop=True)
    reports = sorted((store / "reports").glob("date=*/summary.json"))
    told = [(file.parent.name, file.read_text()) for file in reports]
    found["reports"] = pd.DataFrame(told)
    return found


def assert_same(store: Path, other: Path) -> None:
    left, right = tables(store), tables(other)
    assert len(left["sessions"])
    for name, frame in left.items():
        pd.testing.assert_frame_equal(frame, right[name])
    assert verify(store, load(store)) == []


def hits_of_days() -> list[str]:
    """Four days: sessions over midnight, one that goes on, previews, and people who come back."""
    minutes = [
        (0, "192.0.2.1"),
        (5, "192.0.2.2"),
        (15 * 60 + 50, "192.0.2.3"),
        (16 * 60 + 5, "192.0.2.3"),
        (24 * 60, "192.0.2.1"),
        (24 * 60 + 20, "192.0.2.4"),
        (39 * 60 + 59, "192.0.2.5"),
        (40 * 60 + 10, "192.0.2.5"),
        (72 * 60, "192.0.2.2"),
    ]
    hits = [Hit(at, ARTICLE if n % 3 else "/", ip=ip) for n, (at, ip) in enumerate(minutes)]
    hits += [asset(hit.at + 0.1, hit.ip) for hit in hits]
    hits += [Hit(24 * 60 - 2, ip="192.0.2.1", agent=PREVIEW), Hit(40 * 60, agent=PREVIEW)]
    return [hit.line + "\n" for hit in sorted(hits, key=lambda hit: hit.at)]


LINES = hits_of_days()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of one run over all lines."""
    folder = tmp_path_factory.mktemp("whole")
    log = folder / "access.log"
    log.write_text("".join(LINES))
    run([log], folder / "store")
    return folder / "store"


@pytest.fixture
def copied(tmp_path: Path, whole: Path) -> tuple[Path, Path]:
    """The log of all lines, and a store that holds them."""
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join(LINES))
    shutil.copytree(whole, store)
    return log, store


@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # a run takes seconds: the first failure will do
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    cuts=st.lists(st.integers(0, len("".join(LINES))), max_size=3),
    order=st.permutations(range(3)),
)
@example(cuts=[1, 700], order=[0, 1, 2])
def test_any_cuts_make_the_same_store(
    tmp_path_factory: pytest.TempPathFactory, whole: Path, cuts: list[int], order: list[int]
) -> None:
    """Cut at any byte, in one growing log; some lines come late, in a log of their own."""
    folder = tmp_path_factory.mktemp("cuts")
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


def test_twice_is_once(copied: tuple[Path, Path], whole: Path) -> None:
    log, store = copied
    again = run([log], store)
    assert (again.days, [entry.lines for entry in again.inputs]) == ([], [0])
    assert_same(store, whole)


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


def test_what_comes_from_a_pipe_is_known_again(tmp_path: Path) -> None:
    pipe, store = tmp_path / "pipe", tmp_path / "store"
    os.mkfifo(pipe)
    for lines in (6, 0):
        writer = subprocess.Popen(["sh", "-c", f"printf '%s' \"$1\" > {pipe}", "sh", *_text(6)])
        assert [entry.lines for entry in run([pipe], store).inputs] == [lines]
        assert writer.wait() == 0


def _text(count: int) -> list[str]:
    return ["".join(LINES[:count])]


def test_a_line_that_is_being_written_waits(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text(LINES[0] + LINES[1][:30])
    [entry] = run([log], store).inputs
    assert (entry.lines, entry.rejects, entry.unfinished) == (1, 0, True)
    log.write_text(LINES[0] + LINES[1])
    [entry] = run([log], store).inputs
    assert (entry.lines_before, entry.lines, entry.unfinished) == (1, 1, False)


@cache
def week() -> tuple[list[str], ...]:
    """Lines of the publisher sample, by day: the first week of March."""
    days: dict[str, list[str]] = {}
    for file in PUBLISHER.glob("access.log*"):
        data = file.read_bytes()
        text = gzip.decompress(data) if file.suffix == ".gz" else data
        for line in text.decode().splitlines(keepends=True):
            if found := TIME.search(line):
                time = datetime.strptime(found[1], "%d/%b/%Y:%H:%M:%S %z").astimezone(UTC)
                days.setdefault(time.date().isoformat(), []).append(line)
    return tuple(days[f"2026-03-0{day}"] for day in range(2, 9))


KILLER = """
import os, sys
from datetime import datetime, UTC
left = int(sys.argv[3])
def hook(event, arguments):
    global left
    if event in ("os.rename", "os.remove", "os.mkdir") and "store" in str(arguments[0]):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), 9)
sys.addaudithook(hook)
import darksocial
now = lambda: datetime.fromisoformat(sys.argv[4])
darksocial.nightly([sys.argv[1]], __import__("pathlib").Path(sys.argv[2]), secret="s", now=now)
"""


def killed(logs: Path, store: Path, after: int, now: datetime = NOW) -> int:
    """Run and be killed (kill -9) after so many changes of files; return the exit code."""
    command = [sys.executable, "-W", "ignore", "-c", KILLER, f"{logs}/*.log*", str(store)]
    done = subprocess.run([*command, str(after), now.isoformat()], capture_output=True, check=False)
    assert done.returncode in (0, -9), done.stderr
    return done.returncode


def test_a_week_of_nights_is_one_run_over_the_whole(tmp_path: Path) -> None:
    """With rotation and compression, a missed night, a kill and a full disk among them."""
    logs, store = tmp_path / "logs", tmp_path / "store"
    logs.mkdir()
    for night, lines in enumerate(week()):
        now = datetime(2026, 3, 2 + night, 23, 55, tzinfo=UTC)
        rotate(logs)
        with (logs / "access.log").open("a") as log:
            log.writelines(lines[: len(lines) // 2])
        if night == 2:
            (logs / "access.log").write_text("".join(lines))
            continue
        if night == 3:
            assert killed(logs, store, 9, now) == -9
        if night == 4:
            full_disk(logs, store, now)
        run(sorted(logs.iterdir()), store, now=now)
        with (logs / "access.log").open("a") as log:  # what comes before the rotation
            log.writelines(lines[len(lines) // 2 :])
    run(sorted(logs.iterdir()), store)
    everything = tmp_path / "everything"
    (tmp_path / "all.log").write_text("".join(line for lines in week() for line in lines))
    run([tmp_path / "all.log"], everything)
    assert_same(store, everything)
    assert compact(store, load(store)) > 0
    run([tmp_path / "logs" / "access.log"], store, policy=Policy(rebuild=True))
    assert_same(store, everything)


def rotate(logs: Path) -> None:
    """As logrotate does: the last log is renamed, the one before compressed."""
    first, second = logs / "access.log", logs / "access.log.1"
    for number in range(6, 1, -1):
        old = logs / f"access.log.{number}.gz"
        if old.exists():
            old.rename(logs / f"access.log.{number + 1}.gz")
    if second.exists():
        with gzip.open(logs / "access.log.2.gz", "wb") as packed:
            packed.write(second.read_bytes())
        second.unlink()
    if first.exists():
        first.rename(second)


def full_disk(logs: Path, store: Path, now: datetime) -> None:
    """A run that has no room for its scratch files: it says so, and leaves the store as it was."""
    before = tables(store)
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); "
        "from darksocial.cli import main; "
        f"sys.argv = ['darksocial', 'nightly', '{logs}/*.log*', '--store', '{store}', "
        "'--visitor-secret', 'a secret for tests', '-q']; main()"
    )
    environment = {**os.environ, "TMPDIR": str(logs.parent)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 4, done.stderr
    assert "could not be written" in done.stderr
    for name, frame in tables(store).items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_a_kill_at_any_step_leaves_a_store_that_the_next_run_completes(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "access.log").write_text("".join(LINES[:4]))
    run([logs / "access.log"], tmp_path / "whole")
    after, code = 0, -9
    while code == -9:
        store = tmp_path / "store"
        code = killed(logs, store, after)
        for file in store.glob("sessions/date=*/*.parquet"):
            assert pq.ParquetFile(file).read().num_rows
        run([logs / "access.log"], store)
        assert_same(store, tmp_path / "whole")
        shutil.rmtree(store)
        after += 3
    assert after > 12


def test_a_full_disk_leaves_a_store_that_the_next_run_completes(
    tmp_path: Path, whole: Path
) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    store.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(store)], check=False
    )
    if mounted.returncode:
        pytest.skip("a disk of a megabyte cannot be mounted here: that takes root")
    try:
        log.write_text("".join(LINES[:9]))
        run([log], store)
        log.write_text("".join(LINES))
        filler = store / "filler"
        for room in (0, 12_000, 30_000):
            filler.unlink(missing_ok=True)
            filler.write_bytes(bytes(shutil.disk_usage(store).free - room))
            with pytest.raises(OutputError, match="could not be written"):
                run([log], store)
        filler.unlink()
        run([log], store)
        assert_same(store, whole)
    finally:
        subprocess.run(["umount", str(store)], check=True)


def test_one_run_at_a_time_and_a_dead_one_holds_nothing(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join(LINES[:3]))
    with held(store), pytest.raises(OutputError, match="another run is at work"):
        run([log], store)
    assert killed(tmp_path, store, 1) == -9
    assert run([log], store).days


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


@pytest.mark.parametrize(("rotation", "same"), [("never", True), ("daily", False)])
def test_ids_rotate(tmp_path: Path, rotation: str, same: bool) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text(Hit(0).line + "\n" + Hit(24 * 60 + 5).line + "\n")
    run([log], store, policy=Policy(rotate_key=rotation))
    ids = list(tables(store)["sessions"].visitor_id)
    assert (len(ids), len(set(ids)) == 1) == (2, same)


def test_the_store_holds_no_address_and_no_agent(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join(LINES) + 'broken 192.0.2.77 "Mozilla/5.0 (X11)\n')
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


def test_only_the_days_asked_for_are_written(tmp_path: Path, whole: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join(LINES))
    day = datetime(2026, 3, 3, tzinfo=UTC).date()
    assert run([log], store, policy=Policy(since=day, until=day)).days == ["2026-03-03"]
    assert "2026-03-03" not in run([log], store).days
    assert_same(store, whole)


def test_a_run_says_what_it_did(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join(LINES) + "no line\n")
    run([log], store, now=NOW)
    run([log], store, now=NOW + timedelta(hours=1))
    first, second = (json.loads(file.read_text()) for file in sorted((store / "runs").iterdir()))
    assert first["inputs"][0]["lines"] == len(LINES) + 1 == first["inputs"][0]["hits"] + 1
    assert first["days"] and not second["days"]
    assert second["inputs"][0]["lines_before"] == len(LINES) + 1


def test_an_object_is_told_by_its_name_and_size(tmp_path: Path) -> None:
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
