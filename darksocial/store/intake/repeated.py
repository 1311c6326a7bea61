"""Leave out lines that are read again although the store holds them.

If it is not known how far a log was read (recovery.py), the whole log is read, and rows that the
store holds are left out. Equal rows are counted: if five are stored and seven are read, two are
new. Line numbers, and values that depend on goals, are not compared, since both may differ.
"""

from collections.abc import Sequence

from darksocial.expressions import ibis, ir

COMPARED_HIT_COLUMNS = (
    "visitor",
    "time",
    "host",
    "path",
    "query",
    "referrer",
    "weight",
    "pageviews",
)
COMPARED_REJECT_COLUMNS = ("reason", "text")
OCCURRENCE = "nth"


def new_rows(rows: ir.Table, stored: ir.Table, columns: Sequence[str]) -> ir.Table:
    """Return the rows that are not among the stored rows, compared by some columns."""
    left, right = _counted(rows, columns), _counted(stored, columns)
    right = right.select(**{f"stored_{name}": right[name] for name in (*columns, OCCURRENCE)})
    same = [left[name].identical_to(right[f"stored_{name}"]) for name in (*columns, OCCURRENCE)]
    return left.anti_join(right, same).drop(OCCURRENCE)


def _counted(rows: ir.Table, columns: Sequence[str]) -> ir.Table:
    """Return the rows with a number that counts those with equal values in some columns."""
    nth = ibis.row_number().over(group_by=[rows[name] for name in columns])
    return rows.mutate(**{OCCURRENCE: nth})
