"""Key files: made whole or not at all, and used only if nothing is wrong with them."""

import logging
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from darksocial.errors import OutputError, UsageError
from darksocial.language import gettext as _
from darksocial.scratch.temporary import temporary_file

MIN_KEY_CHARACTERS = 32
NEW_KEY_BYTES = 32
MAX_KEY_BYTES = 4096
OTHERS_MODE = stat.S_IRWXG | stat.S_IRWXO
LOG = logging.getLogger("darksocial.key")


def make_key(path: Path) -> None:
    """Make a key file with 256 random bits; leave an existing one as it is.

    The key is written to another file, to which a hard link is then made: of several processes one
    wins, and none reads an unfinished key. Raises OutputError if that fails.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = temporary_file(path.parent, f".{path.name}.darksocial-")
        try:
            with draft.path.open("w", encoding="ascii") as file:
                file.write(secrets.token_hex(NEW_KEY_BYTES) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                path.hardlink_to(draft.path)
        finally:
            draft.remove()
    except OSError as error:
        raise OutputError(
            _("The key file {path} could not be made: {reason}.").format(
                path=path, reason=error.strerror
            ),
            expected=_("a folder that can be written to, with space left"),
            advice=_("--visitor-secret, or another folder"),
        ) from error


def read_key(path: Path) -> str:
    """Return the key in a file; log a warning if others can read it.

    Raises FileNotFoundError if there is no such file, and UsageError if it cannot be read, is
    empty or too short, or is not a line of text.
    """
    try:
        content, mode = _read(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        problem = _("The key file {path} cannot be read: {reason}.")
        raise _refused(problem.format(path=path, reason=error.strerror)) from error
    try:
        key = content.decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise _refused(_("The key file {path} is not text.").format(path=path)) from error
    if not key:
        raise _refused(_("The key file {path} is empty.").format(path=path))
    if not key.isprintable() or len(content) > MAX_KEY_BYTES:
        raise _refused(_("The key file {path} is not one line of text.").format(path=path))
    if len(key) < MIN_KEY_CHARACTERS:
        problem = _("The key file {path} is too short: {n} characters.")
        raise _refused(problem.format(path=path, n=len(key)))
    if mode & OTHERS_MODE:
        LOG.warning(
            _("Others can read the key file %s (mode %04o) and compute visitor ids: chmod 600 %s"),
            path, mode, path,
        )  # fmt: skip
    return key


def _read(path: Path) -> tuple[bytes, int]:
    """Return the first bytes of a regular file, and its mode; do not wait for a pipe."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(None, _("it is not a regular file"))
        return file.read(MAX_KEY_BYTES + 1), stat.S_IMODE(status.st_mode)


def _refused(problem: str) -> UsageError:
    expected = _("a key of at least {n} characters, as darksocial makes it")
    return UsageError(
        problem,
        expected=expected.format(n=MIN_KEY_CHARACTERS),
        advice=_("restore it from a backup, or pass the key with --visitor-secret. If the key is "
                 "lost, delete the file: a new one is made, and visitors get new ids"),
    )  # fmt: skip
