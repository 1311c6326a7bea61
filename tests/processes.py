"""darksocial as a real process."""

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests import warm

ROOT = warm.ROOT
DARKSOCIAL = (sys.executable, "-m", "darksocial")


def environment(**variables: str) -> dict[str, str]:
    """The environment of a process that finds this package from anywhere."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **variables}


def run(
    *arguments: object, cwd: Path, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, and return what it printed."""
    return subprocess.run(
        [*warm.command(), *map(str, arguments)],
        cwd=cwd, env=environment(**(variables or {})), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, errors="surrogateescape", timeout=120, check=False,
    )  # fmt: skip


def on_a_terminal(width: int, *arguments: str) -> str:
    """What a command prints to a terminal of some width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"}
    environment.pop("COLUMNS", None)
    with subprocess.Popen(
        [*warm.command(), *arguments], stdout=theirs, stderr=theirs, env=environment
    ):
        os.close(theirs)
        printed = b"".join(_read(ours))
    os.close(ours)
    return printed.decode()


def _read(terminal: int) -> Iterator[bytes]:
    """What comes out of a terminal until nobody holds its other end."""
    with contextlib.suppress(OSError):
        while block := os.read(terminal, 65536):
            yield block
