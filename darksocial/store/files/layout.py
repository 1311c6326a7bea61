"""The names of all files of a store. A file with any other name is foreign: not darksocial's.

Only files with these names are ever moved or removed, and only when state.json calls for it.
Foreign files stay as they are.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from darksocial.results.ownership import LOCK, MARK

STATE = "state.json"
STATE_COPY = "state.copy.json"
LOST = "lost"
PARTS = ("hits", "people")
"""The folders with what lines become: a day has files of the same names in both."""
DERIVED = ("sessions", "shares", "reports")
"""The folders with what is computed from the parts, one file a day."""
DATED = (*PARTS, *DERIVED)
STORE_FOLDERS = (*DATED, "rejects", "runs", "marks")
"""The folders of a store. The folder `lost` repeats them."""

DAY_FOLDER = r"date=\d{4}-\d{2}-\d{2}"
RUN_NAME = r"\d{8}T\d{6}Z(?:\.\d+)?"
PART_NAME = rf"{RUN_NAME}-\d+(?:\.[a-z0-9]+)*\.parquet"
FILE_NAMES = {
    "hits": rf"{DAY_FOLDER}/{PART_NAME}",
    "people": rf"{DAY_FOLDER}/{PART_NAME}",
    "sessions": rf"{DAY_FOLDER}/sessions-0\.parquet",
    "shares": rf"{DAY_FOLDER}/shares-0\.parquet",
    "reports": rf"{DAY_FOLDER}/summary\.json",
    "rejects": rf"{RUN_NAME}\.parquet",
    "runs": rf"{RUN_NAME}\.json",
    "marks": r"[\w-][\w.-]*",
}
CAMPAIGNS, PARTNERS = "campaigns.parquet", "partners.parquet"
"""What campaigns and partners brought by all stored days: written anew by each night with costs."""
RETURNS = (CAMPAIGNS, PARTNERS)
TOP_NAMES = (STATE, STATE_COPY, LOCK, MARK, *RETURNS)
DRAFT = re.compile(r"\.(?P<name>.+?)(?:\.(?:darksocial-)?[a-z0-9_]{8})?")
"""A draft of NAME: `.NAME`, or `.NAME.darksocial-` and what tempfile adds (write_whole). Earlier
versions did not write `darksocial-`."""
NUMBERED = re.compile(r"(.+)\.\d+")


def kind_of(place: str) -> str | None:
    """Return the folder of a store to which a place belongs; None for any other file.

    A place is a path relative to the store, with slashes.
    """
    kind, _, name = place.partition("/")
    pattern = FILE_NAMES.get(kind)
    return kind if pattern and re.fullmatch(pattern, name) else None


def is_own(place: str) -> bool:
    """Return whether darksocial writes files of this name, drafts included."""
    return bool(place in TOP_NAMES or kind_of(place) or lost_place(place) or is_draft(place))


def is_draft(place: str) -> bool:
    """Return whether a place is that of a draft of darksocial."""
    folder, _, name = place.rpartition("/")
    if name in TOP_NAMES and not folder:
        return False
    match = DRAFT.fullmatch(name)
    if not match:
        return False
    names = {match["name"], name[1:]}
    finished = {f"{folder}/{each}" if folder else each for each in names}
    return any(each in TOP_NAMES or kind_of(each) or lost_place(each) for each in finished)


def lost_place(place: str) -> str | None:
    """Return where a file in lost/ was before it was set aside; None for any other file."""
    folder, _, earlier = place.partition("/")
    if folder != LOST:
        return None
    if kind_of(earlier):
        return earlier
    numbered = NUMBERED.fullmatch(earlier)
    return numbered[1] if numbered and kind_of(numbered[1]) else None


def draft_of(path: Path) -> Path:
    """Return where the draft of a file is written, before it is committed."""
    return path.with_name(f".{path.name}")


def day_of(place: str) -> str:
    """Return the day (ISO 8601) of a file of `DATED`."""
    return place.split("/")[1].removeprefix("date=")


def name_of(place: str) -> str:
    """Return the last part of a place."""
    return place.rpartition("/")[2]


def run_of(place: str) -> str:
    """Return the name of the run that wrote a part, rejects or the record of a run."""
    match = re.match(RUN_NAME, name_of(place))
    assert match, place
    return match[0]


def day_of_run(place: str) -> str:
    """Return the day (ISO 8601) on which the run began that wrote a file."""
    stamp = run_of(place)
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}"


def day_folder(kind: str, day: str) -> str:
    """Return the folder of a day (ISO 8601) in a folder of `DATED`."""
    return f"{kind}/date={day}"


def part_of(kind: str, day: str, name: str) -> str:
    """Return the place of a part of a day: its hits or its people."""
    return f"{day_folder(kind, day)}/{name}"


def table_of(kind: str, day: str) -> str:
    """Return the place of the sessions or the shares of a day."""
    return f"{day_folder(kind, day)}/{kind}-0.parquet"


def report_of(day: str) -> str:
    """Return the place of the report of a day."""
    return f"{day_folder('reports', day)}/summary.json"


def derived(day: str) -> list[str]:
    """Return the places of the files that are computed for a day."""
    return [table_of("sessions", day), table_of("shares", day), report_of(day)]


def rejects_of(name: str) -> str:
    """Return the place of a file with rejects."""
    return f"rejects/{name}"


def record_of(run: str) -> str:
    """Return the place of the record of a run."""
    return f"runs/{run}.json"


def files_in(store: Path, folder: str) -> Iterator[str]:
    """Yield the places of all files in a folder of the store, in order, without following links."""
    for root, folders, names in os.walk(store / folder):
        folders.sort()
        for name in sorted(names):
            yield (Path(root) / name).relative_to(store).as_posix()


def own_files(store: Path) -> Iterator[str]:
    """Yield the places of all files of a store, in order, but not `TOP_NAMES`, drafts and lost/."""
    for folder in sorted(STORE_FOLDERS):
        yield from (place for place in files_in(store, folder) if kind_of(place))


def lost_files(store: Path) -> list[str]:
    """Return the places of the files that were set aside, in order."""
    return [place for place in files_in(store, LOST) if lost_place(place)]


def foreign_files(store: Path) -> list[str]:
    """Return what darksocial did not write: entries at the top, and files in its folders."""
    folders = {*STORE_FOLDERS, LOST}
    top = (entry.name for entry in store.iterdir())
    foreign = [name for name in top if name not in folders and not is_own(name)]
    for folder in folders:
        foreign += [place for place in files_in(store, folder) if not is_own(place)]
    return sorted(foreign)


def drafts(store: Path) -> Iterator[str]:
    """Yield the places of all drafts."""
    yield from (entry.name for entry in store.iterdir() if is_draft(entry.name))
    for folder in (*STORE_FOLDERS, LOST):
        yield from (place for place in files_in(store, folder) if is_draft(place))
