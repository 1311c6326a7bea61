"""The tables of a finished report as pandas frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

import numpy as np

from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import one_of

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = {int: np.int64, float: np.float64, float | None: np.float64}
"""The types of columns that hold numbers; a float that is missing is NaN."""


def frame(report: object, table: str) -> pd.DataFrame:
    """Return the rows of a table with a column for each of their fields, even without rows.

    Raises UsageError if the report has no such table.
    """
    import pandas as pd

    tables = dict(tables_of(type(report)))
    if table not in tables:
        raise UsageError(
            _("The report has no table {table!r}.").format(table=table),
            expected=one_of(table, tables),
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
    for name, field_type in _types(kind).items():
        if get_origin(field_type) is tuple and is_dataclass(get_args(field_type)[0]):
            yield f"{prefix}{name}", get_args(field_type)[0]
        elif is_dataclass(field_type) and isinstance(field_type, type):
            yield from tables_of(field_type, f"{prefix}{name}.")


def _types(kind: type) -> dict[str, Any]:
    """Return the fields of a frozen value, with their types."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
