"""The signals: one module each, and this folder is the registry.

A signal is a rule that looks at each visit; its levels are what it can see, with what each says
about the causes. A module here defines `SIGNAL`; its docstring is the signal's documentation, as
`darksocial signals NAME` prints it.
"""

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from darksocial.errors import UsageError
from darksocial.expressions import ir
from darksocial.language import gettext as _
from darksocial.plugins import one_of, registered
from darksocial.visits.nearby import Nearby

# The competing causes of a visit; `booked` is the channel that the analytics tool booked.
CLASSES = (
    "dark_social",
    "direct",
    "lost_search",
    "lost_social",
    "lost_email",
    "lost_ai",
    "booked",
)
# The facts that signals look at. Signals of one group look at the same fact.
FACT_OF_GROUP = {
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
    "time": "what existed when the visit came",
    "tempo": "what happened on the page just before",
    "visitor": "whether the visitor was here before",
}


@dataclass(frozen=True, slots=True)
class Level:
    """What a signal can see in a visit.

    `log_odds` gives, for each class that the level speaks for or against, the natural logarithm of
    how much likelier the level is under that class than on average; a class that is not named has
    0, and one that the level excludes minus infinity. `note` is what a report says; `reference` is
    where the number comes from. `by_class` has the log-odds of all classes, in their order.
    """

    log_odds: Mapping[str, float]
    note: str
    reference: str
    by_class: tuple[float, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_class = tuple(self.log_odds.get(name, 0.0) for name in CLASSES)
        object.__setattr__(self, "by_class", by_class)


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal: `observe` returns the level of each visit, or null if it has none.

    Signals of one `group` look at the same fact: in a visit only the strongest of them counts, as
    long as no site has taught what their levels mean there (model/tables.py).
    `nearby` is what the signal needs counted around each visit: `observe` reads it in columns of
    these names, with NAME_recorded (whether the input has any such visit at all).
    `reads_sums`: whether it looks at nothing but what a row of many sessions can hold: its landing
    page and the tags of that, and no visitor, browser, time of day or other visit. Such a row has
    no level of the other signals.
    """

    name: str
    group: str
    levels: Mapping[str, Level]
    observe: Callable[[ir.Table], ir.StringValue]
    nearby: Mapping[str, Nearby] = field(default_factory=dict)
    reads_sums: bool = False

    def __post_init__(self) -> None:
        problem = "signal {}: no group {!r}"
        if self.group not in FACT_OF_GROUP:
            raise TypeError(problem.format(self.name, self.group))
        problem = "signal {}, level {}: no class {!r}"
        for name, level in self.levels.items():
            unknown = set(level.log_odds) - set(CLASSES)
            if unknown:
                raise TypeError(problem.format(self.name, name, unknown.pop()))


@cache
def registry() -> dict[str, Signal]:
    """Return every signal by name, in alphabetical order.

    Raises TypeError, naming the file, if a module has no `SIGNAL` or the wrong name.
    """
    return registered(sys.modules[__name__], "SIGNAL", Signal)


@cache
def nearby() -> dict[str, Nearby]:
    """Return what the signals need counted around each visit, by the name of its column.

    Raises TypeError if two signals count different visits under one name.
    """
    counts: dict[str, Nearby] = {}
    for signal in registry().values():
        for name, visits in signal.nearby.items():
            if counts.setdefault(name, visits) != visits:
                problem = "signal {}: {!r} counts other visits elsewhere"
                raise TypeError(problem.format(signal.name, name))
    return counts


def documentation(name: str) -> str:
    """Return the documentation of the signal called `name`.

    Raises UsageError if there is none.
    """
    if name not in registry():
        raise UsageError(
            _("There is no signal {name!r}.").format(name=name), expected=one_of(name, registry())
        )
    module = importlib.import_module(f"{__name__}.{name}")
    return inspect.getdoc(module) or ""
