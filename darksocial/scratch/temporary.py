"""Temporary files and folders that do not outlive their process, however it ends.

A lock (flock) of its process holds each of them. A file that has the name of a temporary file and
is not locked was left by a process that was killed; it is removed.
"""

import fcntl
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from darksocial.scratch import stopping

RANDOM_ENDING = re.compile(r"[a-z0-9_]{8}")
"""The end of the names that `tempfile` makes."""


class Temporary:
    """A temporary file or folder at `path`, which no other user can read."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock

    def remove(self) -> None:
        """Remove what is at the path, if it still exists, and release the lock."""
        _remove(self.path)
        self.release()

    def release(self) -> None:
        """Release the lock of a file that was moved to its final place."""
        stopping.keep_at_stop(str(self.path))
        os.close(self._lock)


def temporary_file(folder: Path, prefix: str) -> Temporary:
    """Create an empty file whose name begins with `prefix`. Raises OSError."""
    return _create(folder, prefix, _new_file)


def temporary_folder(folder: Path, prefix: str) -> Temporary:
    """Create an empty folder whose name begins with `prefix`. Raises OSError."""
    return _create(folder, prefix, lambda prefix, parent: tempfile.mkdtemp("", prefix, parent))


def remove_abandoned(folder: Path, prefix: str) -> None:
    """Remove temporary files and folders of this user that no process holds. Raises OSError."""
    with os.scandir(folder) as entries:
        candidates = [Path(entry.path) for entry in entries if _is_temporary(entry, prefix)]
    for path in candidates:
        with suppress(OSError):  # another run has removed it, or it cannot be opened: leave it
            lock = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if _locked(lock) is True:
                    _remove(path)
            finally:
                os.close(lock)


def _create(folder: Path, prefix: str, make: Callable[[str, Path], str]) -> Temporary:
    remove_abandoned(folder, prefix)
    with stopping.deferred():
        while True:
            path = Path(make(prefix, folder)).absolute()
            with suppress(FileNotFoundError):
                lock = os.open(path, os.O_RDONLY)
                # Before the lock was taken, another run may have removed the file as abandoned.
                if _locked(lock) is not False and path.exists():
                    stopping.remove_at_stop(str(path))
                    return Temporary(path, lock)
                os.close(lock)


def _new_file(prefix: str, folder: Path) -> str:
    handle, name = tempfile.mkstemp(prefix=prefix, dir=folder)
    os.close(handle)
    return name


def _is_temporary(entry: os.DirEntry[str], prefix: str) -> bool:
    """Return whether `tempfile` made the name of an entry, and the entry belongs to this user."""
    if not (entry.name.startswith(prefix) and RANDOM_ENDING.fullmatch(entry.name[len(prefix) :])):
        return False
    with suppress(FileNotFoundError):
        status = entry.stat(follow_symlinks=False)
        is_kind = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
        return is_kind and status.st_uid == os.geteuid()
    return False


def _locked(handle: int) -> bool | None:
    """Lock an open file or folder. Return False if another process holds it, and None if the file
    system has no locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
