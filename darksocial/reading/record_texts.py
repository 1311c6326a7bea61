"""Records as texts of JSON objects."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

Records = Iterator[str]


def text_of(record: object) -> str:
    """Return the text of a record; days and moments are written in ISO 8601."""
    return json.dumps(record, ensure_ascii=False, default=_plain)


def opened(row: Mapping[str, object]) -> dict[str, object]:
    """Parse texts that are JSON objects or lists themselves, as warehouses write them.

    `\\N` is the null of MySQL, PostgreSQL and ClickHouse in text.
    """
    cells = {name: None if cell == r"\N" else cell for name, cell in row.items()}
    return {name: _json_value(cell) if _may_be_json(cell) else cell for name, cell in cells.items()}


def _may_be_json(cell: object) -> bool:
    return isinstance(cell, str) and (cell[:1], cell[-1:]) in (("{", "}"), ("[", "]"))


def _json_value(cell: object) -> object:
    try:
        return json.loads(str(cell))
    except (ValueError, RecursionError):
        return cell


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace")
    return str(value)
