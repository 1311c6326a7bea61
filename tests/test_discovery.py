"""Which files the user means: names, folders, globs, and what may not be read."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from darksocial.errors import InputError
from darksocial.reading import discover

ROOT = Path(__file__).parent.parent

TREE = [
    "a.log",
    "b.log.1",
    "sub/c.log",
    "sub/deep/d.log",
    "r/a.log.10",
    "r/a.log.2",
    "r/b.log",
    ".hidden",
    ".git/e.log",
]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in TREE:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    (tmp_path / "empty").mkdir()
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / "again").symlink_to(tmp_path / "loop", target_is_directory=True)
    (tmp_path / "loop" / "and again").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(tmp_path / "loop" / "fifo")
    (tmp_path / "gone.log").symlink_to("nowhere")
    (tmp_path / "loop" / "x.log").write_bytes(b"x")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.log")
    (tmp_path / "[odd].log").write_bytes(b"odd")
    monkeypatch.chdir(tmp_path)
    return tmp_path


SUB = ["sub/c.log", "sub/deep/d.log"]
FOUND: list[tuple[list[str], list[str]]] = [
    (["a.log"], ["a.log"]),
    (["*.log"], ["[odd].log", "a.log"]),
    (["**/*.log"], ["[odd].log", "a.log", "loop/x.log", "r/b.log", *SUB]),
    (["sub"], ["sub/c.log", "sub/deep/d.log"]),
    (["b.log.1", "a.log"], ["a.log", "b.log.1"]),
    (["r/*", "r/b.log"], ["r/a.log.2", "r/a.log.10", "r/b.log"]),
    (["sub/**"], ["sub/c.log", "sub/deep/d.log"]),
    (["*/**/d.log"], ["sub/deep/d.log"]),
    (["sub/**/**/*.log"], ["sub/c.log", "sub/deep/d.log"]),
    (["a.log", "./a.log", "a.log"], ["a.log"]),
    (["link.txt", "a.log"], ["link.txt"]),
    (["sub/c.log", "sub"], ["sub/c.log", "sub/deep/d.log"]),
    (["loop"], ["loop/x.log"]),
    ([".hidden"], [".hidden"]),
    (["[odd].log"], ["[odd].log"]),
    (["-", "a.log", "-"], ["-", "a.log"]),
]


@pytest.mark.parametrize(("names", "expected"), FOUND)
def test_discover(tree: Path, names: list[str], expected: list[str]) -> None:
    found = discover(names)
    assert [file.path for file in found] == expected
    assert [file.size for file in found] == [
        None if name == "-" else Path(name).stat().st_size for name in expected
    ]


def test_a_folder_leaves_hidden_files_out(tree: Path) -> None:
    paths = [file.path for file in discover(["."])]
    assert "sub/deep/d.log" in paths
    assert not [path for path in paths if "hidden" in path or ".git" in path]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.log", "missing.log does not exist."),
        ("*.nothing", "No file matches *.nothing."),
        ("empty", "The folder empty holds no files."),
        ("/dev/null", "/dev/null is not a regular file."),
        ("gone.log", "gone.log does not exist."),
        ("", "An empty name does not exist."),
        ("x" * 300, f"{'x' * 300} cannot be read: File name too long"),
    ],
)
def test_names_that_lead_nowhere(tree: Path, name: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)) as raised:
        discover(["a.log", name])
    assert raised.value.problem == message
    assert raised.value.exit_code == 3
    assert raised.value.expected
    assert raised.value.advice


UNREADABLE = """
import os, sys
from darksocial.errors import InputError
from darksocial.reading import discover
if os.getuid() == 0:
    os.setuid(65534)
try:
    discover(sys.argv[1:])
except InputError as error:
    print(error.problem)
"""


@pytest.mark.parametrize("name", ["locked.log", "locked", "locked/x.log", "locked/*.log", "."])
def test_what_may_not_be_read(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:  # in tmp_path nobody but its owner can look
        Path(folder).chmod(0o755)
        locked, locked_file = Path(folder) / "locked", Path(folder) / "locked.log"
        locked.mkdir(mode=0)
        locked_file.touch(mode=0)
        # Coverage of another user's process cannot be written.
        uncovered = {name: os.environ[name] for name in os.environ if "COVERAGE" not in name}
        run = subprocess.run(
            [sys.executable, "-c", UNREADABLE, name],
            capture_output=True,
            text=True,
            cwd=folder,
            env={**uncovered, "PYTHONPATH": str(ROOT)},
        )
        locked.chmod(0o700)
    assert run.stderr == ""
    assert "cannot be read: Permission denied" in run.stdout
