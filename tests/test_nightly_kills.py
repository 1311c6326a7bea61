"""The nightly store after kills, full disks and a week of both: the next run completes it."""

import gc
import gzip
import itertools
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from darksocial import OutputError, Policy
from darksocial.store.files.lock import held
from darksocial.store.files.state import load
from darksocial.store.upkeep import compact
from tests import warm
from tests.nightly_runs import LINES, NOW, assert_same, run, tables

PUBLISHER = Path(__file__).parents[1] / "sample_logs" / "publisher"
TIME = re.compile(r"\[(\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]")


@cache
def week() -> tuple[list[str], ...]:
    """Lines of the publisher sample, by day: the first week of March."""
    days: dict[str, list[str]] = {}
    for file in PUBLISHER.glob("access.log*"):
        data = file.read_bytes()
        text = gzip.decompress(data) if file.suffix == ".gz" else data
        for line in text.decode().splitlines(keepends=True):
            if match := TIME.search(line):
                time = datetime.strptime(match[1], "%d/%b/%Y:%H:%M:%S %z").astimezone(UTC)
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
    command = [*warm.command(), "-c", KILLER, f"{logs}/*.log*", str(store)]
    done = subprocess.run([*command, str(after), now.isoformat()], capture_output=True, check=False)
    assert done.returncode in (0, -9), done.stderr
    return done.returncode


@pytest.mark.kills
@pytest.mark.long
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
        [*warm.command(), "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 4, done.stderr
    assert "could not be written" in done.stderr
    for name, frame in tables(store).items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_a_kill_at_any_step_leaves_a_store_that_the_next_run_completes(
    tmp_path: Path, full: bool
) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "access.log").write_text("".join(LINES[:4]))
    run([logs / "access.log"], tmp_path / "whole")
    for after in itertools.count(0, 1 if full else 40):
        store = tmp_path / "store"
        code = killed(logs, store, after)
        for file in store.glob("sessions/date=*/*.parquet"):
            assert pq.ParquetFile(file).read().num_rows
        run([logs / "access.log"], store)
        assert_same(store, tmp_path / "whole")
        shutil.rmtree(store)
        if code != -9:
            break
    assert after >= 12


@pytest.mark.long
def test_a_full_disk_leaves_a_store_that_the_next_run_completes(tmp_path: Path) -> None:
    log, store, whole = tmp_path / "access.log", tmp_path / "store", tmp_path / "whole"
    log.write_text("".join(LINES))
    run([log], whole)
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
        # The errors hold the files in which they came until Python looks for garbage.
        gc.collect()
        subprocess.run(["umount", str(store)], check=True)


def test_one_run_at_a_time_and_a_dead_one_holds_nothing(tmp_path: Path) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    log.write_text("".join(LINES[:3]))
    with held(store), pytest.raises(OutputError, match="another run is at work"):
        run([log], store)
    assert killed(tmp_path, store, 1) == -9
    assert run([log], store).days
