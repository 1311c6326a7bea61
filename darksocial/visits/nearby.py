"""What is counted around each visit: visits to the same landing page that are near it in time.

A signal that needs such a count declares it in its own file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from darksocial.expressions import ir

Condition = Callable[[ir.Table], ir.BooleanValue]


@dataclass(frozen=True, slots=True)
class Nearby:
    """Visits to the same landing page for which `which` holds, up to `seconds` before or after.

    With `others` the visit itself is not counted. With `expected` there is a second column,
    NAME_expected: the number to expect from the page's own rate, over all the time that it was
    visited, with one such visit added.
    """

    which: Condition
    seconds: int
    others: bool = False
    expected: bool = False


class Window(NamedTuple):
    """A `Nearby` as an engine's worker counts it: `flag` is the column with 1 for what counts."""

    flag: str
    seconds: int
    others: bool
    expected: bool


def flags_of(counts: Mapping[str, Nearby]) -> dict[str, Condition]:
    """Return a column name for each condition; counts that have a condition in common share it."""
    flags: dict[Condition, str] = {}
    for name, nearby in counts.items():
        flags.setdefault(nearby.which, f"is_{name}")
    return {flag: which for which, flag in flags.items()}


def windows_of(counts: Mapping[str, Nearby]) -> dict[str, Window]:
    """Return the window of each count."""
    flags = {which: flag for flag, which in flags_of(counts).items()}
    return {
        name: Window(flags[nearby.which], nearby.seconds, nearby.others, nearby.expected)
        for name, nearby in counts.items()
    }
