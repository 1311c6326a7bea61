"""The one error boundary: whatever is raised becomes lines on standard error and an exit code."""

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable

import click

from darksocial.cli._fields import with_flags
from darksocial.cli._printing import echo
from darksocial.errors import DarkSocialError, InputError, OutputError, UsageError
from darksocial.scratch import stopping

TRACEBACK = "DARKSOCIAL_TRACEBACK"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
DUCKDB = "_duckdb"
MAX_CHARACTERS = 500


def exit_code_of(command: Callable[[], int]) -> int:
    """Run a command and return its exit code; say on standard error what went wrong."""
    try:
        return command()
    except click.Abort as abort:
        raised: BaseException = abort.__cause__ or abort
    except (Exception, KeyboardInterrupt) as anything:
        raised = anything
    if isinstance(raised, KeyboardInterrupt):  # from a library that handles signals itself
        stopping.stop(signal.SIGINT)
    if os.environ.get(TRACEBACK, "0") != "0":
        traceback.print_exception(raised)
    if isinstance(raised, click.ClickException):
        raised.show()
        return UsageError.exit_code
    error = as_error(raised)
    say(with_flags(str(error)))
    return error.exit_code


def say(text: str) -> None:
    """Print an error, each line made safe for a terminal."""
    echo(f"darksocial: {text}", err=True)


def as_error(raised: BaseException) -> DarkSocialError:
    """Return anything that was raised as an error with a message and an exit code."""
    match raised:
        case DarkSocialError():
            return raised
        case MemoryError():
            return _no_memory(raised)
        case UnicodeEncodeError():
            return UsageError(
                f"{raised.object[:100]!a} cannot be written in {raised.encoding}",
                expected="names and texts in the encoding of this system",
                advice="another name, or LC_ALL=C.UTF-8",
            )
        case OSError() if raised.errno in NO_ROOM:
            return OutputError(_of_file(raised), expected="a place with room to write to")
        case OSError() if raised.filename is not None:
            return InputError(_of_file(raised), expected="a file or folder that can be opened")
    if type(raised).__module__ == DUCKDB and isinstance(raised, _duckdb("OutOfMemoryException")):
        return _no_memory(raised)
    if type(raised).__module__ == DUCKDB and isinstance(raised, _duckdb("IOException")):
        return OutputError(_shown(raised), expected="a scratch folder with room to write to")
    return DarkSocialError(
        f"unforeseen {type(raised).__name__}: {_shown(raised)}",
        expected="no such failure: this is a fault of darksocial, or of the machine",
        advice=f"{TRACEBACK}=1 shows where it arose; please report it with that",
    )


def _no_memory(raised: BaseException) -> OutputError:
    return OutputError(
        f"no memory is left: {_shown(raised)}".removesuffix(": "),
        expected="some 500 MB for the process, and as much for its tables",
        advice="fewer --threads, a lower --memory-limit, or a larger machine",
    )


def _duckdb(name: str) -> type[Exception]:
    """An exception of DuckDB, which is loaded if one was raised."""
    kind: type[Exception] = getattr(sys.modules[DUCKDB], name)
    return kind


def _of_file(error: OSError) -> str:
    reason = error.strerror or _shown(error)
    return f"{error.filename}: {reason}" if error.filename is not None else reason


def _shown(raised: BaseException) -> str:
    """The first line of a message, which may quote a log."""
    from darksocial.privacy.lines import redacted

    return redacted(str(raised).partition("\n")[0][:MAX_CHARACTERS])
