"""What a signal does to a command: it ends at once, and leaves nothing behind.

An exception raised by a signal handler can surface anywhere, inside libraries that swallow it or
turn it into an error of their own. So nothing is raised here. The handler replaces the process by
one that removes what is registered and exits with 128 + the signal's number: that ends all threads
in one step, so that none of them writes on while its files are being removed.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
REMOVE = 'code=$1; shift; rm -rf -- "$@" 2>/dev/null; exit "$code"'

_handled: set[signal.Signals] = set()
_leftovers: set[str] = set()
_last_acts: list[Callable[[], None]] = []
_deferrals = 0
_pending: int | None = None


def arm() -> None:
    """Handle the signals that end a command, but for those that it was started to ignore.

    `nohup` ignores SIGHUP, and a shell ignores SIGINT for jobs in the background.
    """
    _handled.update(n for n in SIGNALS if signal.getsignal(n) is not signal.SIG_IGN)
    rearm()


def rearm() -> None:
    """Handle the signals again that `arm` chose, after a library took one over."""
    for number in _handled:
        signal.signal(number, _on_signal)


def disarm() -> None:
    """Let signals end the process as they do by default: there is nothing left to remove."""
    for number in _handled:
        signal.signal(number, signal.SIG_DFL)
    _handled.clear()


@contextmanager
def deferred() -> Iterator[None]:
    """Let a signal wait until the end of the block, which must be short."""
    global _deferrals
    _deferrals += 1
    try:
        yield
    finally:
        _deferrals -= 1
        if not _deferrals and _pending is not None:
            stop(_pending)


def remove_at_stop(path: str) -> None:
    """Remove a file or a folder, by its absolute path, if a signal ends the process."""
    _leftovers.add(path)


def keep_at_stop(path: str) -> None:
    """Take back `remove_at_stop`."""
    _leftovers.discard(path)


def at_stop(act: Callable[[], None]) -> None:
    """Call `act` once if a signal ends the process."""
    if act not in _last_acts:
        _last_acts.append(act)


@contextmanager
def last_act(act: Callable[[], None]) -> Iterator[None]:
    """Call `act` if a signal ends the process during the block."""
    _last_acts.append(act)
    try:
        yield
    finally:
        _last_acts.remove(act)


def stop(number: int) -> None:
    """End the process as the signal does."""
    for each in SIGNALS:  # a second Ctrl-C must not end the removal
        signal.signal(each, signal.SIG_IGN)
    for act in _last_acts:
        with suppress(Exception):
            act()
    with suppress(OSError):
        os.write(2, f"darksocial: stopped by {signal.Signals(number).name}\n".encode())
    code = 128 + number
    if _leftovers:
        with suppress(OSError):
            os.execv("/bin/sh", ["sh", "-c", REMOVE, "darksocial", str(code), *_leftovers])
    os._exit(code)  # without a shell, the next run removes what is left


def _on_signal(number: int, frame: object) -> None:
    global _pending
    if _deferrals:
        _pending = number
    else:
        stop(number)
