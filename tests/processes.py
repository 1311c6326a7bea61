"""darksocial as a real process."""

import os
import subprocess
import sys
from collections.abc import Mapping
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
