"""The names of everything that a store holds. What has no name here is not darksocial's.

Only files with such a name are ever moved or removed, and only where state.json calls for it.
Whatever else lies in the folder stays as it is.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from darksocial.results import ownership

STATE = "state.json"
STATE_COPY = "state.copy.json"
LOCK = ownership.LOCK
MARK = ownership.MARK
LOST = "lost"
PARTS = ("hits", "people")
"""What lines are kept in: a day has the same file names in both."""
DERIVED = ("sessions", "shares", "reports")
"""What is computed from the parts, one file a day."""
DATED = (*PARTS, *DERIVED)
KINDS = (*DATED, "rejects", "runs", "marks")
"""The folders of a store, `lost` aside: that one repeats them."""

DAY = r"date=\d{4}-\d{2}-\d{2}"
RUN = r"\d{8}T\d{6}Z(?:\.\d+)?"
PART = rf"{RUN}-\d+(?:\.[a-z0-9]+)*\.parquet"
NAMES = {
    "hits": rf"{DAY}/{PART}",
    "people": rf"{DAY}/{PART}",
    "sessions": rf"{DAY}/sessions-0\.parquet",
    "shares": rf"{DAY}/shares-0\.parquet",
    "reports": rf"{DAY}/summary\.json",
    "rejects": rf"{RUN}\.parquet",
    "runs": rf"{RUN}\.json",
    "marks": r"[\w-][\w.-]*",
}
TOP = (STATE, STATE_COPY, LOCK, MARK)
DRAFT = re.compile(r"\.(?P<name>.+?)(?:\.(?:darksocial-)?[a-z0-9_]{8})?")
"""A draft of NAME: `.NAME`, or with `.darksocial-` and what tempfile adds (write_whole); earlier
versions left out the word."""
NUMBERED = re.compile(r"(.+)\.\d+")


def kind_of(place: str) -> str | None:
    """Return the folder (`KINDS`) whose file a place in a store is; None for any other file.

    Places are relative to the store, with slashes.
    """
    kind, _, name = place.partition("/")
    pattern = NAMES.get(kind)
    return kind if pattern and re.fullmatch(pattern, name) else None


def is_own(place: str) -> bool:
    """Return whether darksocial writes a file of this name, drafts included."""
    return bool(place in TOP or kind_of(place) or lost_place(place) or is_draft(place))


def is_draft(place: str) -> bool:
    """Return whether a place is that of an unfinished file of darksocial."""
    folder, _, name = place.rpartition("/")
    if name in TOP and not folder:
        return False
    found = DRAFT.fullmatch(name)
    if not found:
        return False
    names = {found["name"], name[1:]}
    finished = {f"{folder}/{each}" if folder else each for each in names}
    return any(each in TOP or kind_of(each) or lost_place(each) for each in finished)


def lost_place(place: str) -> str | None:
    """Return where a file in lost/ was before it was kept aside; None for any other file."""
    folder, _, earlier = place.partition("/")
    if folder != LOST:
        return None
    if kind_of(earlier):
        return earlier
    numbered = NUMBERED.fullmatch(earlier)
    return numbered[1] if numbered and kind_of(numbered[1]) else None


def draft_of(path: Path) -> Path:
    """Return where a file is written before it is committed."""
    return path.with_name(f".{path.name}")


def day_of(place: str) -> str:
    """Return the day (ISO 8601) of a file of `DATED`."""
    return place.split("/")[1].removeprefix("date=")


def name_of(place: str) -> str:
    """Return the last part of a place."""
    return place.rpartition("/")[2]


def run_of(place: str) -> str:
    """Return the name of the run that wrote a part, rejects or the record of a run."""
    found = re.match(RUN, name_of(place))
    assert found, place
    return found[0]


def day_of_run(place: str) -> str:
    """Return the day (ISO 8601) on which the run began that wrote a file."""
    stamp = run_of(place)
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}"


def derived(day: str) -> list[str]:
    """Return the places of what is computed of a day."""
    return [
        f"sessions/date={day}/sessions-0.parquet",
        f"shares/date={day}/shares-0.parquet",
        f"reports/date={day}/summary.json",
    ]


def files_in(store: Path, folder: str) -> Iterator[str]:
    """Yield the place of every file in a folder of the store, in order. Links are not followed."""
    for root, folders, names in os.walk(store / folder):
        folders.sort()
        for name in sorted(names):
            yield (Path(root) / name).relative_to(store).as_posix()


def own_files(store: Path) -> Iterator[str]:
    """Yield the place of every file of a store, in order; `TOP`, drafts and lost/ are left out."""
    for folder in sorted(KINDS):
        yield from (place for place in files_in(store, folder) if kind_of(place))


def lost_files(store: Path) -> list[str]:
    """Return the places of what was kept aside, in order."""
    return [place for place in files_in(store, LOST) if lost_place(place)]


def foreign_files(store: Path) -> list[str]:
    """Return what darksocial did not write: files and folders at the top, files in its folders."""
    folders = {*KINDS, LOST}
    top = (entry.name for entry in store.iterdir())
    found = [name for name in top if name not in folders and not is_own(name)]
    for folder in folders:
        found += [place for place in files_in(store, folder) if not is_own(place)]
    return sorted(found)


def drafts(store: Path) -> Iterator[str]:
    """Yield the places of unfinished files."""
    yield from (entry.name for entry in store.iterdir() if is_draft(entry.name))
    for folder in (*KINDS, LOST):
        yield from (place for place in files_in(store, folder) if is_draft(place))
