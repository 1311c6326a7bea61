"""Recognise the folders that darksocial wrote: only in these does it replace or delete files.

A folder of results, a store and a simulation hold a mark, the file `.darksocial.json`, which says
what the folder is. Folders of versions before the mark are recognised by the content of their main
file, and are marked when they are next written to.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from darksocial.errors import OutputError
from darksocial.language import gettext as _

MARK = ".darksocial.json"
LOCK = ".lock"
HARMLESS_NAMES = frozenset({LOCK, "lost+found"})
"""Names in a folder that counts as empty: the lock of a run that was killed early, and the folder
that mkfs makes on a new disk (https://man7.org/linux/man-pages/man8/mklost+found.8.html)."""

DRAFT_PREFIXES = (".darksocial.", f".{MARK}.")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of folder, and how one without a mark is recognised.

    main: the name of its main file.
    keys: top-level keys of the JSON object in that file; None if the name is enough.
    tables: names of the files and folders that hold what an analysis made of its inputs: these are
        no inputs themselves.
    is_another: the message for a folder of this kind in the place of another kind.
    expected: what is expected in the place of a folder that is not of this kind.
    advice: how to choose another folder.
    """

    name: str
    main: str
    keys: frozenset[str] | None
    tables: tuple[str, ...]
    is_another: str
    expected: str
    advice: str


RESULT = Kind(
    "result",
    "summary.json",
    frozenset({"version", "config_hash", "inputs", "dark_social"}),
    ("sessions", "shares.parquet", "rejects.parquet", "summary.json"),
    _("{folder} is a result of `darksocial analyze`"),
    _("a new folder, an empty one, or a result of `darksocial analyze`"),
    _("another `out`"),
)
STORE = Kind(
    "store",
    "state.json",
    frozenset({"bookmarks", "parts", "due"}),
    (
        *("hits", "people", "sessions", "shares", "reports", "rejects", "runs", "marks", "lost"),
        *("state.json", "state.copy.json"),
    ),
    _("{folder} is a store of `darksocial nightly`"),
    _("a new folder, an empty one, or a store of `darksocial nightly`"),
    _("another `store`"),
)
SIMULATION = Kind(
    "simulation",
    "truth.jsonl",
    None,
    ("truth.jsonl",),
    _("{folder} is a simulation of `darksocial simulate`"),
    _("a new folder, an empty one, or a simulation of `darksocial simulate`"),
    _("another `out`"),
)
CSV_FOLDER = Kind(
    "csv",
    MARK,
    frozenset({"kind"}),
    (
        *("about.csv", "sessions.csv", "shares.csv", "apps.csv", "bots.csv", "cannot_tell.csv"),
        *("channels.csv", "channels_recorded.csv", "conversions.csv", "counted_twice.csv"),
        *(
            "evidence.csv",
            "groups.channels.csv",
            "groups.rows.csv",
            "inputs.csv",
            "masked_origins.csv",
            "model.csv",
            "pages.csv",
        ),
        *("previews.csv", "rejects.csv", "shares.apps.csv", "shares.pages.csv"),
        *("standouts.csv", "unread.csv"),
    ),
    _("{folder} is a folder of CSV files of darksocial"),
    _("a new folder, an empty one, or one that --output csv=DIR wrote"),
    _("another DIR"),
)
FOLDER_KINDS = {kind.name: kind for kind in (RESULT, STORE, SIMULATION, CSV_FOLDER)}


def check_own(folder: Path, kind: Kind) -> None:
    """Refuse a folder that holds files that darksocial did not write. Raises OutputError.

    A folder that is missing or empty is accepted, and so is one of the same kind. Call this before
    the work begins, so that nobody waits in vain.
    """
    try:
        if not folder.exists():
            return
        if not folder.is_dir():
            raise _refused(_("{folder} is a file"), folder, kind)
        other = kind_of(folder)
        if other is kind or (other is None and is_empty(folder)):
            return
    except OSError as error:
        raise OutputError(
            _("{folder} cannot be read: {reason}").format(
                folder=folder, reason=error.strerror or error
            ),
            expected=_("a folder that may be read and written"),
        ) from error
    foreign = _("{folder} holds something that darksocial did not write")
    raise _refused(other.is_another if other else foreign, folder, kind)


def _refused(problem: str, folder: Path, kind: Kind) -> OutputError:
    return OutputError(problem.format(folder=folder), expected=kind.expected, advice=kind.advice)


def kind_of(folder: Path) -> Kind | None:
    """Return which kind of folder darksocial wrote, or None if it did not write the folder."""
    mark = folder / MARK
    if mark.is_file():
        return marked_kind(mark.read_bytes())
    for kind in FOLDER_KINDS.values():
        main = folder / kind.main
        if main.is_file() and (kind.keys is None or kind.keys <= _object(main).keys()):
            return kind
    return None


def marked_kind(text: bytes) -> Kind | None:
    """Return the kind that the content of a mark names; None if it names none."""
    return FOLDER_KINDS.get(str(_parsed(text).get("kind", "")))


def is_own(text: bytes, kind: Kind) -> bool:
    """Return whether the content of a main file is that of a kind."""
    return kind.keys is None or kind.keys <= _parsed(text).keys()


def is_empty(folder: Path) -> bool:
    """Return whether a folder holds only `HARMLESS_NAMES` and drafts of killed runs."""
    return all(
        entry.name in HARMLESS_NAMES or entry.name.startswith(DRAFT_PREFIXES)
        for entry in folder.iterdir()
    )


def mark_text(kind: Kind) -> str:
    """Return the content of the mark."""
    return json.dumps({"kind": kind.name, "made_by": "darksocial"}) + "\n"


def _object(path: Path) -> Mapping[str, Any]:
    """Return the JSON object in a file; an empty one if it holds none."""
    return _parsed(path.read_bytes())


def _parsed(text: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
