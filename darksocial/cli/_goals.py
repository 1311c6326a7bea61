"""Goals as the user writes them: `--goal path=/thanks*,value=20`, or tables in darksocial.toml.

[goals.order]
path = "/checkout/thanks*"
method = "GET"
status = 200
value = 20.0

[goals.sign_up]
event = "sign_up"
"""

import difflib
from pathlib import Path
from typing import Any

from darksocial.errors import UsageError
from darksocial.settings import Goal

KEYS: dict[str, type] = {"path": str, "status": int, "method": str, "event": str, "value": float}
TAKEN: dict[type, tuple[type, ...]] = {str: (str,), int: (int,), float: (int, float)}
EXPECTED = {str: "a text", int: "a whole number", float: "a number"}


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
    for table in found:
        for key, value in table.items():
            if key not in KEYS:
                raise _unknown(f"{path}, a goal", key)
            if not isinstance(value, TAKEN[KEYS[key]]) or isinstance(value, bool):
                raise UsageError(
                    f"{path}, a goal: {key} is {value!r}", expected=EXPECTED[KEYS[key]]
                )
    return [",".join(f"{key}={value}" for key, value in table.items()) for table in found]


def _unknown(where: str, key: str) -> UsageError:
    near = difflib.get_close_matches(key, KEYS, n=1, cutoff=0.5)
    nearest = f"; the nearest is {near[0]}" if near else ""
    return UsageError(f"{where} has the key {key!r}", expected=f"one of {', '.join(KEYS)}{nearest}")
