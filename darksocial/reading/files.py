"""One input: a file, a file inside a zip archive, or standard input."""

import os
import stat
import sys
import weakref
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from darksocial.reading.workbook import is_workbook

STDIN = "-"
ZIP_MAGIC = b"PK\x03\x04"


class Opener(Protocol):
    """Opens files that are not on this machine, by their URI."""

    def open(self, path: str) -> IO[bytes]:
        """Return the file, open for reading and seeking. Raises OSError."""

    def exists(self, path: str) -> bool:
        """Return whether there is a file with that URI."""


class Finder(Opener, Protocol):
    """Finds the files behind a URI such as s3a://bucket/logs."""

    def find(self, name: str) -> list[tuple[str, int, float]]:
        """Return the files behind a URI, a glob or a folder, hidden ones left out.

        Each is its URI, its size in bytes and the time of its last change, in seconds since 1970.
        Raises OSError.
        """


class Storage(Finder, Protocol):
    """Finds, reads and writes files by their URIs."""

    def entries(self, folder: str) -> list[str]:
        """Return the names in a folder; none if there is no such folder. Raises OSError."""

    def write(self, path: str, data: bytes) -> None:
        """Write a small file. Raises OSError."""

    def rename(self, path: str, new: str) -> None:
        """Move a file or a folder to a place that is free. Raises OSError."""

    def delete(self, path: str) -> None:
        """Delete a file, or a folder with its contents, if there is one. Raises OSError."""


def is_uri(name: str) -> bool:
    """Return whether a name is a URI with a scheme rather than a path on this machine."""
    scheme, mark, _ = name.partition("://")
    return bool(mark) and scheme.isalnum() and not Path(name).exists()


@dataclass(frozen=True, slots=True)
class InputFile:
    """One input file.

    path: as the user sees it.
    size: in bytes; None for a pipe.
    member: its name inside the archive at that path; empty for the file itself.
    storage: opens the file if its path is a URI.
    written: when a file with a URI was last changed, in seconds since 1970.
    """

    path: str
    size: int | None
    member: str = ""
    storage: Opener | None = field(default=None, compare=False, repr=False)
    written: float | None = None

    @property
    def name(self) -> str:
        """The path, followed by the name inside the archive."""
        return f"{self.path}/{self.member}" if self.member else self.path

    @property
    def is_on_disk(self) -> bool:
        """Whether the file can be opened by its path, and more than once."""
        return not self.is_pipe and not self.member and self.storage is None

    @property
    def is_pipe(self) -> bool:
        """Whether its bytes can be read only once, as those of standard input or `<(zcat log)`."""
        return self.path == STDIN or (self.size is None and is_fifo(self.path))

    @property
    def max_bytes(self) -> int:
        """How many bytes are read of a file that may grow: its size when it was found.

        Files for which the system reports no size are read to their end.
        """
        return self.size if self.size and self.is_on_disk else sys.maxsize

    def open(self) -> IO[bytes]:
        """Open the file. Raises OSError, and BadZipFile for a damaged archive."""
        if self.path == STDIN:
            return sys.stdin.buffer
        if self.member:
            archive = self._open(self.path)
            inside = zipfile.ZipFile(archive).open(self.member)  # noqa: SIM115 - the caller closes it
            weakref.finalize(inside, archive.close)  # closing a member leaves its archive open
            return inside
        return self._open(self.path)

    def beside(self, name: str) -> bytes | None:
        """Return the contents of the file with that name in the same folder or archive, if any."""
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
    """Return whether a path leads to a pipe; a path that leads nowhere does not."""
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)  # noqa: PTH116 - a path may be bytes no text has
    except (OSError, ValueError):
        return False


def members(whole: InputFile) -> list[InputFile] | None:
    """Return the files in a zip archive, hidden ones left out, or None for any other file.

    An Excel file is one file, though it is a zip archive. A truncated archive counts as any other
    file: its directory is missing. Raises OSError.
    """
    with whole.open() as file:
        if file.read(len(ZIP_MAGIC)) != ZIP_MAGIC or not zipfile.is_zipfile(file):
            return None
        if is_workbook(file):
            return None
        archive = zipfile.ZipFile(file)
        return [
            replace(whole, size=entry.file_size, member=entry.filename)
            for entry in archive.infolist()
            if not entry.is_dir() and not _is_hidden(entry.filename)
        ]


def _is_hidden(name: str) -> bool:
    """Return whether a name is hidden. `..` is harmless: nothing is ever extracted."""
    parts = (part for part in PurePosixPath(name).parts if part != "..")
    return any(part.startswith((".", "__MACOSX")) for part in parts)
