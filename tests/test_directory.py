"""Results appear whole or not at all, whatever happens while they are written."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from darksocial.errors import OutputError
from darksocial.results.directory import replacing, write_whole
from darksocial.results.ownership import MARK

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


@pytest.mark.long
def test_kill_9_leaves_the_earlier_result_or_the_new_one(tmp_path: Path, full: bool) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "darksocial", "analyze", str(PUBLISHER), "-o", str(out), "-q"]
    started = time.monotonic()
    subprocess.run(command, check=True)
    seconds = time.monotonic() - started
    chance = random.Random(9)
    killed = 0
    for _ in range(12 if full else 3):
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
        "from darksocial.results.directory import replacing\n"
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


PARTS = ("sessions/date=2026-03-02/a.parquet", "shares.parquet", "rejects.parquet", "summary.json")


def write_parts(out: Path, mark: str, parts: Sequence[str] = PARTS) -> None:
    with replacing(out) as draft:
        for name in parts:
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_text(mark, "utf-8")


def texts(out: Path) -> dict[str, str]:
    """The content of every file below a folder, by its path."""
    files = (path for path in out.rglob("*") if path.is_file() and path.name != MARK)
    return {path.relative_to(out).as_posix(): path.read_text("utf-8") for path in files}


def test_every_table_of_an_earlier_run_is_replaced(tmp_path: Path) -> None:
    write_parts(tmp_path / "out", "first", [*PARTS, "sessions/date=2026-03-03/a.parquet"])
    write_parts(tmp_path / "out", "second")
    assert texts(tmp_path / "out") == dict.fromkeys(PARTS, "second")


@pytest.mark.parametrize("where", ["by its name", "from inside"])
def test_files_of_others_inside_the_tables_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    out = tmp_path / "out"
    write_parts(out, "first")
    mine = {"sessions/notes.txt": "mine", "sessions/date=2026-03-02/.env": "mine", "a/b": "mine"}
    for name, text in mine.items():
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text(text)
    (out / "sessions" / "link").symlink_to(tmp_path)
    if where == "from inside":
        monkeypatch.chdir(out)
    write_parts(Path() if where == "from inside" else out, "second")
    (out / "sessions" / "link").unlink()
    assert texts(out) == dict.fromkeys(PARTS, "second") | mine
    assert names(tmp_path) == {"out"}


def test_a_mounted_disk_is_filled_in_place(tmp_path: Path) -> None:
    """It cannot be renamed; what mkfs made on it is no file of others."""
    out = tmp_path / "out"
    out.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(out)], check=False)
    if mounted.returncode:
        pytest.skip("a disk cannot be mounted here: that takes root")
    try:
        (out / "lost+found").mkdir()
        for mark in ("first", "second"):
            write_parts(out, mark)
            assert texts(out) == dict.fromkeys(PARTS, mark)
        assert names(out) == {"sessions", "lost+found", MARK, *PARTS[1:]}
    finally:
        subprocess.run(["umount", str(out)], check=True)


def test_the_working_directory_stays_the_same_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.chdir(out)
    before = out.stat().st_ino
    for mark in ("first", "second"):
        write_parts(Path(), mark)
        assert texts(Path()) == dict.fromkeys(PARTS, mark)
    assert out.stat().st_ino == before


FILLED_IN_PLACE = """
import os, signal, sys
from pathlib import Path
from darksocial.results.directory import replacing
left = int(sys.argv[1])
def hook(event, arguments):
    global left
    if event in ("os.rename", "os.remove", "os.rmdir"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
with replacing(Path()) as draft:
    (draft / "summary.json").write_text("second")
    (draft / "shares.parquet").write_text("second")
    day = draft / "sessions" / "date=2026-03-02"
    day.mkdir(parents=True)
    (day / "a.parquet").write_text("second")
"""


def test_a_kill_while_a_folder_is_filled_in_place_is_made_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after each change of a file: the next run has the earlier result, or the new one."""
    out, seen, code = tmp_path / "out", set(), -9
    parts = PARTS[:2] + PARTS[3:]
    for changes in range(30):
        out.mkdir()
        monkeypatch.chdir(out)
        write_parts(Path(), "first", parts)
        command = [sys.executable, "-c", FILLED_IN_PLACE, str(changes)]
        code = subprocess.run(command, cwd=out, check=False).returncode
        with pytest.raises(ValueError, match="x"), replacing(Path()):
            raise ValueError("x")
        found = texts(out)
        assert found in [dict.fromkeys(parts, mark) for mark in ("first", "second")]
        seen.add(found["summary.json"])
        monkeypatch.chdir(tmp_path)
        shutil.rmtree(out)
        if code == 0:
            break
    assert (seen, code) == ({"first", "second"}, 0)
