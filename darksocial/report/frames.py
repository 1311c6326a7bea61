"""The tables of a finished report as pandas frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

import numpy as np

from darksocial.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = {int: np.int64, float: np.float64, float | None: np.float64}
"""The types of columns that hold numbers; a float that is missing is NaN."""


def frame(report: object, table: str) -> pd.DataFrame:
    """Return the rows of a table with a column for each of their fields, whether there are rows or
    not. Raises UsageError where the report has no such table."""
    import pandas as pd

    tables = dict(tables_of(type(report)))
    if table not in tables:
        raise UsageError(
            f"there is no table {table!r} in the report", expected="one of " + ", ".join(tables)
        )
    rows = attrgetter(table)(report)
    types = _types(tables[table])
    columns = {
        name: pd.Series([getattr(row, name) for row in rows], dtype=NUMBERS.get(kind, object))
        for name, kind in types.items()
    }
    return pd.DataFrame(columns)


def tables_of(kind: type, prefix: str = "") -> Iterator[tuple[str, type]]:
    """Return the name of each table in a kind of report, with the type of its rows."""
    for name, of in _types(kind).items():
        if get_origin(of) is tuple and is_dataclass(get_args(of)[0]):
            yield f"{prefix}{name}", get_args(of)[0]
        elif is_dataclass(of) and isinstance(of, type):
            yield from tables_of(of, f"{prefix}{name}.")


def _types(kind: type) -> dict[str, Any]:
    """The fields of a frozen value, with their types."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
