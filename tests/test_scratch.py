"""Scratch is private, and goes with its process: by itself, by a signal, or by the next run."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from darksocial import OutputError
from darksocial.results.directory import write_whole
from darksocial.scratch.folder import Scratch, scratch_place
from darksocial.scratch.temporary import remove_abandoned, temporary_file, temporary_folder
from tests.processes import ROOT, environment, run

LOG = ROOT / "sample_logs" / "combined.log"
HOLDER = """
import os, signal, sys, time
from pathlib import Path
from darksocial.scratch.folder import Scratch
scratch = Scratch(Path(sys.argv[1]))
(scratch.path / "lines").write_text("192.0.2.1")
print(scratch.path, flush=True)
time.sleep(60)
"""
PREFIX = ".out.darksocial-"


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_scratch_is_private_and_goes_at_the_end(tmp_path: Path) -> None:
    with Scratch(tmp_path) as scratch:
        assert stat.S_IMODE(scratch.path.stat().st_mode) == 0o700
        (scratch.path / "lines").write_text("192.0.2.1")
    scratch.close()
    assert names(tmp_path) == []


def test_scratch_of_a_living_process_stays_and_that_of_a_killed_one_goes(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        held = Path(holder.stdout.readline().strip())
        with Scratch(tmp_path):
            assert (held / "lines").exists()
        holder.kill()
    assert (held / "lines").exists()
    with Scratch(tmp_path) as scratch:
        assert names(tmp_path) == [scratch.path.name]


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    """Folders of other names, links, and what belongs to another user."""
    for name in ("darksocial-out", "darksocial-scratch-", "darksocial-scratch-my-notes"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "letter").touch()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "letter").touch()
    (tmp_path / "darksocial-scratch-aaaaaaaa").symlink_to(elsewhere)
    os.mkfifo(tmp_path / "darksocial-scratch-bbbbbbbb")
    if os.geteuid() == 0:
        (tmp_path / "darksocial-scratch-cccccccc").mkdir()
        os.chown(tmp_path / "darksocial-scratch-cccccccc", 12345, 12345)
    before = {path: path.is_symlink() for path in tmp_path.rglob("*")}
    Scratch(tmp_path).close()
    assert {path: path.is_symlink() for path in tmp_path.rglob("*")} == before


def test_what_is_abandoned_goes(tmp_path: Path) -> None:
    (tmp_path / f"{PREFIX}aaaaaaaa").mkdir()
    (tmp_path / f"{PREFIX}aaaaaaaa" / "part").touch()
    (tmp_path / f"{PREFIX}bbbbbbbb").touch()
    held = temporary_folder(tmp_path, PREFIX)
    assert names(tmp_path) == [held.path.name]
    also_held = temporary_file(tmp_path, PREFIX)
    assert held.path.exists()
    also_held.remove()
    held.release()
    remove_abandoned(tmp_path, PREFIX)
    assert names(tmp_path) == []


def test_the_draft_of_a_killed_run_goes_when_the_file_is_written_again(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; "
        "from darksocial.results.directory import write_whole; "
        "write_whole(Path(sys.argv[1]), lambda draft: os.kill(os.getpid(), signal.SIGKILL))"
    )
    file = tmp_path / "hits.parquet"
    subprocess.run([sys.executable, "-c", script, str(file)], env=environment(), check=False)
    assert len(names(tmp_path)) == 1
    write_whole(file, lambda draft: draft.write_text("whole") and None)
    assert names(tmp_path) == ["hits.parquet"]


@pytest.mark.parametrize("variable", ["TMPDIR", "TEMP", "TMP"])
def test_the_folder_for_scratch_is_the_one_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    assert scratch_place() == Path("/tmp")
    monkeypatch.setenv(variable, str(tmp_path))
    assert scratch_place() == tmp_path
    monkeypatch.setenv(variable, str(tmp_path / "missing"))
    with pytest.raises(OutputError, match=f"{variable} is .*missing, which does not exist"):
        Scratch()
    (tmp_path / "file").touch()
    monkeypatch.setenv(variable, str(tmp_path / "file"))
    with pytest.raises(OutputError, match=f"{variable} is .*file, which is not a folder"):
        Scratch()


def test_a_folder_for_scratch_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    place = "/proc/1" if os.geteuid() == 0 else "/"
    with pytest.raises(OutputError, match=r"cannot be written|no scratch folder can be made"):
        Scratch(Path(place))


@pytest.mark.parametrize("verb", ["analyze", "nightly", "init"])
def test_a_command_says_that_there_is_no_folder_for_scratch(tmp_path: Path, verb: str) -> None:
    place = {"analyze": "--out", "nightly": "--store", "init": "--force"}[verb]
    arguments = [verb, LOG, place, *(["made"] if verb != "init" else [])]
    done = run(*arguments, cwd=tmp_path, variables={"TMPDIR": "missing"})
    assert done.returncode == 4
    problem = f"darksocial: TMPDIR is {tmp_path / 'missing'}, which does not exist\nExpected:"
    assert done.stderr.startswith(problem)
    assert not (tmp_path / "made").is_dir() or names(tmp_path / "made") == [".lock"]
