"""Lines that are read again although they are stored: known by what is stored of them.

Where it is not known how far a log was read (recovery.py), all of it is read, and rows that the
store holds are left out. Equal rows are counted: of five that were stored and seven that are read,
two are new. Line numbers and what depends on goals are not compared: both may differ.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

OF_HIT = ("visitor", "time", "host", "path", "query", "referrer", "weight", "pageviews")
OF_REJECT = ("reason", "text")
NTH = "nth"


def new_rows(rows: ir.Table, stored: ir.Table, columns: Sequence[str]) -> ir.Table:
    """Return the rows that are not among the stored ones, by some columns of both."""
    left, right = _counted(rows, columns), _counted(stored, columns)
    right = right.select(**{f"stored_{name}": right[name] for name in (*columns, NTH)})
    same = [left[name].identical_to(right[f"stored_{name}"]) for name in (*columns, NTH)]
    return left.anti_join(right, same).drop(NTH)


def _counted(rows: ir.Table, columns: Sequence[str]) -> ir.Table:
    """Number the rows that are equal in some columns."""
    nth = ibis.row_number().over(group_by=[rows[name] for name in columns])
    return rows.mutate(**{NTH: nth})
