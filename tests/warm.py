"""darksocial as a process of its own that has everything loaded already.

To start Python and load DuckDB, Ibis and pandas takes two seconds of a core, for a command that
then runs a tenth of that; the first analysis of a process compiles its expressions, which takes two
more. So a server does both once, and forks for each command: the process has the arguments, the
streams, the folder and the environment of its client, and runs the command line as
`python -m darksocial` does, or code as `python -c` does. What Python decides as it starts
(encodings, limits, flags) is that of the server: tests of these start a process themselves.

`python -m tests.warm SOCKET` serves until its standard input ends; `warm_client.py` asks it.
"""

import atexit
import contextlib
import gc
import importlib
import io
import marshal
import os
import pkgutil
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CLIENT = Path(__file__).with_name("warm_client.py")
LOG = ROOT / "sample_logs" / "combined.log"
READY = b"ready\n"
STREAMS = ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w"))


@cache
def command() -> tuple[str, ...]:
    """What to put before the arguments of darksocial. The server starts with the first call."""
    place = Path(tempfile.mkdtemp(prefix="warm")) / "socket"
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.warm", str(place)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    atexit.register(_stop, server, place)
    assert server.stdout is not None
    assert server.stdout.readline() == READY
    return (sys.executable, "-I", "-S", str(CLIENT), str(place))


def _stop(server: subprocess.Popen[bytes], place: Path) -> None:
    server.communicate()
    shutil.rmtree(place.parent)


def serve(place: str) -> None:
    """Load what commands need, and run commands until standard input ends."""
    _load()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(place)
    listener.listen()
    signal.signal(signal.SIGCHLD, _reap)
    gc.collect()
    gc.freeze()
    os.write(1, READY)
    while True:
        ready, _, _ = select.select([listener, 0], [], [])
        if 0 in ready:
            os._exit(0)
        client, _ = listener.accept()
        if not os.fork():
            listener.close()
            os._exit(_answer(client))
        client.close()


def _reap(_number: int, _frame: object) -> None:
    """Wait for processes that have ended, so that what they took counts as taken by the server."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _load() -> None:
    """Import every module, and compile what analyses and nights ask DuckDB.

    A process that has threads cannot fork safely: those of DuckDB end with its connections.
    """
    import darksocial

    for module in pkgutil.walk_packages(darksocial.__path__, "darksocial."):
        if "spark" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        with darksocial.analyze([LOG], secret="warm") as analysis:
            analysis.write(out / "out")
        darksocial.nightly([LOG], out / "store", secret="warm", now=lambda: datetime.now(UTC))


def _answer(client: socket.socket) -> int:
    """Run a command in a process of its own, and tell the client how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size = int.from_bytes(client.recv(4), "big")
    message, descriptors, _, _ = socket.recv_fds(client, size, len(STREAMS))
    while len(message) < size:
        message += client.recv(size - len(message))
    worker = os.fork()
    if not worker:
        client.close()
        numbers, *rest = marshal.loads(message)
        _run(dict(zip(numbers, descriptors, strict=True)), *rest)
    _, status = os.waitpid(worker, 0)
    client.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))
    return 0


def _run(
    streams: dict[int, int], arguments: list[str], folder: bytes, variables: dict[bytes, bytes]
) -> None:
    """Take over what the client has, and run the command line, or code. Does not return.

    `streams` are the descriptors of the standard streams that the client has, by number.
    """
    for number, descriptor in streams.items():
        os.dup2(descriptor, number)
        os.close(descriptor)
    for number in {0, 1, 2} - streams.keys():
        os.close(number)
    os.chdir(folder)
    os.environb.clear()
    os.environb.update(variables)
    tempfile.tempdir = None
    for number, name, mode in STREAMS:
        setattr(sys, name, _stream(number, mode) if number in streams else None)
    code: object = 0
    try:
        _program(arguments)
    except SystemExit as left:
        code = left.code
    if sys.stdout:
        sys.stdout.flush()
    os._exit(int(str(code or 0)))


def _program(arguments: list[str]) -> None:
    """Run the command line with these arguments; or the code that follows `-c`."""
    if arguments[:1] == ["-c"]:
        sys.argv = arguments[:1] + arguments[2:]
        exec(arguments[1], {"__name__": "__main__"})
    else:
        from darksocial.cli import main

        sys.argv = ["darksocial", *arguments]
        main()


def _stream(number: int, mode: str) -> io.TextIOWrapper:
    """Return a standard stream as Python opens it."""
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "utf-8").partition(":")
    default = "backslashreplace" if number == 2 else "strict"
    binary: Any = open(number, f"{mode}b", -1 if mode == "r" or number == 1 else 0, closefd=False)  # noqa: SIM115
    return io.TextIOWrapper(
        binary,
        encoding,
        errors or default,
        line_buffering=number == 2 or os.isatty(number),
        write_through=number == 2,
    )


if __name__ == "__main__":
    serve(sys.argv[1])
