"""Tables that earlier versions of darksocial stored, in which some columns are missing."""

from collections.abc import Mapping

from darksocial.expressions import ibis, ir


def completed(table: ir.Table, columns: Mapping[str, str]) -> ir.Table:
    """Return a stored table with the columns that its version lacks: null in all of its rows.

    `columns` gives the type of each by its name, as Ibis names types.
    """
    missing = {name: kind for name, kind in columns.items() if name not in table.columns}
    return table.mutate(**{name: ibis.null(kind) for name, kind in missing.items()})
