"""Temporary files and folders that do not outlive their process, however it ends.

Each is held by a lock (flock) that goes with its process. What bears the name of a temporary file
and is not locked was left by a process that was killed, and is removed.
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

from darksocial import stopping

RANDOM = re.compile(r"[a-z0-9_]{8}")
"""What `tempfile` ends its names with."""


class Temporary:
    """A temporary file or folder at `path`, which nobody else can read."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock

    def remove(self) -> None:
        """Remove what is at the path, if anything still is, and release the lock."""
        _remove(self.path)
        self.release()

    def release(self) -> None:
        """Release the lock of a file that was moved to its place."""
        stopping.keep_at_stop(str(self.path))
        os.close(self._lock)


def temporary_file(folder: Path, prefix: str) -> Temporary:
    """Make an empty file whose name begins with `prefix`. Raises OSError."""
    return _made(folder, prefix, _new_file)


def temporary_folder(folder: Path, prefix: str) -> Temporary:
    """Make an empty folder whose name begins with `prefix`. Raises OSError."""
    return _made(folder, prefix, lambda prefix, parent: tempfile.mkdtemp("", prefix, parent))


def remove_abandoned(folder: Path, prefix: str) -> None:
    """Remove temporary files and folders of this user that no process holds. Raises OSError."""
    with os.scandir(folder) as entries:
        found = [Path(entry.path) for entry in entries if _is_temporary(entry, prefix)]
    for path in found:
        with suppress(OSError):  # another run has removed it, or it cannot be opened: let it be
            lock = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if _locked(lock) is True:
                    _remove(path)
            finally:
                os.close(lock)


def _made(folder: Path, prefix: str, make: Callable[[str, Path], str]) -> Temporary:
    remove_abandoned(folder, prefix)
    with stopping.deferred():
        while True:
            path = Path(make(prefix, folder)).absolute()
            with suppress(FileNotFoundError):
                lock = os.open(path, os.O_RDONLY)
                # Between the last two steps another run can have taken it for abandoned.
                if _locked(lock) is not False and path.exists():
                    stopping.remove_at_stop(str(path))
                    return Temporary(path, lock)
                os.close(lock)


def _new_file(prefix: str, folder: Path) -> str:
    handle, name = tempfile.mkstemp(prefix=prefix, dir=folder)
    os.close(handle)
    return name


def _is_temporary(entry: os.DirEntry[str], prefix: str) -> bool:
    """Whether an entry has a name that `tempfile` made, and belongs to this user."""
    if not (entry.name.startswith(prefix) and RANDOM.fullmatch(entry.name[len(prefix) :])):
        return False
    with suppress(FileNotFoundError):
        status = entry.stat(follow_symlinks=False)
        is_kind = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
        return is_kind and status.st_uid == os.geteuid()
    return False


def _locked(handle: int) -> bool | None:
    """Lock an open file or folder; False if another process holds it, None on file systems that
    cannot lock it."""
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
