"""One input: a file, a file inside a zip archive, or standard input."""

import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

STDIN = "-"
ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One input: its path as the user sees it, its size in bytes (None: standard input), and its
    name inside the archive at that path ('': the file itself)."""

    path: str
    size: int | None
    member: str = ""

    @property
    def name(self) -> str:
        """The path, with that inside the archive."""
        return f"{self.path}/{self.member}" if self.member else self.path

    @property
    def is_on_disk(self) -> bool:
        """Whether the file can be opened by its path."""
        return self.path != STDIN and not self.member

    def open(self) -> IO[bytes]:
        """Return the bytes of the file. Raises OSError, and BadZipFile for a damaged archive."""
        if self.path == STDIN:
            return sys.stdin.buffer
        if self.member:
            return zipfile.ZipFile(self.path).open(self.member)
        return Path(self.path).open("rb")

    def beside(self, name: str) -> bytes | None:
        """Return what is in the file of that name in the same folder or archive, if there is."""
        if self.member:
            sibling = str(PurePosixPath(self.member).with_name(name))
            with zipfile.ZipFile(self.path) as archive:
                there = sibling != self.member and sibling in archive.namelist()
                return archive.read(sibling) if there else None
        path = Path(self.path).with_name(name)
        is_other = self.path != STDIN and path != Path(self.path) and path.is_file()
        return path.read_bytes() if is_other else None


def members(path: Path) -> list[InputFile] | None:
    """Return the files in a zip archive, hidden ones left out, or None for any other file.

    An archive that is cut off is no archive: its parts cannot be found. Raises OSError.
    """
    with path.open("rb") as file:
        if file.read(len(ZIP)) != ZIP or not zipfile.is_zipfile(path):
            return None
    with zipfile.ZipFile(path) as archive:
        return [
            InputFile(str(path), entry.file_size, entry.filename)
            for entry in archive.infolist()
            if not entry.is_dir() and not _is_hidden(entry.filename)
        ]


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)
