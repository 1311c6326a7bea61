"""Which files the user means: files, globs, folders and standard input."""

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from darksocial.errors import InputError

STDIN = "-"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One input: its path as the user sees it, and its size in bytes (None: standard input)."""

    path: str
    size: int | None


def discover(names: Sequence[str]) -> list[InputFile]:
    """Return the files behind `names`, each once, in the order of names and then of paths.

    A folder stands for all files in it and below, hidden ones excepted; links to folders are not
    followed. Raises InputError for a name that leads to no file that can be read.
    """
    found: dict[str, InputFile] = {}
    for name in names:
        for file in _behind(name):
            found.setdefault(os.path.realpath(file.path) if file.path != STDIN else STDIN, file)
    return list(found.values())


def _behind(name: str) -> Iterator[InputFile]:
    if name == STDIN:
        yield InputFile(STDIN, None)
        return
    path = Path(name)
    if path.is_dir():
        paths = sorted(_files_below(path))
        if not paths:
            raise InputError(f"the folder {name} holds no files", expected="log files in it")
    elif path.exists() or not glob.has_magic(name):
        paths = [path]
    else:
        paths = sorted(p for p in map(Path, glob.glob(name, recursive=True)) if p.is_file())
        if not paths:
            raise InputError(f"no file matches {name}", expected="the name of a log file")
    yield from (_readable(path) for path in paths)


def _files_below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(parent) / name for name in files if not name.startswith("."))
        yield from (path for path in paths if path.is_file())


def _refuse(error: OSError) -> None:
    raise InputError(f"{error.filename} cannot be read: {error.strerror}") from error


def _readable(path: Path) -> InputFile:
    try:
        if not path.is_file():
            seen = "is no regular file" if path.exists() else "does not exist"
            raise InputError(f"{path} {seen}", expected="a log file, a folder, a glob or -")
        with path.open("rb"):
            return InputFile(str(path), path.stat().st_size)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
