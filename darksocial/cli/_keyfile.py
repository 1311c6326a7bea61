"""Key files: made whole or not at all, and used only if nothing is wrong with them."""

import logging
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from darksocial.errors import OutputError, UsageError
from darksocial.scratch.temporary import temporary_file

MIN_KEY_CHARACTERS = 32
NEW_KEY_BYTES = 32
MAX_KEY_BYTES = 4096
OTHERS = stat.S_IRWXG | stat.S_IRWXO
LOG = logging.getLogger("darksocial.key")


def make_key(path: Path) -> None:
    """Make a key file with 256 random bits, unless there is one: then leave it as it is.

    The key is written beside its place and linked to it, so that of several processes one wins,
    and no process sees an unfinished key. Raises OutputError if that fails.
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
            f"the key file {path} could not be made: {error.strerror}",
            expected="a folder with room that may be written to",
            advice="--visitor-secret, or another folder",
        ) from error


def read_key(path: Path) -> str:
    """Return the key in a file; log a warning if others can read it.

    Raises FileNotFoundError if there is no such file, and UsageError if it cannot be read, or is
    empty, too short or no text.
    """
    try:
        content, mode = _read(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}") from error
    try:
        key = content.decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise _refused(path, "is no text") from error
    if not key:
        raise _refused(path, "is empty")
    if not key.isprintable() or len(content) > MAX_KEY_BYTES:
        raise _refused(path, "is no text of one line")
    if len(key) < MIN_KEY_CHARACTERS:
        raise _refused(path, f"holds {len(key)} characters")
    if mode & OTHERS:
        LOG.warning(
            "others can read the key file %s (mode %04o) and compute visitor ids: chmod 600 %s",
            path, mode, path,
        )  # fmt: skip
    return key


def _read(path: Path) -> tuple[bytes, int]:
    """The first bytes of a regular file, and its mode; a pipe must not keep the run waiting."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(None, "it is no regular file")
        return file.read(MAX_KEY_BYTES + 1), stat.S_IMODE(status.st_mode)


def _refused(path: Path, why: str) -> UsageError:
    return UsageError(
        f"the key file {path} {why}",
        expected=f"a key of {MIN_KEY_CHARACTERS} characters or more, as darksocial makes it",
        advice="restore it from a backup, or give the key with --visitor-secret. Without the key, "
        "delete the file: a new one is made, and visitors get new ids",
    )
