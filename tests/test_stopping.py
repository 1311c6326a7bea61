"""Signals and kills at random moments: no traceback, the right exit code, nothing left behind."""

import json
import os
import pty
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest

from tests.logs import Hit
from tests.processes import DARKSOCIAL, environment

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
VERBS = {
    "analyze": ["access.log", "--out", "out", "--report", "json"],
    "nightly": ["access.log", "--store", "store", "--threads", "2"],
    "check": ["access.log"],
}
FINISHED = {"analyze": (0,), "nightly": (0,), "check": (0, 1)}
ROUNDS, KILLS = 1, 3
FULL_ROUNDS, FULL_KILLS = 8, 12
"""Of each verb: rounds of the three signals, and kills; more of both in a full run."""
ARMED = 1 << (signal.SIGTERM - 1)
KEPT = {"access.log", "out", "out.key", "store", "store.key", "scratch"}


class Site:
    """A folder with a log, in which one command runs again and again."""

    def __init__(self, folder: Path, verb: str) -> None:
        self.folder = folder
        self.verb = verb
        self.lines = 0
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self.grow()

    def grow(self) -> None:
        """Add some lines, so that there is something new to read."""
        with (self.folder / "access.log").open("a") as log:
            for _ in range(4):
                log.write(Hit(self.lines * 7, ip=f"192.0.2.{self.lines % 9}").line + "\n")
                self.lines += 1

    def start(self) -> subprocess.Popen[bytes]:
        """Start the command, and return once it handles signals."""
        running = subprocess.Popen(
            [*DARKSOCIAL, self.verb, *VERBS[self.verb]],
            cwd=self.folder, env=environment(TMPDIR=str(self.scratch)),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        while running.poll() is None and not handles_signals(running.pid):
            time.sleep(0.002)
        return running

    def finish(self) -> float:
        """Run the command to its end; return how long it took, in seconds."""
        running = self.start()
        began = time.monotonic()
        _, errors = running.communicate(timeout=120)
        assert running.returncode in FINISHED[self.verb], errors
        return time.monotonic() - began

    def left_behind(self) -> list[str]:
        """What should not be there: scratch, drafts, and anything of an unknown name."""
        scratch = [path.name for path in self.scratch.iterdir()]
        drafts = [path.name for path in self.folder.rglob("*.darksocial-*")]
        unknown = {path.name for path in self.folder.iterdir()} - KEPT - set(drafts)
        return [*scratch, *drafts, *unknown]

    def is_whole(self) -> bool:
        """Whether the parts of the result agree with each other."""
        out = self.folder / "out"
        if self.verb != "analyze" or not out.exists():
            return True
        summary = json.loads((out / "summary.json").read_text())
        return len(pd.read_parquet(out / "sessions")) == summary["sessions"]


def handles_signals(process: int) -> bool:
    """Whether a process has a handler for SIGTERM: before that it is Python that starts."""
    with suppress(FileNotFoundError, ProcessLookupError):
        status = Path(f"/proc/{process}/status").read_text()
        [caught] = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")]
        return bool(int(caught, 16) & ARMED)
    return False


@pytest.mark.long
@pytest.mark.parametrize("verb", VERBS)
def test_signals_and_kills_at_random_moments(tmp_path: Path, verb: str, full: bool) -> None:
    """A signal leaves nothing behind, and what kill -9 leaves the next run removes."""
    site = Site(tmp_path, verb)
    seconds = site.finish()
    chance = random.Random(verb)
    rounds, kills = (FULL_ROUNDS, FULL_KILLS) if full else (ROUNDS, KILLS)
    stopped_by_signals = sum(_stopped(site, seconds, chance, n) for n in SIGNALS * rounds)
    assert stopped_by_signals >= rounds
    left = 0
    for kill in range(kills):
        site.grow()
        running = site.start()
        with suppress(subprocess.TimeoutExpired):
            running.wait(seconds * chance.uniform(kill, kill + 1) / kills)
        running.kill()
        running.communicate(timeout=60)
        assert site.is_whole()
        left += bool(site.left_behind())
    assert left
    site.finish()
    assert site.left_behind() == []


def _stopped(site: Site, seconds: float, chance: random.Random, number: signal.Signals) -> bool:
    """Send a signal at a random moment of a run; return whether that stopped it."""
    site.grow()
    running = site.start()
    with suppress(subprocess.TimeoutExpired):
        running.wait(chance.uniform(0, seconds))
    running.send_signal(number)
    _, errors = running.communicate(timeout=60)
    case = f"{number.name}: {errors.decode()}"
    assert running.returncode in (128 + number, *FINISHED[site.verb]), case
    assert b"Traceback" not in errors and b"Exception" not in errors, case
    assert site.left_behind() == [], case
    assert site.is_whole(), case
    return running.returncode == 128 + number


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_as_soon_as_it_is_handled(tmp_path: Path, number: signal.Signals) -> None:
    """While the package still imports what it needs."""
    site = Site(tmp_path, "analyze")
    running = site.start()
    running.send_signal(number)
    printed, errors = running.communicate(timeout=60)
    assert running.returncode == 128 + number
    assert (printed, errors) == (b"", f"darksocial: stopped by {number.name}\n".encode())
    assert site.left_behind() == []
    assert not (tmp_path / "out").exists()


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_a_signal_that_was_ignored_at_the_start_stays_ignored(
    tmp_path: Path, number: signal.Signals
) -> None:
    """As `nohup` ignores SIGHUP, and a shell ignores SIGINT for what runs in the background."""
    site = Site(tmp_path, "check")
    usual = signal.signal(number, signal.SIG_IGN)
    try:
        running = site.start()
    finally:
        signal.signal(number, usual)
    for _ in range(3):
        running.send_signal(number)
        time.sleep(0.1)
    _, errors = running.communicate(timeout=60)
    assert running.returncode in FINISHED["check"]
    assert errors == b""


def stopped(script: str, *arguments: object, after: float = 0) -> subprocess.CompletedProcess[str]:
    """Run a script that handles signals and says when it is ready; stop it by SIGTERM."""
    command = [
        sys.executable,
        "-c",
        f"from darksocial.scratch import stopping\nstopping.arm()\n{script}",
    ]
    with subprocess.Popen(
        [*command, *map(str, arguments)],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        time.sleep(after)
        running.terminate()
        printed, errors = running.communicate(timeout=30)
    return subprocess.CompletedProcess(command, running.returncode, printed, errors)


def test_a_signal_ends_a_query_that_runs(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from darksocial.engines.duckdb import DuckDBEngine
engine = DuckDBEngine(scratch=Path(sys.argv[1]))
print("ready", flush=True)
engine._connection.execute("SELECT count(*) FROM range(1000000000000) a").fetchall()
"""
    began = time.monotonic()
    done = stopped(script, tmp_path, after=0.5)
    assert (done.returncode, done.stderr) == (143, "darksocial: stopped by SIGTERM\n")
    assert time.monotonic() - began < 25
    assert list(tmp_path.iterdir()) == []


def test_a_signal_waits_for_what_must_not_be_cut(tmp_path: Path) -> None:
    script = """
import sys, time
from pathlib import Path
with stopping.deferred():
    print("ready", flush=True)
    time.sleep(0.5)
    Path(sys.argv[1], "one").touch()
    with stopping.deferred():
        Path(sys.argv[1], "two").touch()
Path(sys.argv[1], "three").touch()
"""
    assert stopped(script, tmp_path).returncode == 143
    assert {path.name for path in tmp_path.iterdir()} == {"one", "two"}


def test_threads_that_write_on_leave_nothing(tmp_path: Path) -> None:
    script = """
import sys, threading
from pathlib import Path
from darksocial.scratch.folder import Scratch
scratch = Scratch(Path(sys.argv[1]))
def write(number):
    while True:
        folder = scratch.path / f"part-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lines").write_text("192.0.2.1")
for number in range(4):
    threading.Thread(target=write, args=[number], daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
"""
    for _ in range(5):
        assert stopped(script, tmp_path, after=0.05).returncode == 143
        assert list(tmp_path.iterdir()) == []


def test_the_cursor_that_a_progress_bar_hides_comes_back(tmp_path: Path) -> None:
    """On a real terminal, while a pipe that nobody writes to is waited for."""
    os.mkfifo(tmp_path / "access.log")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*DARKSOCIAL, "analyze", "access.log"], cwd=tmp_path,
        env=environment(TERM="xterm-256color", TMPDIR=str(tmp_path)), stderr=theirs,
    ) as running:  # fmt: skip
        os.close(theirs)
        shown = b""
        while b"\x1b[?25l" not in shown:
            shown += os.read(ours, 1024)
        running.send_signal(signal.SIGINT)
        with suppress(OSError):  # how a terminal ends
            while more := os.read(ours, 1024):
                shown += more
    os.close(ours)
    assert running.returncode == 130
    assert shown.rindex(b"\x1b[?25h") > shown.rindex(b"\x1b[?25l")
    assert b"Traceback" not in shown
