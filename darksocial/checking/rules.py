"""Rules: what a rules file asks of the checks, with errors that name the key and the nearest one.

    defaults = true            # the checks that no table names run with their defaults

    [reject_rate]
    at_most = 0.005
    level = "warning"          # error, warning, off

    [page."/pricing"]
    dark_at_least = 5

    [baseline]
    tolerance = 0.25
    [baseline.page]
    tolerance = 0.5

In darksocial.toml the same stands below `checks`: `[checks.reject_rate]`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from darksocial.checking.baseline import BASELINE, MEASURES, OWN_DEFAULTS, PARAMETERS, Tolerance
from darksocial.checks import ERROR, LEVELS, OFF, Check, Given, Parameter, registry
from darksocial.errors import UsageError
from darksocial.plugins import nearest

TABLE, DEFAULTS, LEVEL = "checks", "defaults", "level"
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """One check with its level and what is asked of it."""

    check: Check
    level: str
    given: Given


@dataclass(frozen=True, slots=True)
class Rules:
    """All that is asked of an analysis: rules in order of their checks, and tolerances by measure
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
        raise _wrong(file, f"{top}]", tables, "tables named after checks")
    reader = _Reader(file, f"{top}." if TABLE in content else top)
    names = [*registry(), BASELINE]
    reader.check_keys("", tables, [*(reader.head(name) for name in names), DEFAULTS])
    defaults = tables.get(DEFAULTS, True)
    if not isinstance(defaults, bool):
        raise _wrong(file, DEFAULTS, defaults, "true or false")
    found: list[Rule] = []
    for name, check in registry().items():
        if name in tables:
            found += reader.rules(check, tables[name])
        elif defaults and not check.subject:
            found.append(Rule(check, check.level, Given("", check.defaults)))
    tolerances = reader.tolerances(tables.get(BASELINE, {}))
    return Rules(tuple(rule for rule in found if rule.level != OFF), tolerances)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the tables of one file; `top` is what stands before a table's name."""

    file: str
    top: str

    def head(self, name: str) -> str:
        return f"{self.top}{name}]"

    def check_keys(self, head: str, table: Table, known: Iterable[str]) -> None:
        """Refuse a key that is not known; `known` are written as in a file."""
        names = list(known)
        for key, value in table.items():
            written = key if head else self._written(key, value)
            if written not in names and self.head(key) not in names:
                raise _unknown(self.file, head, written, value, names)

    def _written(self, key: str, value: object) -> str:
        return self.head(key) if isinstance(value, Mapping) else key

    def table(self, head: str, value: object) -> Table:
        if not isinstance(value, Mapping):
            raise _wrong(self.file, head.strip("[]"), value, f"a table, as in {head}")
        return value

    def rules(self, check: Check, value: object) -> Iterator[Rule]:
        """The rules of one check: one, or one a subject."""
        head = self.head(check.name)
        table = self.table(head, value)
        if not check.subject:
            yield self._rule(check, "", head, table)
            return
        for subject, inner in table.items():
            inside = f'{head[:-1]}."{subject}"]'
            if not isinstance(inner, Mapping):
                expected = f'a table for each {check.subject}, as in {head[:-1]}."..."]'
                raise _wrong(self.file, f"{head} {subject}", inner, expected)
            known = check.known() if check.known else (subject,)
            if subject not in known:
                raise _unknown(self.file, head, subject, inner, known)
            yield self._rule(check, subject, inside, inner)

    def _rule(self, check: Check, subject: str, head: str, table: Table) -> Rule:
        values = self.numbers(head, table, check.parameters, {})
        level = self.level(head, table, check.level)
        if check.subject and not set(table) - {LEVEL} and level != OFF:
            bounds = ", ".join(p.name for p in check.parameters)
            raise UsageError(f"{self.file}: {head} sets no bound", expected=f"one of {bounds}")
        return Rule(check, level, Given(subject, {**check.defaults, **values}))

    def level(self, head: str, table: Table, default: str) -> str:
        level = table.get(LEVEL, default)
        if level not in LEVELS:
            raise _wrong(self.file, f"{head} {LEVEL}", level, _one_of(str(level), LEVELS))
        return str(level)

    def numbers(
        self, head: str, table: Table, parameters: Sequence[Parameter], others: Table
    ) -> dict[str, float | None]:
        """The values of a table's parameters. `others` are tables in it that are read elsewhere."""
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
        for name, least in values.items():
            most = values.get(name.replace("at_least", "at_most"))
            if least is not None and most is not None and least > most:
                seen = f"{self.file}: {head} {name} is {least:g}, and at_most {most:g}"
                raise UsageError(seen, expected="at_least no larger than at_most")

    def tolerances(self, value: object) -> dict[str, Tolerance]:
        """The tolerance of each measure: its own table's, its own default, or `[baseline]`'s."""
        head = self.head(BASELINE)
        table = self.table(head, value)
        inner = {key: value for key, value in table.items() if key in MEASURES}
        general = Tolerance(level=self.level(head, table, ERROR)).changed(
            self.numbers(head, table, PARAMETERS, dict.fromkeys(MEASURES))
        )
        found = dict.fromkeys(MEASURES, general) | OWN_DEFAULTS
        for name, told in inner.items():
            inside = f"{head[:-1]}.{name}]"
            own = self.table(inside, told)
            numbers = self.numbers(inside, own, PARAMETERS, {})
            found[name] = found[name].changed(numbers, self.level(inside, own, found[name].level))
        return found


def _wrong(file: str, key: str, value: object, expected: str) -> UsageError:
    return UsageError(f"{file}: {key} is {value!r}", expected=expected)


def _unknown(file: str, head: str, key: str, value: object, known: Sequence[str]) -> UsageError:
    shown = key if isinstance(value, Mapping) else f"{key} = {value!r}"
    return UsageError(
        f"{file}: {f'{head} ' if head else ''}{shown} does not exist",
        expected=_one_of(key, known),
        advice="`darksocial checks NAME` documents a check and its keys",
    )


def _one_of(key: str, known: Sequence[str]) -> str:
    """What there is instead, the nearest first."""
    near = nearest(key, known, likeness=0.4)
    return f"{f'{near}, the nearest of' if near else 'one of'} {', '.join(known)}"
