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
from typing import Any

from darksocial.errors import UsageError
from darksocial.plugins import one_of
from darksocial.settings import Goal

KEYS: dict[str, type] = {"path": str, "status": int, "method": str, "event": str, "value": float}


def goals_of(texts: tuple[str, ...]) -> tuple[Goal, ...]:
    """Return the goals that `--goal` names. Raises UsageError for one that cannot be read."""
    return tuple(_goal(text) for text in texts)


def _goal(text: str) -> Goal:
    named: dict[str, Any] = {}
    for pair in filter(None, text.split(",")):
        key, _, value = (part.strip() for part in pair.partition("="))
        if key not in KEYS:
            raise _unknown(f"--goal {text}", key)
        try:
            named[key] = KEYS[key](value)
        except ValueError as error:
            raise UsageError(f"--goal has {pair!r}", expected="a number") from error
    return Goal(**named)


def goal_texts(tables: Any, path: Path) -> list[str]:
    """Return the goals of a configuration file as `--goal` takes them.

    Raises UsageError where `goals` holds no tables, or a key that a goal does not have.
    """
    found = list(tables.values()) if isinstance(tables, dict) else tables
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        raise UsageError(
            f"{path}: goals are no tables", expected='[goals.order]\npath = "/thanks*"'
        )
    named = zip(
        tables if isinstance(tables, dict) else range(1, len(found) + 1), found, strict=True
    )
    for name, table in named:
        where = f"{path}, [goals.{name}]"
        for key, value in table.items():
            if key not in KEYS:
                raise _unknown(where, key)
            _check_value(where, key, value)
        if not {"path", "event"} & set(table):
            raise UsageError(f"{where} has neither path nor event", expected="one of them")
    return [",".join(f"{key}={value}" for key, value in table.items()) for table in found]


def _check_value(where: str, key: str, value: Any) -> None:
    wanted = (int, float) if KEYS[key] is float else (KEYS[key],)
    if type(value) not in wanted:
        expected = {str: "a text", int: "a whole number", float: "a number"}[KEYS[key]]
        raise UsageError(f"{where}: {key} is {value!r}", expected=expected)
    if isinstance(value, str) and "," in value:
        raise UsageError(
            f"{where}: {key} is {value!r}", expected="no comma in it: * stands for any characters"
        )


def _unknown(where: str, key: str) -> UsageError:
    return UsageError(f"{where} has the key {key!r}", expected=one_of(key, KEYS))
