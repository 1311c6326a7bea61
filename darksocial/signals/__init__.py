"""The signals: one module each, and this folder is the registry.

A signal is an observation on each visit, with what each finding says of the causes. A module here
defines `SIGNAL`; its docstring is the signal's documentation, as `darksocial signals NAME` prints
it.
"""

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

import ibis.expr.types as ir

from darksocial.errors import UsageError
from darksocial.plugins import one_of, registered
from darksocial.visits.nearby import Nearby

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
GROUPS = {
    "assistant": "whether AI assistants send people to the page",
    "campaign": "what the link's tags and ids say",
    "client": "which browser opened the link, beside what its tags say",
    "landing": "what kind of page the visit landed on",
    "newsletter": "whether a mailing was read at that time",
    "page_age": "how old the page was",
    "page_habit": "whether visitors keep coming back to the page",
    "referrer": "where the visit came from, if its referrer says so",
    "search": "whether search engines send people to the page",
    "social": "whether public networks send people to the page at that time",
    "subscriber": "whether the visitor came from a mailing before",
    "tempo": "what happened on the page just before",
    "visitor": "whether the visitor was here before",
}
"""The facts that signals look at."""


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

    Signals of one `group` see the same fact: in a visit only the strongest of them counts. `nearby`
    is what the signal needs counted around each visit: `observe` finds it in columns of these
    names, with NAME_recorded (whether the input shows any such visit at all).
    """

    name: str
    group: str
    levels: Mapping[str, Level]
    observe: Callable[[ir.Table], ir.StringValue]
    nearby: Mapping[str, Nearby] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.group not in GROUPS:
            raise TypeError(f"signal {self.name}: no group {self.group!r}")
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


@cache
def nearby() -> dict[str, Nearby]:
    """Return what the signals need counted around each visit, by the name of its column.

    Raises TypeError where two signals count different things under one name.
    """
    counts: dict[str, Nearby] = {}
    for signal in registry().values():
        for name, visits in signal.nearby.items():
            if counts.setdefault(name, visits) != visits:
                raise TypeError(f"signal {signal.name}: {name!r} counts other visits elsewhere")
    return counts


def documentation(name: str) -> str:
    """Return the documentation of the signal called `name`.

    Raises UsageError where there is none.
    """
    if name not in registry():
        raise UsageError(f"there is no signal {name!r}", expected=one_of(name, registry()))
    module = importlib.import_module(f"{__name__}.{name}")
    return inspect.getdoc(module) or ""
