"""Values as TOML writes them (https://toml.io/en/v1.0.0)."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def value_text(value: Any) -> str:
    """Return a value in TOML, on one line."""
    from darksocial.outputs.proposal_toml import quoted

    match value:
        case bool():
            return str(value).lower()
        case datetime():
            return f'"{value:%Y-%m-%d}"'
        case date():
            return value.isoformat()
        case int() | float():
            return str(value)
        case list() | tuple():
            return "[" + ", ".join(map(value_text, value)) + "]"
        case dict():
            pairs = (f"{key_text(key)} = {value_text(item)}" for key, item in value.items())
            return "{ " + ", ".join(pairs) + " }"
        case _:
            return quoted(str(value))


def key_text(key: str) -> str:
    """Return a key in TOML, in quotes if it needs them."""
    from darksocial.outputs.proposal_toml import quoted

    return key if BARE_KEY.fullmatch(key) else quoted(key)


def table_lines(name: str, table: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a table: its values, then the tables within it, each with its name."""
    tables = {key: value for key, value in table.items() if isinstance(value, dict)}
    if len(tables) < len(table) or not tables:
        yield f"[{name}]"
    for key, value in table.items():
        if key not in tables:
            yield f"{key_text(key)} = {value_text(value)}"
    for key, value in tables.items():
        yield from table_lines(f"{name}.{key_text(key)}", value)
