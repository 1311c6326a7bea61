"""The checks: one module each, and this folder is the registry.

A check is a question to a finished analysis, with what the answer may be. A module here that does
not start with an underscore defines `CHECK`; the first line of its docstring is the message of a
failure, and all of it the documentation that `darksocial checks NAME` prints.
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
from darksocial.plugins import one_of, registered
from darksocial.report.values import Report

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

ERROR, WARNING, OFF = "error", "warning", "off"
LEVELS = (ERROR, WARNING, OFF)
"""Errors fail the run, warnings are told, and what is off is not asked."""
SHOWN = 10
"""Places that an outcome names at most."""
Question = Callable[["ir.Table"], "ir.Table"]
Ask = Callable[[Question], "pa.Table"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a parameter takes: its words for a person, and the numbers that it accepts."""

    expected: str
    lowest: float
    highest: float = 1e15
    whole: bool = False

    def accepts(self, value: object) -> bool:
        """Whether a value of a rules file can be the parameter's."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return self.lowest <= value <= self.highest and (not self.whole or value == int(value))


SHARE = Kind("a share between 0 and 1", 0, 1)
COUNT = Kind("a whole number, 0 or more", 0, whole=True)
NUMBER = Kind("a number, 0 or more", 0)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One key of a check's rule; a default of None is a bound that is not set."""

    name: str
    kind: Kind
    default: float | None
    meaning: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a check may look at: the finished report, the visits, the requests, and the clock.

    `visits` and `requests` answer Ibis expressions over the tables of an analysis; `file` in them
    is the place of the file in `report.inputs`.
    """

    report: Report
    visits: Ask
    requests: Ask
    now: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """What a rule asks for: the subject, where the check has one, and its numbers."""

    subject: str = ""
    values: Mapping[str, float | None] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        value = self.values[name]
        assert value is not None, f"{name} has no default"
        return value

    def get(self, name: str) -> float | None:
        """The number, or None where the bound is not set."""
        return self.values[name]


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: in words, and as file and line where these are known."""

    what: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check saw, beside what is allowed; `skipped` says why there was nothing to ask."""

    passed: bool
    seen: str
    allowed: str
    where: tuple[Place, ...] = ()
    skipped: str = ""


def skipped(why: str) -> Outcome:
    """The outcome of a check that has nothing to look at."""
    return Outcome(True, "", "", (), why)


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    `advice` is what helps where it fails. `level` is that of a rule that names none. A check with
    a `subject` (a page's path, an app) is asked only by rules that name one; `known` lists the
    subjects that there can be (None: any), and such a rule needs at least one bound.
    """

    name: str
    parameters: tuple[Parameter, ...]
    run: Callable[[Facts, Given], Outcome]
    advice: str
    level: str = ERROR
    subject: str = ""
    known: Callable[[], Sequence[str]] | None = None

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise TypeError(f"check {self.name}: no level {self.level!r}")

    @property
    def defaults(self) -> dict[str, float | None]:
        """The parameters' defaults, by name."""
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
        raise UsageError(f"there is no check {name!r}", expected=one_of(name, registry()))
    module = importlib.import_module(f"{__name__}.{name}")
    return inspect.getdoc(module) or ""


def message(name: str) -> str:
    """Return what a failure of the check says: the first line of its documentation."""
    return documentation(name).partition("\n")[0]
