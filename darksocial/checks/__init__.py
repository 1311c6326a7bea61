"""The checks: one module each, and this folder is the registry.

A check is a question about a finished analysis, with the bounds of a good answer. A module here
whose name does not start with an underscore defines `CHECK`. Its docstring is the documentation
that `darksocial checks NAME` prints; the first line of it is the check's message in English.
"""

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import one_of, registered
from darksocial.report.values import Report

if TYPE_CHECKING:
    import pyarrow as pa

    from darksocial.expressions import ir

ERROR, WARNING, OFF = "error", "warning", "off"
LEVELS = (ERROR, WARNING, OFF)
"""Errors fail the run, warnings are reported, and a rule that is off is not evaluated."""
MAX_PLACES = 10
"""Places that an outcome names at most: more would fill a report, and help no better."""
Question = Callable[["ir.Table"], "ir.Table"]
Ask = Callable[[Question], "pa.Table"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a parameter takes: a description, and the numbers that it accepts."""

    expected: str
    lowest: float
    highest: float = 1e15
    whole: bool = False

    def accepts(self, value: object) -> bool:
        """Return whether a value from a rules file can be the parameter's."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return self.lowest <= value <= self.highest and (not self.whole or value == int(value))


SHARE = Kind(_("a number between 0 and 1"), 0, 1)
COUNT = Kind(_("a whole number, 0 or more"), 0, whole=True)
NUMBER = Kind(_("a number, 0 or more"), 0)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One key of a check's rule; a default of None is a bound that is not set."""

    name: str
    kind: Kind
    default: float | None
    meaning: str


@dataclass(frozen=True, slots=True)
class CampaignReturn:
    """What a campaign cost and returned: its visits as booked; its ROI as booked, and with the
    visits that its links set off, with the 90% interval. ROI is null where no revenue is recorded,
    or the cost is 0."""

    name: str
    cost: float
    visits: float
    roi_before: float | None
    roi_after: float | None
    roi_low: float | None
    roi_high: float | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a check may use: the finished report, the visits, the requests, and the time.

    `visits` and `requests` evaluate Ibis expressions over the tables of an analysis; `file` in
    these is the index of the file in `report.inputs`. `campaigns` are those with a cost; None
    without files of costs.
    """

    report: Report
    visits: Ask
    requests: Ask
    now: datetime
    campaigns: Sequence[CampaignReturn] | None = None


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a rule requires: the subject, where the check has one, and its numbers."""

    subject: str = ""
    values: Mapping[str, float | None] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        value = self.values[name]
        assert value is not None, f"{name} has no default"
        return value

    def get(self, name: str) -> float | None:
        """Return the number, or None where the bound is not set."""
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: a description, with file and line where there are any."""

    what: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a check, beside what is allowed; `skipped` says why there is none."""

    passed: bool
    actual: str
    allowed: str
    where: tuple[Place, ...] = ()
    skipped: str = ""


def skipped(reason: str) -> Outcome:
    """Return the outcome of a check that has nothing to look at."""
    return Outcome(True, "", "", (), reason)


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    message: what a failure says, a sentence.
    advice: what helps where the check fails.
    level: that of a rule that names none.
    subject: what a rule is about (a page's path, an app). Such a check runs only where a rule names
        a subject, and the rule needs at least one bound.
    subjects: the subjects that there can be (None: any).
    """

    name: str
    message: str
    parameters: tuple[Parameter, ...]
    run: Callable[[Facts, Criteria], Outcome]
    advice: str
    level: str = ERROR
    subject: str = ""
    subjects: Callable[[], Sequence[str]] | None = None

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            problem = f"check {self.name}: no level {self.level!r}"
            raise TypeError(problem)

    @property
    def defaults(self) -> dict[str, float | None]:
        """Return the parameters' defaults, by name."""
        return {parameter.name: parameter.default for parameter in self.parameters}


@cache
def registry() -> dict[str, Check]:
    """Return every check by name, in alphabetical order.

    Raises TypeError, naming the file, where a module has no `CHECK` or its name is not its own.
    """
    return registered(sys.modules[__name__], "CHECK", Check)


def documentation(name: str) -> str:
    """Return the documentation of the check called `name`.

    Raises UsageError where there is none.
    """
    if name not in registry():
        raise UsageError(
            _("There is no check {name!r}.").format(name=name), expected=one_of(name, registry())
        )
    module = importlib.import_module(f"{__name__}.{name}")
    return inspect.getdoc(module) or ""
