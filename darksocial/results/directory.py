"""Write files and folders so that they appear whole or not at all.

Everything is written as a draft next to its final place, and renamed at the end. If the process is
killed before that, the earlier result is unchanged. If it is killed between the two renames of a
folder, the earlier folder has the name `.NAME.earlier`, and the next run renames it back. The next
run also removes drafts of killed runs. A signal waits for the end of the renames, which are quick.

A folder that is a shell's working directory or a mount point cannot be renamed; it is filled in
place. The finished draft inside it is renamed to `.darksocial.new`, and its parts are moved to
their places one by one. If a run is killed in between, the next run continues.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from darksocial.errors import DarkSocialError, OutputError
from darksocial.language import gettext as _
from darksocial.results import ownership
from darksocial.scratch.stopping import deferred
from darksocial.scratch.temporary import temporary_file, temporary_folder

RESULT_PARTS = (*ownership.RESULT.tables, ownership.MARK)
"""The parts of a result, in the order in which they are moved to their places."""
RESULT_FILES = re.compile(
    r"sessions/date=\d{4}-\d\d-\d\d/[^/]+\.parquet|(shares|rejects)\.parquet(/[^/]+\.parquet)?"
    r"|[^/]+\.json|([^/]+/)*(_SUCCESS|\.[^/]+\.crc)"
)
"""The paths in these parts that darksocial writes; Spark adds those of the last alternative."""
FILES_OF_KIND = {
    ownership.RESULT.name: RESULT_FILES,
    ownership.CSV_FOLDER.name: re.compile(
        "|".join(map(re.escape, (*ownership.CSV_FOLDER.tables, ownership.MARK)))
    ),
}
"""The paths that darksocial writes in each kind of folder that is replaced as a whole."""
NEW_FOLDER = ".darksocial.new"


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Call `write` with the path of a draft, then move the draft to `path`.

    Raises OutputError if that fails; the draft is removed and `path` is unchanged.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = temporary_file(path.parent, draft_prefix(path))
        try:
            write(draft.path)
            draft.path.chmod(0o666 & ~_umask())
            draft.path.replace(path)
        finally:
            draft.remove()
    except OSError as error:
        raise _not_written(path, error) from error


def write_text_whole(path: Path, text: str) -> None:
    """Write a text in UTF-8, whole or not at all. Raises OutputError."""
    write_bytes_whole(path, text.encode())


def write_bytes_whole(path: Path, content: bytes) -> None:
    """Write bytes, whole or not at all. Raises OutputError."""

    def fill(draft: Path) -> None:
        draft.write_bytes(content)

    write_whole(path, fill)


@contextmanager
def replacing(out: Path, kind: ownership.Kind = ownership.RESULT) -> Iterator[Path]:
    """Yield an empty draft folder, which replaces `out`, a folder of this kind, at the end.

    Files in `out` that darksocial did not write stay. Raises OutputError if darksocial did not make
    `out`, or if `out` cannot be written; it is then unchanged.
    """
    try:
        out = out.resolve()
        with deferred():
            _complete(out, kind)
        ownership.check_own(out, kind)
        place, prefix = _drafts(out)
        place.mkdir(parents=True, exist_ok=True)
        draft = temporary_folder(place, prefix)
        (draft.path / ownership.MARK).write_text(ownership.mark_text(kind), "utf-8")
    except OSError as error:
        raise _not_written(out, error) from error
    try:
        yield draft.path
        draft.path.chmod(0o777 & ~_umask())
        with deferred():
            _take_place(draft.path, out, kind)
    except OSError as error:
        raise _not_written(out, error) from error
    finally:
        draft.remove()


def _drafts(out: Path) -> tuple[Path, str]:
    """Return the folder for drafts of `out`, and the prefix of their names."""
    if _is_fixed(out):
        return out, ".darksocial.draft-"
    return out.parent, draft_prefix(out)


def draft_prefix(path: Path) -> str:
    """Return how the names of drafts of a file or folder begin; they are beside it."""
    return f".{path.name}.darksocial-"


def _is_fixed(out: Path) -> bool:
    """Return whether a folder cannot be renamed: a mount point, or the working directory."""
    return out.is_dir() and (out.is_mount() or out.samefile(Path.cwd()))


def _take_place(draft: Path, out: Path, kind: ownership.Kind) -> None:
    if _is_fixed(out):
        draft.rename(out / NEW_FOLDER)
    elif out.exists():
        out.rename(_earlier(out))
        draft.rename(out)
    else:
        draft.rename(out)
    _complete(out, kind)


def _complete(out: Path, kind: ownership.Kind) -> None:
    """Do what remains after the renames, also for a run that was killed."""
    earlier, new = _earlier(out), out / NEW_FOLDER
    parts, files = (*kind.tables, ownership.MARK), FILES_OF_KIND[kind.name]
    if earlier.exists() and not out.exists():
        earlier.rename(out)
    if earlier.exists():
        for entry in earlier.iterdir():
            if entry.name not in parts:
                entry.rename(out / entry.name)
        _keep_foreign(earlier, out, files)
        shutil.rmtree(earlier)
    if new.exists():
        for name in parts:
            _put(new / name, out / name, files)
        shutil.rmtree(new)


def _put(part: Path, place: Path, files: re.Pattern[str]) -> None:
    """Move one part of a result to its place; foreign files in the earlier part stay."""
    if not part.exists():
        return
    if place.is_dir() and not place.is_symlink():
        _keep_foreign(place, part, files, within=f"{place.name}/")
        shutil.rmtree(place)
    elif part.is_dir():
        place.unlink(missing_ok=True)
    part.replace(place)


def _keep_foreign(earlier: Path, new: Path, files: re.Pattern[str], within: str = "") -> None:
    """Move what is not one of the `files` of darksocial from the folder `earlier` to `new`."""
    for parent, folders, names in os.walk(earlier):
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for path in (Path(parent, name) for name in (*names, *links)):
            inside = path.relative_to(earlier)
            if not files.fullmatch(f"{within}{inside.as_posix()}"):
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
        _("{path} could not be written: {reason}").format(
            path=path, reason=error.strerror or error
        ),
        expected=_("a place with room that may be written to"),
    )
