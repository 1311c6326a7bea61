"""Results appear whole or not at all, whatever happens while they are written."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from darksocial.errors import OutputError
from darksocial.outputs.directory import replacing, write_whole

PUBLISHER = Path(__file__).parents[1] / "sample_logs" / "publisher"


def fill(folder: Path, mark: str) -> None:
    (folder / "sessions").mkdir()
    (folder / "sessions" / "part").write_text(mark)
    (folder / "summary.json").write_text(mark)


def write(out: Path, mark: str) -> None:
    with replacing(out) as draft:
        fill(draft, mark)


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def test_a_result_replaces_the_earlier_one_whole(tmp_path: Path) -> None:
    write(tmp_path / "out", "one")
    write(tmp_path / "out", "two")
    assert (tmp_path / "out" / "summary.json").read_text() == "two"
    assert names(tmp_path) == {"out"}


def test_a_failure_leaves_the_earlier_result(tmp_path: Path) -> None:
    write(tmp_path / "out", "one")
    with pytest.raises(ValueError, match="in the middle"), replacing(tmp_path / "out") as draft:
        (draft / "summary.json").write_text("half")
        raise ValueError("in the middle")
    assert (tmp_path / "out" / "summary.json").read_text() == "one"
    assert names(tmp_path) == {"out"}


def test_files_of_others_stay(tmp_path: Path) -> None:
    write(tmp_path / "out", "one")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    write(tmp_path / "out", "two")
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_a_folder_of_others_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(OutputError, match="did not write"):
        write(tmp_path, "one")
    assert names(tmp_path) == {"letters.txt"}


def test_what_a_kill_left_between_two_renames_is_put_back(tmp_path: Path) -> None:
    write(tmp_path / "out", "one")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    (tmp_path / "out").rename(tmp_path / ".out.earlier")
    with pytest.raises(ValueError, match="x"), replacing(tmp_path / "out"):
        raise ValueError("x")
    assert (tmp_path / "out" / "summary.json").read_text() == "one"
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "hits"
    write_whole(path, lambda draft: draft.write_text("one") and None)

    def fail(draft: Path) -> None:
        draft.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left"):
        write_whole(path, fail)
    assert path.read_text() == "one"
    assert names(path.parent) == {"hits"}


def whole(out: Path) -> bool:
    """Whether a result is complete: its parts agree with each other."""
    summary = json.loads((out / "summary.json").read_text())
    sessions = pd.read_parquet(out / "sessions")
    rejects = pd.read_parquet(out / "rejects.parquet")
    counted = sum(file["rejects"] for file in summary["inputs"])
    return len(sessions) == summary["sessions"] and len(rejects) == counted


def test_kill_9_leaves_the_earlier_result_or_the_new_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "darksocial", "analyze", str(PUBLISHER), "-o", str(out), "-q"]
    started = time.monotonic()
    subprocess.run(command, check=True)
    seconds = time.monotonic() - started
    chance = random.Random(9)
    killed = 0
    for _ in range(6):
        running = subprocess.Popen(command)
        time.sleep(seconds * chance.uniform(0.5, 1.0))
        running.send_signal(signal.SIGKILL)
        killed += running.wait() == -signal.SIGKILL
        assert whole(out)
    assert killed
    subprocess.run(command, check=True)
    assert whole(out)
    assert names(tmp_path) == {"out", "out.key"}


def test_kill_9_while_the_parts_are_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "one")
    script = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from darksocial.outputs.directory import replacing\n"
        "with replacing(Path(sys.argv[1])) as draft:\n"
        "    (draft / 'summary.json').write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(out)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (out / "summary.json").read_text() == "one"


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutputError, match="could not be written"):
        write(tmp_path / "file" / "out", "one")


def test_every_table_of_an_earlier_run_is_replaced(tmp_path: Path) -> None:
    tables = ("sessions", "shares.parquet", "rejects.parquet", "summary.json")
    for run in ("first", "second"):
        with replacing(tmp_path / "out") as draft:
            for name in tables:
                (draft / name).write_text(run, "utf-8")
    assert {(tmp_path / "out" / name).read_text("utf-8") for name in tables} == {"second"}
