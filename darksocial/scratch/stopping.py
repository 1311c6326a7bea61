"""End a command at once when a signal arrives, and leave nothing behind.

A signal handler that raises an exception can raise it anywhere, also inside libraries that swallow
it or turn it into an error of their own. So the handler raises nothing. It replaces the process
with a shell that removes what is registered and exits with 128 + the signal's number. That ends all
threads in one step: none of them goes on writing while its files are being removed.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from darksocial.language import gettext as _

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
REMOVE_SCRIPT = 'code=$1; shift; rm -rf -- "$@" 2>/dev/null; exit "$code"'

_handled: set[signal.Signals] = set()
_leftovers: set[str] = set()
_last_acts: list[Callable[[], None]] = []
_deferrals = 0
_pending: int | None = None


def arm() -> None:
    """Handle the signals that end a command, except those that it was started to ignore.

    `nohup` ignores SIGHUP, and a shell ignores SIGINT for jobs in the background.
    """
    _handled.update(n for n in SIGNALS if signal.getsignal(n) is not signal.SIG_IGN)
    rearm()


def rearm() -> None:
    """Handle the signals of `arm` again, after a library has replaced a handler."""
    for number in _handled:
        signal.signal(number, _on_signal)


def disarm() -> None:
    """Let signals end the process as by default, when nothing is left to remove."""
    for number in _handled:
        signal.signal(number, signal.SIG_DFL)
    _handled.clear()


@contextmanager
def deferred() -> Iterator[None]:
    """Delay signals until the end of the block, which must be short."""
    global _deferrals
    _deferrals += 1
    try:
        yield
    finally:
        _deferrals -= 1
        if not _deferrals and _pending is not None:
            stop(_pending)


def remove_at_stop(path: str) -> None:
    """Register a file or folder (an absolute path) to be removed if a signal ends the process."""
    _leftovers.add(path)


def keep_at_stop(path: str) -> None:
    """Undo `remove_at_stop`."""
    _leftovers.discard(path)


def at_stop(act: Callable[[], None]) -> None:
    """Register `act` to be called once if a signal ends the process."""
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
    """End the process as this signal does."""
    for each in SIGNALS:  # a second Ctrl-C must not end the removal
        signal.signal(each, signal.SIG_IGN)
    for act in _last_acts:
        with suppress(Exception):
            act()
    with suppress(OSError):
        name = signal.Signals(number).name
        message = _("darksocial: stopped by {signal}").format(signal=name)
        os.write(2, f"{message}\n".encode())
    code = 128 + number
    if _leftovers:
        with suppress(OSError):
            os.execv("/bin/sh", ["sh", "-c", REMOVE_SCRIPT, "darksocial", str(code), *_leftovers])
    os._exit(code)  # without a shell, the next run removes what is left


def _on_signal(number: int, frame: object) -> None:
    global _pending
    if _deferrals:
        _pending = number
    else:
        stop(number)
