"""The progress of a run at a real pseudo-terminal: its phases, one after the other."""

import itertools
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from tests.processes import DARKSOCIAL, ROOT, environment

LOG = ROOT / "sample_logs" / "combined.log"
PHASES = ("reading", "sessions", "judging", "report", "writing")


def shown(cwd: Path, *arguments: object) -> str:
    """Run a command whose standard error is a terminal, and return what it shows there."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*DARKSOCIAL, *map(str, arguments)],
        cwd=cwd, env=environment(TERM="xterm"), stdout=subprocess.DEVNULL, stderr=slave,
    )  # fmt: skip
    os.close(slave)
    pieces = []
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:  # Linux reports the end of a terminal as an error
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(master)
    assert process.wait(60) == 0
    return b"".join(pieces).decode()


def test_an_analysis_shows_its_phases(tmp_path: Path) -> None:
    text = shown(tmp_path, "analyze", LOG, "--report", "none")
    places = [text.index(phase) for phase in PHASES]
    assert places == sorted(places)
    assert " kB" in text[: places[1]]
    assert " kB" not in text[places[1] :]
    assert re.search(r"judging .*\d:\d\d:\d\d", text)
    assert text.rstrip("\n").endswith(("\x1b[2K", "\x1b[?25h"))


@pytest.mark.long
def test_a_quiet_analysis_shows_nothing(tmp_path: Path) -> None:
    assert shown(tmp_path, "analyze", LOG, "--quiet") == ""


@pytest.mark.long
def test_a_night_shows_its_phases(tmp_path: Path) -> None:
    """First those of what is new, then those of the day that it writes."""
    text = shown(tmp_path, "nightly", LOG, "--report", "none")
    read = text[: text.index("writing")]
    assert " kB" in read and "reading" in read
    shown_phases = re.findall("|".join(PHASES), text)
    changes = [phase for phase, _same in itertools.groupby(shown_phases)]
    assert changes == ["reading", "writing", "sessions", "judging", "writing"]
