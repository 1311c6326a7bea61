"""The scratch folder of a run: tables and copies of log lines, which nobody else may read."""

import os
import weakref
from pathlib import Path
from typing import Self

from darksocial.errors import OutputError
from darksocial.temporary import Temporary, temporary_folder

PREFIX = "darksocial-scratch-"
VARIABLES = ("TMPDIR", "TEMP", "TMP")
USUAL = ("/tmp", "/var/tmp")


class Scratch:
    """A private folder that is removed by `close`, by a signal, or by the next run after a kill."""

    def __init__(self, parent: Path | None = None) -> None:
        parent = parent or scratch_place()
        try:
            self._temporary: Temporary = temporary_folder(parent, PREFIX)
        except OSError as error:
            raise _unusable(parent, error.strerror or str(error)) from error
        self.path = self._temporary.path
        self._finalizer = weakref.finalize(self, self._temporary.remove)

    def close(self) -> None:
        """Remove the folder with all in it; once is enough."""
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def scratch_place() -> Path:
    """Return where scratch goes: the folder in TMPDIR, TEMP or TMP, or else /tmp or /var/tmp.

    Raises OutputError if the one that is named cannot be used: another folder may be on a disk
    that is too small, or that others can read.
    """
    for variable in VARIABLES:
        if named := os.environ.get(variable):
            return _usable(Path(named).absolute(), f"{variable} is {named}, which")
    usual = [Path(place) for place in USUAL]
    place = next((place for place in usual if os.access(place, os.W_OK | os.X_OK)), usual[0])
    return _usable(place, f"{place}, the folder for temporary files,")


def _usable(place: Path, what: str) -> Path:
    if not place.is_dir():
        reason = "is no folder" if place.exists() else "does not exist"
        raise _refused(f"{what} {reason}")
    if not os.access(place, os.W_OK | os.X_OK):
        raise _refused(f"{what} cannot be written")
    return place


def _unusable(place: Path, reason: str) -> OutputError:
    return _refused(f"no scratch folder can be made in {place}: {reason}")


def _refused(seen: str) -> OutputError:
    return OutputError(
        seen,
        expected="a folder that may be written to, with room for about a tenth of the input's "
        "size, decompressed",
        advice="TMPDIR=FOLDER",
    )
