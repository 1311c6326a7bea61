"""Which files the user means: files, globs, folders, zip archives, pipes and standard input."""

import glob
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from darksocial.errors import InputError
from darksocial.reading.files import STDIN, Finder, InputFile, is_fifo, is_uri, members

EXPECTED = "log files, folders that hold some, globs, or - for standard input"


def discover(names: Sequence[str], storage: Finder | None = None) -> list[InputFile]:
    """Return the files behind `names`, each once, sorted by path with numbers as numbers.

    A folder stands for all files in it and below, hidden ones excepted, and so does a zip archive;
    neither a folder nor `**` follows links to folders. A pipe counts where it is named itself.
    Names that are URIs are looked for in `storage`. Raises InputError for a name that leads to no
    file that can be read.
    """
    found: dict[tuple[str, str], InputFile] = {}
    for name in names:
        try:
            for file in _remote(name, storage) if is_uri(name) else _behind(name):
                local = file.path != STDIN and file.storage is None
                real = os.path.realpath(file.path) if local else file.path
                found.setdefault((real, file.member), file)
        except OSError as error:
            raise InputError(
                f"{error.filename or name} cannot be read: {error.strerror}",
                expected=EXPECTED,
                advice="run as a user who may read it (often one in the group adm), or copy it",
            ) from error
    return sorted(found.values(), key=lambda file: _natural(file.name))


def _natural(path: str) -> tuple[list[str | int], str]:
    """Sort access.log.2 before access.log.10."""
    pieces = re.split("([0-9]+)", path)
    return [int(piece) if at % 2 else piece for at, piece in enumerate(pieces)], path


def _remote(uri: str, storage: Finder | None) -> Iterator[InputFile]:
    if storage is None:
        raise InputError(
            f"{uri} is a URI, which DuckDB inside the process does not read",
            expected=EXPECTED,
            advice="--engine spark, or copy the files to this machine",
        )
    found = storage.find(uri)
    if not found:
        raise InputError(f"no file is behind {uri}", expected="a file, a folder or a glob")
    for path, size, written in found:
        file = InputFile(path, size, storage=storage, written=written)
        inside = members(file)
        yield from [file] if inside is None else inside


def _behind(name: str) -> Iterator[InputFile]:
    if name == STDIN:
        yield InputFile(STDIN, None)
        return
    path = Path(name)
    if name and path.is_dir():
        paths = list(_files_below(path))
        if not paths:
            raise InputError(
                f"the folder {name} holds no files",
                expected="log files in it or below (hidden ones are left out)",
                advice="name the folder that the server writes to, such as /var/log/nginx",
            )
    elif path.exists() or not glob.has_magic(name):
        paths = [path]
    else:
        paths = [match for match in _matching(name) if match.is_file()]
        if not paths:
            raise InputError(
                f"no file matches {name}",
                expected=EXPECTED,
                advice="use ** to look into folders below, as in 'logs/**/*.log'",
            )
    for path in paths:
        yield from _readable(path, name)


def _matching(pattern: str) -> Iterator[Path]:
    """Like glob, but `**` does not follow links to folders: they may lead round in circles."""
    parts = Path(pattern).parts
    if "**" not in parts:
        yield from map(Path, glob.glob(pattern))  # noqa: PTH207 - that of Path finds hidden files
        return
    at = parts.index("**")
    for top in _matching(str(Path(*parts[:at]))) if at else [Path()]:
        for folder, _ in _walk(top) if top.is_dir() else []:
            yield from _matching(str(Path(glob.escape(str(folder)), *(parts[at + 1 :] or "*"))))


def _files_below(folder: Path) -> Iterator[Path]:
    for parent, names in _walk(folder):
        paths = (parent / name for name in names if not name.startswith("."))
        yield from (path for path in paths if path.is_file())


def _walk(top: Path) -> Iterator[tuple[Path, list[str]]]:
    """Return each folder that is not hidden, with the names of its files."""
    for parent, folders, names in os.walk(top, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield Path(parent), names


def _refuse(error: OSError) -> None:
    raise error


def _readable(path: Path, name: str) -> list[InputFile]:
    if name and is_fifo(name):
        return [InputFile(name, None)]
    if not name or not path.is_file():
        seen = "is no regular file" if name and path.exists() else "does not exist"
        advice = "check the spelling, or pass `-` and pipe the lines in"
        raise InputError(f"{name or 'an empty name'} {seen}", expected=EXPECTED, advice=advice)
    file = InputFile(str(path), path.stat().st_size)
    inside = members(file)
    return [file] if inside is None else inside
