"""Which levels of a pattern count, and what they say together.

At the start only the strongest level of each group of signals counts: signals of one group look at
the same fact, and what is assumed of each would count it twice.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from darksocial.signals import CLASSES, Level, Signal, registry

CAUSES_OF_DIRECT = tuple(name for name in CLASSES if name != "booked")
"""What a visit booked as Direct can be."""


@dataclass(frozen=True, slots=True)
class SignalLevel:
    """A signal that has a level in a pattern, that level, and what it says: the log-odds of all
    classes, in their order."""

    signal: Signal
    level: Level
    by_class: tuple[float, ...]


def summed(levels: Sequence[SignalLevel]) -> dict[str, float]:
    """Return the log-odds of all levels together, by class; nothing if there are no levels."""
    columns = zip(*(one.by_class for one in levels), strict=True)
    return dict(zip(CLASSES, map(math.fsum, columns), strict=False))


def decisive_levels(levels: Sequence[str]) -> list[SignalLevel]:
    """Return the levels that count: of each group the one that moves the classes furthest.

    `levels` holds one level (or '') for each signal in the order of the registry.
    """
    strongest: dict[str, SignalLevel] = {}
    for signal, name in zip(registry().values(), levels, strict=True):
        if not name:
            continue
        level = signal.levels[name]
        rival = strongest.get(signal.group)
        if rival is None or _spread(level) > _spread(rival.level):
            strongest[signal.group] = SignalLevel(signal, level, level.by_class)
    return list(strongest.values())


def _spread(level: Level) -> float:
    return max(level.by_class) - min(level.by_class)
