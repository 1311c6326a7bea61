"""Standard streams that always take what is printed, whatever they are connected to."""

from __future__ import annotations

import codecs
import errno
import io
import json
import os
import sys
from typing import TYPE_CHECKING, TextIO

from darksocial.printable import PLAIN_SIGNS

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

CLOSED = {0: os.O_WRONLY, 1: os.O_RDONLY, 2: os.O_WRONLY}
"""How /dev/null is opened in the place of a stream that is closed, so that no other file takes its
number: reading standard input or writing standard output fails, and errors are lost."""
REASONS = {errno.ENOSPC: "no space left", errno.EBADF: "standard output is closed"}


class Outlet(io.FileIO):
    """A stream to print to. At the first failure it stops writing and keeps the failure, so that
    a command finishes its work even if nobody reads what it prints."""

    failure: OSError | None = None

    def write(self, data: ReadableBuffer) -> int:
        if self.failure is None:
            try:
                return super().write(data)
            except OSError as error:
                self.failure = error
        return memoryview(data).nbytes


ERRORS = "darksocial.simpler"


def _simpler(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace a sign that cannot be encoded by a simpler one, any other character by an escape.

    The escape is that of JSON, so that JSON stays JSON.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    sign = error.object[error.start]
    return PLAIN_SIGNS.get(sign, json.dumps(sign)[1:-1]), error.start + 1


codecs.register_error(ERRORS, _simpler)


def open_streams() -> Outlet:
    """Replace the standard streams of the process; return what standard output goes to."""
    for number, mode in CLOSED.items():
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # takes the lowest number that is free: this one
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open to the end
    printed, errors = Outlet(1, "wb", closefd=False), Outlet(2, "wb", closefd=False)
    sys.stdout = _text(printed, sys.stdout, is_buffered=not printed.isatty())
    sys.stderr = _text(errors, sys.stderr, is_buffered=False)
    return printed


def lost(printed: Outlet) -> str | None:
    """Say why what was printed is lost, if it is.

    A reader that left (`| head`) is no loss: it has what it wanted.
    """
    failure = printed.failure
    if failure is None or failure.errno == errno.EPIPE:
        return None
    return REASONS.get(failure.errno or 0, failure.strerror or str(failure))


def _text(outlet: Outlet, before: TextIO | None, *, is_buffered: bool) -> TextIO:
    """Return a text stream in the encoding of the one before; what it cannot encode is replaced."""
    return io.TextIOWrapper(
        io.BufferedWriter(outlet),
        before.encoding if before else "utf-8",
        ERRORS,
        line_buffering=not is_buffered,
    )
