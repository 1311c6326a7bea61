"""Files and folders that appear whole or not at all.

Everything is written beside its place first and renamed into it at the end. A process that is
killed before leaves what stood there; killed between the two renames of a folder, it leaves the
earlier folder under the name `.NAME.earlier`, and the next run puts it back. The next run also
removes the drafts of killed ones. A signal waits for the end of the renames, which are quick.

A folder that cannot be renamed, because a shell works in it or a disk is mounted there, is filled
in place: the finished draft inside it is renamed to `.darksocial.new`, and its parts then take
their places one after the other. Killed in between, the next run goes on where it stopped.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from darksocial.errors import DarkSocialError, OutputError
from darksocial.results import ownership
from darksocial.scratch.stopping import deferred
from darksocial.scratch.temporary import temporary_file, temporary_folder

OWN = ("sessions", "shares.parquet", "rejects.parquet", "summary.json", ownership.MARK)
"""The parts of a result, in the order in which they are put in place."""
WRITTEN = re.compile(
    r"sessions/date=\d{4}-\d\d-\d\d/[^/]+\.parquet|(shares|rejects)\.parquet(/[^/]+\.parquet)?"
    r"|[^/]+\.json|([^/]+/)*(_SUCCESS|\.[^/]+\.crc)"
)
"""Paths inside these parts that darksocial writes; Spark adds the last ones."""
NEW = ".darksocial.new"


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Call `write` with a draft's path beside `path`, then move the draft to `path`.

    Raises OutputError where that fails; the draft is removed and `path` is as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = temporary_file(path.parent, _draft(path))
        try:
            write(draft.path)
            draft.path.chmod(0o666 & ~_umask())
            draft.path.replace(path)
        finally:
            draft.remove()
    except OSError as error:
        raise _not_written(path, error) from error


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """Yield an empty draft folder; at the end it takes the place of `out`.

    Files in `out` that darksocial did not write stay. Raises OutputError where `out` is a folder
    that darksocial did not make, or cannot be written; `out` is then as it was.
    """
    try:
        out = out.resolve()
        with deferred():
            _complete(out)
        ownership.check_own(out, ownership.RESULT)
        place, prefix = _drafts(out)
        place.mkdir(parents=True, exist_ok=True)
        draft = temporary_folder(place, prefix)
        (draft.path / ownership.MARK).write_text(ownership.mark_text(ownership.RESULT), "utf-8")
    except OSError as error:
        raise _not_written(out, error) from error
    try:
        yield draft.path
        draft.path.chmod(0o777 & ~_umask())
        with deferred():
            _take_place(draft.path, out)
    except OSError as error:
        raise _not_written(out, error) from error
    finally:
        draft.remove()


def _drafts(out: Path) -> tuple[Path, str]:
    """Where drafts of `out` lie, and how their names begin."""
    if _is_fixed(out):
        return out, ".darksocial.draft-"
    return out.parent, _draft(out)


def _draft(path: Path) -> str:
    return f".{path.name}.darksocial-"


def _is_fixed(out: Path) -> bool:
    """Whether a folder cannot be renamed: whoever works in it would lose it from under them."""
    return out.is_dir() and (out.is_mount() or out.samefile(Path.cwd()))


def _take_place(draft: Path, out: Path) -> None:
    if _is_fixed(out):
        draft.rename(out / NEW)
    elif out.exists():
        out.rename(_earlier(out))
        draft.rename(out)
    else:
        draft.rename(out)
    _complete(out)


def _complete(out: Path) -> None:
    """Do what is left to do after the renames: a run that was killed may have left it."""
    earlier, new = _earlier(out), out / NEW
    if earlier.exists() and not out.exists():
        earlier.rename(out)
    if earlier.exists():
        for entry in earlier.iterdir():
            if entry.name not in OWN:
                entry.rename(out / entry.name)
        _keep_foreign(earlier, out)
        shutil.rmtree(earlier)
    if new.exists():
        for name in OWN:
            _put(new / name, out / name)
        shutil.rmtree(new)


def _put(part: Path, place: Path) -> None:
    """Put one part of a result in its place; files of others inside the earlier part stay."""
    if not part.exists():
        return
    if place.is_dir() and not place.is_symlink():
        _keep_foreign(place, part, within=f"{place.name}/")
        shutil.rmtree(place)
    elif part.is_dir():
        place.unlink(missing_ok=True)
    part.replace(place)


def _keep_foreign(earlier: Path, new: Path, within: str = "") -> None:
    """Move to `new` what darksocial did not write below the folder `earlier`."""
    for parent, folders, names in os.walk(earlier):
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for path in (Path(parent, name) for name in (*names, *links)):
            inside = path.relative_to(earlier)
            if not WRITTEN.fullmatch(f"{within}{inside.as_posix()}"):
                (new / inside).parent.mkdir(parents=True, exist_ok=True)
                path.rename(new / inside)


def _earlier(out: Path) -> Path:
    return out.with_name(f".{out.name}.earlier")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _not_written(path: Path, error: OSError) -> DarkSocialError:
    return OutputError(
        f"{path} could not be written: {error.strerror or error}",
        expected="a place with room that may be written to",
    )
