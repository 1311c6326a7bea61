"""Rules: what a rules file requires, with errors that name the key and the nearest one.

    defaults = true            # checks without a table run with their defaults

    [reject_rate]
    at_most = 0.005
    level = "warning"          # error, warning, off

    [page."/pricing"]
    dark_at_least = 5

    [baseline]
    tolerance = 0.25
    [baseline.page]
    tolerance = 0.5

In darksocial.toml these are below `checks`: `[checks.reject_rate]`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from darksocial.checking.baseline import (
    BASELINE,
    DEFAULTS_BY_MEASURE,
    MEASURES,
    PARAMETERS,
    Tolerance,
)
from darksocial.checks import ERROR, LEVELS, OFF, Check, Criteria, Parameter, registry
from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import nearest

TABLE, DEFAULTS, LEVEL = "checks", "defaults", "level"
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """One check with its level and its criteria."""

    check: Check
    level: str
    criteria: Criteria


@dataclass(frozen=True, slots=True)
class Rules:
    """What an analysis is checked for: rules in order of their checks, and tolerances by measure
    for the comparison with an earlier run."""

    rules: tuple[Rule, ...]
    baseline: Mapping[str, Tolerance]


def rules_of(content: Table, file: str) -> Rules:
    """Return the rules in the content of a rules file, or in the table `checks` of it.

    Raises UsageError, naming file, key, value and what was expected, for a key that does not exist
    and for a value that cannot be used.
    """
    top, tables = (f"[{TABLE}", content[TABLE]) if TABLE in content else ("[", content)
    if not isinstance(tables, Mapping):
        raise _wrong(file, f"{top}]", tables, _("tables named after checks"))
    reader = _Reader(file, f"{top}." if TABLE in content else top)
    names = [*registry(), BASELINE]
    reader.check_keys("", tables, [*(reader.head(name) for name in names), DEFAULTS])
    defaults = tables.get(DEFAULTS, True)
    if not isinstance(defaults, bool):
        raise _wrong(file, DEFAULTS, defaults, _("true or false"))
    rules: list[Rule] = []
    for name, check in registry().items():
        if name in tables:
            rules += reader.rules(check, tables[name])
        elif defaults and not check.subject:
            rules.append(Rule(check, check.level, Criteria("", check.defaults)))
    tolerances = reader.tolerances(tables.get(BASELINE, {}))
    return Rules(tuple(rule for rule in rules if rule.level != OFF), tolerances)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the tables of one file; `top` precedes each table's name."""

    file: str
    top: str

    def head(self, name: str) -> str:
        return f"{self.top}{name}]"

    def check_keys(self, head: str, table: Table, allowed: Iterable[str]) -> None:
        """Refuse a key that does not exist; `allowed` are spelled as in a file."""
        names = list(allowed)
        for key, value in table.items():
            written = key if head else self._written(key, value)
            if written not in names and self.head(key) not in names:
                raise _unknown(self.file, head, written, value, names)

    def _written(self, key: str, value: object) -> str:
        return self.head(key) if isinstance(value, Mapping) else key

    def table(self, head: str, value: object) -> Table:
        if not isinstance(value, Mapping):
            expected = _("a table, as in {table}").format(table=head)
            raise _wrong(self.file, head.strip("[]"), value, expected)
        return value

    def rules(self, check: Check, value: object) -> Iterator[Rule]:
        """Yield the rules of one check: one, or one for each subject."""
        head = self.head(check.name)
        table = self.table(head, value)
        if not check.subject:
            yield self._rule(check, "", head, table)
            return
        for subject, inner in table.items():
            inside = f'{head[:-1]}."{subject}"]'
            if not isinstance(inner, Mapping):
                expected = _("a table for each {subject}, as in {table}").format(
                    subject=check.subject, table=f'{head[:-1]}."..."]'
                )
                raise _wrong(self.file, f"{head} {subject}", inner, expected)
            subjects = check.subjects() if check.subjects else (subject,)
            if subject not in subjects:
                raise _unknown(self.file, head, subject, inner, subjects)
            yield self._rule(check, subject, inside, inner)

    def _rule(self, check: Check, subject: str, head: str, table: Table) -> Rule:
        values = self.numbers(head, table, check.parameters, {})
        level = self.level(head, table, check.level)
        if check.subject and not set(table) - {LEVEL} and level != OFF:
            bounds = ", ".join(p.name for p in check.parameters)
            raise UsageError(
                _("{file}: {table} sets no bound.").format(file=self.file, table=head),
                expected=_("one of {keys}").format(keys=bounds),
            )
        return Rule(check, level, Criteria(subject, {**check.defaults, **values}))

    def level(self, head: str, table: Table, default: str) -> str:
        level = table.get(LEVEL, default)
        if level not in LEVELS:
            raise _wrong(self.file, f"{head} {LEVEL}", level, _one_of(str(level), LEVELS))
        return str(level)

    def numbers(
        self, head: str, table: Table, parameters: Sequence[Parameter], others: Table
    ) -> dict[str, float | None]:
        """Return the values of a table's parameters; `others` are tables in it that are read
        elsewhere."""
        by_name = {parameter.name: parameter for parameter in parameters}
        own = {key: value for key, value in table.items() if key not in others}
        self.check_keys(head, own, [*by_name, LEVEL, *others])
        values: dict[str, float | None] = {}
        for name, value in own.items():
            if name == LEVEL:
                continue
            if not by_name[name].kind.accepts(value):
                raise _wrong(self.file, f"{head} {name}", value, by_name[name].kind.expected)
            values[name] = float(value)
        self._check_order(head, values)
        return values

    def _check_order(self, head: str, values: Mapping[str, float | None]) -> None:
        for name, lowest in values.items():
            highest = values.get(name.replace("at_least", "at_most"))
            if lowest is not None and highest is not None and lowest > highest:
                problem = _("{file}: {key} is {lowest:g}, and at_most is {highest:g}.").format(
                    file=self.file, key=f"{head} {name}", lowest=lowest, highest=highest
                )
                raise UsageError(problem, expected=_("at_least no larger than at_most"))

    def tolerances(self, value: object) -> dict[str, Tolerance]:
        """Return the tolerance of each measure: from its own table, its own default, or from
        `[baseline]`."""
        head = self.head(BASELINE)
        table = self.table(head, value)
        inner = {key: value for key, value in table.items() if key in MEASURES}
        general = Tolerance(level=self.level(head, table, ERROR)).changed(
            self.numbers(head, table, PARAMETERS, dict.fromkeys(MEASURES))
        )
        tolerances = dict.fromkeys(MEASURES, general) | DEFAULTS_BY_MEASURE
        for name, content in inner.items():
            inside = f"{head[:-1]}.{name}]"
            own = self.table(inside, content)
            numbers = self.numbers(inside, own, PARAMETERS, {})
            level = self.level(inside, own, tolerances[name].level)
            tolerances[name] = tolerances[name].changed(numbers, level)
        return tolerances


def _wrong(file: str, key: str, value: object, expected: str) -> UsageError:
    problem = _("{file}: {key} is {value!r}.").format(file=file, key=key, value=value)
    return UsageError(problem, expected=expected)


def _unknown(file: str, head: str, key: str, value: object, names: Sequence[str]) -> UsageError:
    shown = key if isinstance(value, Mapping) else f"{key} = {value!r}"
    return UsageError(
        _("{file}: {key} does not exist.").format(file=file, key=f"{head} {shown}".strip()),
        expected=_one_of(key, names),
        advice=_("`darksocial checks NAME` documents a check and its keys"),
    )


def _one_of(key: str, names: Sequence[str]) -> str:
    """Return what there is instead, with the nearest."""
    near = nearest(key, names, likeness=0.4)
    listed = ", ".join(names)
    if near:
        return _("{nearest}, the nearest of {names}").format(nearest=near, names=listed)
    return _("one of {names}").format(names=listed)
