"""Find the input files behind names: files, globs, folders, zip archives, pipes, standard input."""

import glob
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from darksocial.errors import InputError
from darksocial.language import gettext as _
from darksocial.reading.files import STDIN, Finder, InputFile, is_fifo, is_uri, members
from darksocial.reading.uris import WEB_SCHEMES, advice_for, scheme_of

EXPECTED = _("log files, folders that hold some, globs, or - for standard input")


def discover(names: Sequence[str], storage: Finder | None = None) -> list[InputFile]:
    """Return the files behind `names`, each once, sorted by path with numbers as numbers.

    A folder means all files in it and below, except hidden ones, and so does a zip archive; neither
    a folder nor `**` follows links to folders. A pipe is read only if it is named itself. URIs are
    looked up in `storage`. Raises InputError for a name that leads to no readable file.
    """
    files: dict[tuple[str, str], InputFile] = {}
    for name in names:
        try:
            for file in _remote(name, storage) if is_uri(name) else _local(name):
                local = file.path != STDIN and file.storage is None
                real = os.path.realpath(file.path) if local else file.path
                files.setdefault((real, file.member), file)
        except OSError as error:
            raise _unreadable(name, error) from error
    return sorted(files.values(), key=lambda file: _natural(file.name))


def _unreadable(name: str, error: OSError) -> InputError:
    problem = _("{name} cannot be read: {reason}").format(
        name=error.filename or name, reason=error.strerror or error
    )
    if is_uri(name):
        return InputError(
            problem,
            expected=_("a file system for which Spark has a connector and the right to read"),
            advice=advice_for(name),
        )
    return InputError(
        problem,
        expected=EXPECTED,
        advice=_("run as a user who may read it (often one in the group adm), or copy it"),
    )


def _natural(path: str) -> tuple[list[str | int], str]:
    """Return a sort key that puts access.log.2 before access.log.10."""
    pieces = re.split("([0-9]+)", path)
    return [int(piece) if index % 2 else piece for index, piece in enumerate(pieces)], path


def _remote(uri: str, storage: Finder | None) -> Iterator[InputFile]:
    if storage is None or scheme_of(uri) in WEB_SCHEMES:
        raise InputError(
            _("{uri} is a URI, which cannot be read from here.").format(uri=uri),
            expected=EXPECTED,
            advice=advice_for(uri),
        )
    files = storage.find(uri)
    if not files:
        raise InputError(
            _("There is no file at {uri}.").format(uri=uri),
            expected=_("a file, a folder or a glob"),
        )
    for path, size, written in files:
        file = InputFile(path, size, storage=storage, written=written)
        inside = members(file)
        yield from [file] if inside is None else inside


def _local(name: str) -> Iterator[InputFile]:
    if name == STDIN:
        yield InputFile(STDIN, None)
        return
    path = Path(name)
    if name and path.is_dir():
        paths = list(_files_below(path))
        if not paths:
            raise InputError(
                _("The folder {name} holds no files.").format(name=name),
                expected=_("log files in it or in folders below it (hidden ones are left out)"),
                advice=_("name the folder that the server writes to, such as /var/log/nginx"),
            )
    elif path.exists() or not glob.has_magic(name):
        paths = [path]
    else:
        paths = [match for match in _matching(name) if match.is_file()]
        if not paths:
            raise InputError(
                _("No file matches {name}.").format(name=name),
                expected=EXPECTED,
                advice=_("use ** to look into folders below, as in 'logs/**/*.log'"),
            )
    for path in paths:
        yield from _readable(path, name)


def _matching(pattern: str) -> Iterator[Path]:
    """Return the paths that a glob matches.

    `**` does not follow links to folders, which may form a circle.
    """
    parts = Path(pattern).parts
    if "**" not in parts:
        yield from map(Path, glob.glob(pattern))  # noqa: PTH207 - Path.glob finds hidden files
        return
    depth = parts.index("**")
    for top in _matching(str(Path(*parts[:depth]))) if depth else [Path()]:
        for folder, _names in _walk(top) if top.is_dir() else []:
            yield from _matching(str(Path(glob.escape(str(folder)), *(parts[depth + 1 :] or "*"))))


def _files_below(folder: Path) -> Iterator[Path]:
    for parent, names in _walk(folder):
        paths = (parent / name for name in names if not name.startswith("."))
        yield from (path for path in paths if path.is_file())


def _walk(top: Path) -> Iterator[tuple[Path, list[str]]]:
    """Return each folder that is not hidden, with the names of its files."""
    for parent, folders, names in os.walk(top, onerror=_raise):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield Path(parent), names


def _raise(error: OSError) -> None:
    raise error


def _readable(path: Path, name: str) -> list[InputFile]:
    if name and is_fifo(name):
        return [InputFile(name, None)]
    if not name or not path.is_file():
        raise InputError(
            _no_file(path, name),
            expected=EXPECTED,
            advice=_("check the spelling, or pass `-` and pipe the lines in"),
        )
    file = InputFile(str(path), path.stat().st_size)
    inside = members(file)
    return [file] if inside is None else inside


def _no_file(path: Path, name: str) -> str:
    if not name:
        return _("An empty name does not exist.")
    if path.exists():
        return _("{name} is not a regular file.").format(name=name)
    return _("{name} does not exist.").format(name=name)
