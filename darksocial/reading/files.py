"""One input: a file, a file inside a zip archive, or standard input."""

import os
import stat
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

STDIN = "-"
ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One input: its path as the user sees it, its size in bytes (None: a pipe), and its name
    inside the archive at that path ('': the file itself)."""

    path: str
    size: int | None
    member: str = ""

    @property
    def name(self) -> str:
        """The path, with that inside the archive."""
        return f"{self.path}/{self.member}" if self.member else self.path

    @property
    def is_on_disk(self) -> bool:
        """Whether the file can be opened by its path, as often as one likes."""
        return not self.is_pipe and not self.member

    @property
    def is_pipe(self) -> bool:
        """Whether its bytes come once: standard input, or a pipe such as `<(zcat log)` makes."""
        return self.path == STDIN or (self.size is None and is_fifo(self.path))

    @property
    def most_bytes(self) -> int:
        """How much is read of a file that may grow: what it had when it was found.

        Files of the system that tell no size are read to their end.
        """
        return self.size if self.size and self.is_on_disk else sys.maxsize

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
        is_other = not self.is_pipe and path != Path(self.path) and path.is_file()
        return path.read_bytes() if is_other else None


def is_fifo(path: str) -> bool:
    """Whether a path leads to a pipe. Raises no OSError: what is not there is none."""
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)  # noqa: PTH116 - a path may be bytes no text has
    except (OSError, ValueError):
        return False


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
    """Whether a name is hidden; one that climbs (`..`) is shown: nothing is ever extracted."""
    parts = (part for part in PurePosixPath(name).parts if part != "..")
    return any(part.startswith((".", "__MACOSX")) for part in parts)
