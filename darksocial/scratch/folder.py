"""The scratch folder of a run: tables and copies of log lines that no other user may read."""

import os
import weakref
from pathlib import Path
from typing import Self

from darksocial.errors import OutputError
from darksocial.language import gettext as _
from darksocial.scratch.temporary import Temporary, temporary_folder

SCRATCH_PREFIX = "darksocial-scratch-"
VARIABLES = ("TMPDIR", "TEMP", "TMP")
DEFAULT_FOLDERS = ("/tmp", "/var/tmp")


class Scratch:
    """A private folder that `close`, a signal, or the next run after a kill removes."""

    def __init__(self, parent: Path | None = None) -> None:
        parent = parent or scratch_place()
        try:
            self._temporary: Temporary = temporary_folder(parent, SCRATCH_PREFIX)
        except OSError as error:
            raise _unusable(
                _("no scratch folder can be made in {folder}: {reason}").format(
                    folder=parent, reason=error.strerror or error
                )
            ) from error
        self.path = self._temporary.path
        self._finalizer = weakref.finalize(self, self._temporary.remove)

    def close(self) -> None:
        """Remove the folder and everything in it. Further calls do nothing."""
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def scratch_place() -> Path:
    """Return the folder for scratch: the one in TMPDIR, TEMP or TMP, or else /tmp or /var/tmp.

    Raises OutputError if a folder in one of the variables cannot be used. No other folder takes its
    place: that one could be on a disk that is too small, or be readable by others.
    """
    for variable in VARIABLES:
        if name := os.environ.get(variable):
            folder = Path(name).absolute()
            if problem := _problem_of_variable(variable, folder):
                raise _unusable(problem)
            return folder
    usual = [Path(folder) for folder in DEFAULT_FOLDERS]
    folder = next((folder for folder in usual if _may_write(folder)), usual[0])
    if problem := _problem_of_default(folder):
        raise _unusable(problem)
    return folder


def _problem_of_variable(variable: str, folder: Path) -> str | None:
    """Return why the folder in an environment variable cannot be used; None if it can."""
    if not folder.exists():
        text = _("{variable} is {folder}, which does not exist")
    elif not folder.is_dir():
        text = _("{variable} is {folder}, which is not a folder")
    elif not _may_write(folder):
        text = _("{variable} is {folder}, which cannot be written")
    else:
        return None
    return text.format(variable=variable, folder=folder)


def _problem_of_default(folder: Path) -> str | None:
    """Return why a default folder cannot be used; None if it can."""
    if not folder.exists():
        text = _("{folder}, the folder for temporary files, does not exist")
    elif not folder.is_dir():
        text = _("{folder}, the folder for temporary files, is not a folder")
    elif not _may_write(folder):
        text = _("{folder}, the folder for temporary files, cannot be written")
    else:
        return None
    return text.format(folder=folder)


def _may_write(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK)


def _unusable(problem: str) -> OutputError:
    return OutputError(
        problem,
        expected=_(
            "a folder that may be written to, with room for about a tenth of the input's size, "
            "decompressed"
        ),
        advice="TMPDIR=FOLDER",
    )
