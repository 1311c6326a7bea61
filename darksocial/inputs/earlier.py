"""Leave out what darksocial wrote itself: its results, stores and keys among the logs of a folder.

The tables of a result are no logs, and read as such they would count visits that the logs hold.
Only files with the names that darksocial gives are left out, in folders that hold its mark
(results/ownership.py): logs may be beside them.
"""

from pathlib import Path

from darksocial.reading import InputFile
from darksocial.results.ownership import Kind, kind_of

WRITTEN_BY_DARKSOCIAL = "was written by darksocial"
"""Part of the records of nightly runs, where reasons are compared: so it is not translated."""
KEY_ENDING = ".key"


class EarlierResults:
    """Recognises what earlier runs wrote; looks at each folder once."""

    def __init__(self) -> None:
        self._kinds: dict[Path, Kind | None] = {}

    def place_of(self, file: InputFile) -> Path | None:
        """Return the folder that holds a file of darksocial's, or its key; None for other files."""
        if not file.is_on_disk:
            return None
        path = Path(file.path)
        if path.suffix == KEY_ENDING and self._kind(path.with_suffix("")) is not None:
            return path
        outermost = reversed(path.parents)  # each day's report in a store looks like a result
        return next((folder for folder in outermost if self._holds(folder, path)), None)

    def _holds(self, folder: Path, path: Path) -> bool:
        """Return whether a path is one that darksocial gives in a folder of its own."""
        kind = self._kind(folder)
        return kind is not None and path.relative_to(folder).parts[0] in kind.tables

    def _kind(self, folder: Path) -> Kind | None:
        if folder not in self._kinds:
            self._kinds[folder] = kind_of(folder) if folder.is_dir() else None
        return self._kinds[folder]
