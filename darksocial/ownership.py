"""Which folders darksocial wrote: only in these does it replace or delete anything.

A folder of results, a store and a simulation hold a mark, the file `.darksocial.json`, which says
what they are. Folders that versions before the mark wrote are recognised by the content of their
main file, and are marked when they are next written to.
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
HARMLESS = frozenset({LOCK, "lost+found"})
"""What may lie in an empty folder: the lock of a run that was killed early, and the folder that
mkfs makes on a new disk (https://man7.org/linux/man-pages/man8/mklost+found.8.html)."""

DRAFTS = (".darksocial.", f".{MARK}.")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of folder, and how one without a mark is recognised.

    `main` is its main file, and `keys` are top-level keys of that JSON object; None where the file
    itself is enough. The other words are for messages: what the folder is, and the field
    that names it.
    """

    name: str
    main: str
    keys: frozenset[str] | None
    words: str
    field: str


RESULT = Kind(
    "result",
    "summary.json",
    frozenset({"version", "config_hash", "inputs", "dark_social"}),
    "a result of `darksocial analyze`",
    "out",
)
STORE = Kind(
    "store",
    "state.json",
    frozenset({"bookmarks", "parts", "due"}),
    "a store of `darksocial nightly`",
    "store",
)
SIMULATION = Kind("simulation", "truth.jsonl", None, "a simulation of `darksocial simulate`", "out")
KINDS = {kind.name: kind for kind in (RESULT, STORE, SIMULATION)}


def check_own(folder: Path, kind: Kind) -> None:
    """Refuse a folder in which something stands that darksocial did not write.

    A folder that is missing or empty is accepted, and so is one of the same kind. Raises
    OutputError. Asked before the work begins, so that nobody waits for nothing.
    """
    try:
        if not folder.exists():
            return
        if not folder.is_dir():
            raise OutputError(
                f"{folder} is a file",
                expected=f"a new folder, an empty one, or {kind.words}",
                advice=_("another `{field}`").format(field=kind.field),
            )
        found = kind_of(folder)
        if found is kind or (found is None and is_empty(folder)):
            return
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be looked into: {error.strerror or error}",
            expected="a folder that may be read and written",
        ) from error
    seen = f"is {found.words}" if found else "holds something that darksocial did not write"
    raise OutputError(
        f"{folder} {seen}",
        expected=f"a new folder, an empty one, or {kind.words}",
        advice=_("another `{field}`").format(field=kind.field),
    )


def kind_of(folder: Path) -> Kind | None:
    """Return what darksocial wrote into a folder, or None where it wrote none of it."""
    mark = folder / MARK
    if mark.is_file():
        return KINDS.get(_object(mark).get("kind", ""))
    for kind in KINDS.values():
        main = folder / kind.main
        if main.is_file() and (kind.keys is None or kind.keys <= _object(main).keys()):
            return kind
    return None


def is_own(text: bytes, kind: Kind) -> bool:
    """Say whether the content of a main file is that of a kind, where no folder can be asked."""
    return kind.keys is None or kind.keys <= _parsed(text).keys()


def is_empty(folder: Path) -> bool:
    """Say whether nothing stands in a folder but what is `HARMLESS`, and drafts of a killed run."""
    return all(
        entry.name in HARMLESS or entry.name.startswith(DRAFTS) for entry in folder.iterdir()
    )


def mark_text(kind: Kind) -> str:
    """Return the content of the mark."""
    return json.dumps({"kind": kind.name, "made_by": "darksocial"}) + "\n"


def _object(path: Path) -> Mapping[str, Any]:
    """The JSON object in a file; an empty one where it holds none."""
    return _parsed(path.read_bytes())


def _parsed(text: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
