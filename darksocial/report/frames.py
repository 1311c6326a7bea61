"""The tables of a finished report as pandas frames, and as Arrow tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from operator import attrgetter
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

import numpy as np
import pyarrow as pa

from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.plugins import one_of
from darksocial.schema import TIME

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = {int: np.int64, float: np.float64, float | None: np.float64}
"""The types of columns that hold numbers; a float that is missing is NaN."""

ARROW_TYPES = {
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    str: pa.string(),
    date: pa.date32(),
    datetime: TIME,
}
"""The types of columns; a field that may be missing has the type of what it holds otherwise."""
LIST_SEPARATOR = ", "


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


def arrow_table(report: object, table: str) -> pa.Table:
    """Return the rows of a table that the report has, with a column for each of their fields.

    Several values in one field are one text. What is no Unicode in a name is replaced.
    """
    types = _types(dict(tables_of(type(report)))[table])
    rows = attrgetter(table)(report)
    return pa.table(
        {
            name: pa.array([_cell(getattr(row, name)) for row in rows], _arrow_type(kind))
            for name, kind in types.items()
        }
    )


def _arrow_type(kind: Any) -> pa.DataType:
    alternatives = [part for part in get_args(kind) if part is not NoneType]
    if get_origin(kind) is tuple:
        return pa.string()
    return ARROW_TYPES[alternatives[0] if alternatives else kind]


def _cell(value: object) -> object:
    if isinstance(value, tuple):
        value = LIST_SEPARATOR.join(value)
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


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
