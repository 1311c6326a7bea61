"""What somebody meant who has mistyped a name."""

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], *, likeness: float = 0.5) -> str | None:
    """Return the known name that is most like `name`; None where none is alike enough (0 to 1)."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=likeness)
    return near[0] if near else None


def one_of(name: str, known: Iterable[str]) -> str:
    """Return what is expected in the place of a name: the known ones, and the nearest of them."""
    names = list(known)
    near = nearest(name, names)
    listed = "one of " + ", ".join(names)
    return f"{listed}; the nearest is {near}" if near else listed
