"""One input: a file, a file inside a zip archive, or standard input."""

import os
import stat
import sys
import weakref
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

STDIN = "-"
ZIP = b"PK\x03\x04"


class Opener(Protocol):
    """What opens files that are not on this machine, by their URI."""

    def open(self, path: str) -> IO[bytes]:
        """Return the file to read and to seek in. Raises OSError."""

    def exists(self, path: str) -> bool:
        """Whether there is a file of that URI."""


class Finder(Opener, Protocol):
    """What finds files that are named by a URI, such as s3a://bucket/logs."""

    def find(self, name: str) -> list[tuple[str, int, float]]:
        """The files that a URI, a glob or a folder stands for, hidden ones left out: URI, size in
        bytes and when it was last written, in seconds since 1970. Raises OSError."""


class Storage(Finder, Protocol):
    """What writes there as well."""

    def entries(self, folder: str) -> list[str]:
        """The names of what is in a folder; none where there is no folder. Raises OSError."""

    def write(self, path: str, data: bytes) -> None:
        """Write a small file. Raises OSError."""

    def rename(self, path: str, new: str) -> None:
        """Move a file or a folder to a place where nothing is. Raises OSError."""

    def delete(self, path: str) -> None:
        """Delete a file, or a folder with all in it, if there is. Raises OSError."""


def is_uri(name: str) -> bool:
    """Whether a name is a URI with a scheme, and no path on this machine."""
    scheme, mark, _ = name.partition("://")
    return bool(mark) and scheme.isalnum() and not Path(name).exists()


@dataclass(frozen=True, slots=True)
class InputFile:
    """One input: its path as the user sees it, its size in bytes (None: a pipe), and its name
    inside the archive at that path ('': the file itself).

    Of a file that is named by a URI also what opens it, and when it was last written.
    """

    path: str
    size: int | None
    member: str = ""
    storage: Opener | None = field(default=None, compare=False, repr=False)
    written: float | None = None

    @property
    def name(self) -> str:
        """The path, with that inside the archive."""
        return f"{self.path}/{self.member}" if self.member else self.path

    @property
    def is_on_disk(self) -> bool:
        """Whether the file can be opened by its path, as often as one likes."""
        return not self.is_pipe and not self.member and self.storage is None

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
            archive = self._open(self.path)
            inside = zipfile.ZipFile(archive).open(self.member)  # noqa: SIM115 - the caller closes it
            weakref.finalize(inside, archive.close)  # closing a member leaves its archive open
            return inside
        return self._open(self.path)

    def beside(self, name: str) -> bytes | None:
        """Return what is in the file of that name in the same folder or archive, if there is."""
        if self.member:
            sibling = str(PurePosixPath(self.member).with_name(name))
            with self._open(self.path) as file, zipfile.ZipFile(file) as archive:
                there = sibling != self.member and sibling in archive.namelist()
                return archive.read(sibling) if there else None
        if self.storage:
            uri = f"{self.path.rpartition('/')[0]}/{name}"
            if uri == self.path or not self.storage.exists(uri):
                return None
            with self.storage.open(uri) as file:
                return file.read()
        path = Path(self.path).with_name(name)
        is_other = not self.is_pipe and path != Path(self.path) and path.is_file()
        return path.read_bytes() if is_other else None

    def _open(self, path: str) -> IO[bytes]:
        return self.storage.open(path) if self.storage else Path(path).open("rb")


def is_fifo(path: str) -> bool:
    """Whether a path leads to a pipe. Raises no OSError: what is not there is none."""
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)  # noqa: PTH116 - a path may be bytes no text has
    except (OSError, ValueError):
        return False


def members(whole: InputFile) -> list[InputFile] | None:
    """Return the files in a zip archive, hidden ones left out, or None for any other file.

    An archive that is cut off is no archive: its parts cannot be found. Raises OSError.
    """
    with whole.open() as file:
        if file.read(len(ZIP)) != ZIP or not zipfile.is_zipfile(file):
            return None
        archive = zipfile.ZipFile(file)
        return [
            replace(whole, size=entry.file_size, member=entry.filename)
            for entry in archive.infolist()
            if not entry.is_dir() and not _is_hidden(entry.filename)
        ]


def _is_hidden(name: str) -> bool:
    """Whether a name is hidden; one that climbs (`..`) is shown: nothing is ever extracted."""
    parts = (part for part in PurePosixPath(name).parts if part != "..")
    return any(part.startswith((".", "__MACOSX")) for part in parts)
