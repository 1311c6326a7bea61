"""Goals as the user writes them: `--goal path=/thanks*,value=20`, or tables in darksocial.toml.

[goals.order]
path = "/checkout/thanks*"
method = "GET"
status = 200
value = 20.0

[goals.sign_up]
event = "sign_up"
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import one_of

if TYPE_CHECKING:
    from darksocial.settings import Goal

KEYS: dict[str, type] = {"path": str, "status": int, "method": str, "event": str, "value": float}


def goals_of(texts: tuple[str, ...]) -> "tuple[Goal, ...]":
    """Return the goals that `--goal` names. Raises UsageError for one that cannot be read."""
    return tuple(_goal(text) for text in texts)


def _goal(text: str) -> "Goal":
    from darksocial.settings import Goal

    fields: dict[str, Any] = {}
    for pair in filter(None, text.split(",")):
        key, _separator, value = (part.strip() for part in pair.partition("="))
        if key not in KEYS:
            raise _unknown(f"--goal {text}", key)
        try:
            fields[key] = KEYS[key](value)
        except ValueError as error:
            raise UsageError(
                _("--goal has {pair!r}.").format(pair=pair), expected=_("a number")
            ) from error
    return Goal(**fields)


def goal_texts(tables: Any, path: Path) -> list[str]:
    """Return the goals of a configuration file as `--goal` takes them.

    Raises UsageError, with the file and the table, if `goals` holds no tables, or if one of them is
    no goal: a key that a goal does not have, or a value of another type, empty or out of range.
    """
    rows = list(tables.values()) if isinstance(tables, dict) else tables
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(
            _("{path}: goals are not tables.").format(path=path),
            expected='[goals.order]\npath = "/thanks*"',
        )
    names = tables if isinstance(tables, dict) else range(1, len(rows) + 1)
    for name, row in zip(names, rows, strict=True):
        _check_goal(_("{path}, [goals.{name}]").format(path=path, name=name), row)
    return list(map(_text, rows))


def _check_goal(place: str, row: dict[str, Any]) -> None:
    for key, value in row.items():
        if key not in KEYS:
            raise _unknown(place, key)
        _check_value(place, key, value)
    if not {"path", "event"} & set(row):
        raise UsageError(
            _("{place} has neither path nor event.").format(place=place),
            expected=_("one of them"),
        )
    try:
        _goal(_text(row))
    except UsageError as error:
        problem = error.problem.removeprefix("`goals`: ")
        raise UsageError(
            _("{place}: {problem}").format(place=place, problem=problem), expected=error.expected
        ) from error


def _text(row: dict[str, Any]) -> str:
    """Return a table as `--goal` takes it."""
    return ",".join(f"{key}={value}" for key, value in row.items())


def _check_value(place: str, key: str, value: Any) -> None:
    types = (int, float) if KEYS[key] is float else (KEYS[key],)
    problem = _("{place}: {key} is {value!r}.").format(place=place, key=key, value=value)
    if type(value) not in types:
        expected = {str: _("a text"), int: _("a whole number"), float: _("a number")}[KEYS[key]]
        raise UsageError(problem, expected=expected)
    if isinstance(value, str) and not value.strip():
        raise UsageError(problem, expected=_("a text that is not empty"))
    if isinstance(value, str) and "," in value:
        raise UsageError(problem, expected=_("no comma in it: * stands for any characters"))


def _unknown(place: str, key: str) -> UsageError:
    return UsageError(
        _("{place} has the key {key!r}, which a goal does not have.").format(place=place, key=key),
        expected=one_of(key, KEYS),
    )
