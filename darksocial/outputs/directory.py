"""Files and folders that appear whole or not at all.

Everything is written beside its place first and renamed into it at the end. A process that is
killed before leaves what stood there; killed between the two renames of a folder, it leaves the
earlier folder under the name `.NAME.earlier`, and the next run puts it back. The next run also
removes the drafts of killed ones. A signal waits for the end of the renames, which are quick.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from darksocial.errors import DarkSocialError, OutputError
from darksocial.stopping import deferred
from darksocial.temporary import temporary_file, temporary_folder

MARK = "summary.json"
OWN = ("sessions", "shares.parquet", "rejects.parquet", MARK)


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
            _put_back(out)
        check_own(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        draft = temporary_folder(out.parent, _draft(out))
    except OSError as error:
        raise _not_written(out, error) from error
    try:
        yield draft.path
        draft.path.chmod(0o777 & ~_umask())
        with deferred():
            _swap(draft.path, out)
    except OSError as error:
        raise _not_written(out, error) from error
    finally:
        draft.remove()


def check_own(out: Path) -> None:
    """Refuse a folder with files of others: what is replaced must be darksocial's own.

    Raises OutputError. Asked before the work begins as well, so that nobody waits for nothing.
    """
    if not out.exists():
        return
    if not out.is_dir() or (any(out.iterdir()) and not (out / MARK).exists()):
        raise OutputError(
            f"{out} holds something that darksocial did not write",
            expected="a new folder, an empty one, or one of an earlier run",
            advice="--out with another name",
        )


def _swap(draft: Path, out: Path) -> None:
    earlier = _earlier(out)
    if out.exists():
        out.rename(earlier)
    draft.rename(out)
    _keep_foreign(earlier, out)


def _put_back(out: Path) -> None:
    """Finish what a killed run left between its two renames."""
    earlier = _earlier(out)
    if earlier.exists() and not out.exists():
        earlier.rename(out)
    _keep_foreign(earlier, out)


def _keep_foreign(earlier: Path, out: Path) -> None:
    """Move what is not darksocial's from the earlier folder to the new one; remove the rest."""
    if not earlier.exists():
        return
    for entry in earlier.iterdir():
        if entry.name not in OWN:
            entry.rename(out / entry.name)
    shutil.rmtree(earlier)


def _draft(out: Path) -> str:
    return f".{out.name}.darksocial-"


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
