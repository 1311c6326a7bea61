"""The signals: one module each, and this folder is the registry.

A signal is an observation on each visit, with what each finding says of the causes. A module here
defines `SIGNAL`; its docstring is the signal's documentation, as `darksocial signals NAME` prints
it.
"""

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import ibis.expr.types as ir

from darksocial.errors import UsageError
from darksocial.plugins import registered

CLASSES = (
    "dark_social",
    "direct",
    "lost_search",
    "lost_social",
    "lost_email",
    "lost_ai",
    "booked",
)
"""The competing causes of a visit; `booked` is the channel that the analytics tool booked."""


@dataclass(frozen=True, slots=True)
class Level:
    """One finding of a signal.

    `log_odds` gives, for each class that the finding speaks for or against, the natural log of
    how much likelier the finding is under that class than on average; a class that is not named
    has 0. `note` is what a report says; `source` is where the number comes from.
    """

    log_odds: Mapping[str, float]
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal: `observe` names the level that each visit shows, or null where it is silent.

    Signals of one `group` see the same fact: in a visit only the strongest of them counts.
    """

    name: str
    group: str
    levels: Mapping[str, Level]
    observe: Callable[[ir.Table], ir.StringValue]

    def __post_init__(self) -> None:
        for name, level in self.levels.items():
            unknown = set(level.log_odds) - set(CLASSES)
            if unknown:
                raise TypeError(f"signal {self.name}, level {name}: no class {unknown.pop()!r}")


@cache
def registry() -> dict[str, Signal]:
    """Return every signal by name, in alphabetical order.

    Raises TypeError, naming the file, where a module has no `SIGNAL` or its name is not its own.
    """
    return registered(sys.modules[__name__], "SIGNAL", Signal)


def documentation(name: str) -> str:
    """Return the documentation of the signal called `name`.

    Raises UsageError where there is none.
    """
    if name not in registry():
        raise UsageError(f"there is no signal {name!r}", expected=", ".join(registry()))
    module = importlib.import_module(f"{__name__}.{name}")
    return inspect.getdoc(module) or ""
