"""Nothing leaves the machine: the main job needs no network, and asks for none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import warm

ROOT = Path(__file__).parents[1]
LOGS = "sample_logs/publisher"
NAMESPACES = (["unshare", "-rn"], ["unshare", "-n"])
WATCHED = """
import sys

FORBIDDEN = {
    "socket.connect", "socket.connect_ex", "socket.sendto", "socket.sendmsg", "socket.bind",
    "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo",
    "urllib.Request", "http.client.connect", "ftplib.connect", "smtplib.connect",
}

def watch(event, arguments):
    if event in FORBIDDEN:
        print("NETWORK", event, arguments, file=sys.stderr, flush=True)
        raise PermissionError(event)

sys.addaudithook(watch)
"""
RUN = "from darksocial.cli import main\nmain()"
CONNECT = "import socket\nsocket.create_connection(('192.0.2.1', 9), 1)"


def commands(out: Path) -> list[list[str]]:
    """The main job and what is done with its result."""
    return [
        ["analyze", LOGS, "--out", str(out)],
        ["explain", str(out), "--top", "2"],
        ["formats", f"{LOGS}/access.log"],
        ["parse", LOGS, "-o", f"{out}.parquet"],
    ]


def python(*arguments: str, before: list[str] | None = None) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*(before or []), sys.executable, *arguments],
        cwd=ROOT, env=environment, capture_output=True, timeout=120, check=False,
    )  # fmt: skip


def warm_python(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The same, in a process that has the libraries loaded: `analyze` loads them as well."""
    return subprocess.run(
        [*warm.command(), *arguments], cwd=ROOT, capture_output=True, timeout=120, check=False
    )


def namespace() -> list[str]:
    """The command that takes the network away, where the kernel lets us."""
    for command in NAMESPACES:
        if shutil.which(command[0]):
            tried = subprocess.run([*command, "true"], capture_output=True, check=False)
            if tried.returncode == 0:
                return command
    pytest.skip("this kernel gives nobody a network namespace of their own")


@pytest.mark.long
def test_the_main_job_runs_where_there_is_no_network(tmp_path: Path) -> None:
    alone = namespace()
    assert b"unreachable" in python("-c", CONNECT, before=alone).stderr.lower()
    for command in commands(tmp_path / "out"):
        done = python("-m", "darksocial", *command, before=alone)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "summary.json").exists()


def test_nothing_connects_or_looks_up_a_name(tmp_path: Path) -> None:
    assert b"NETWORK socket.getaddrinfo" in python("-c", WATCHED + CONNECT).stderr
    for command in commands(tmp_path / "out"):
        done = (python if command[0] == "analyze" else warm_python)("-c", WATCHED + RUN, *command)
        assert done.returncode == 0, done.stderr
        assert b"NETWORK" not in done.stderr
