"""When an expression has no rows, whatever else there is: others before anything is asked.

An analysis asks as much of a small log as of a large one, and much of it is about tables that are
empty: shares where nothing was shared, visits where nobody came.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.operations as ops
    import ibis.expr.types as ir

# Sets of tables: an expression has no rows if all tables of one of the sets are empty.
Emptied = tuple[tuple[str, ...], ...]

Sets = frozenset[frozenset[str]]
NEVER: Sets = frozenset()

# Relations that have rows only where their parent has some.
OF_PARENT = (
    "DropColumns",
    "DropNull",
    "Distinct",
    "FillNull",
    "Filter",
    "JoinReference",
    "Limit",
    "Project",
    "SelfReference",
    "Sort",
)
# Joins that have rows only where both sides have some, and those that ask it of the left alone.
OF_EITHER = ("inner", "semi", "cross")
OF_LEFT = ("left", "anti")


def emptied_by(expression: ir.Table) -> Emptied:
    """Return which tables leave no rows to an expression of Ibis where they are empty."""
    sets = _sets_of(expression.op(), {})
    least = [each for each in sets if not any(other < each for other in sets)]
    return tuple(sorted(tuple(sorted(each)) for each in least))


def _sets_of(relation: ops.Relation, others: dict[ops.Relation, Sets]) -> Sets:
    """Return the sets of tables that leave a relation without rows. `others` holds those of others,
    since several relations may share a part."""
    if relation in others:
        return others[relation]
    kind, sets = type(relation).__name__, NEVER
    if kind == "UnboundTable":
        sets = frozenset({frozenset({relation.name})})
    elif kind in OF_PARENT or (kind == "Aggregate" and relation.groups):
        sets = _sets_of(relation.parent, others)
    elif kind == "Union":
        left, right = _sets_of(relation.left, others), _sets_of(relation.right, others)
        sets = frozenset(one | other for one, other in product(left, right))
    elif kind == "JoinChain":
        sets = _sets_of_join(relation, others)
    others[relation] = sets
    return sets


def _sets_of_join(chain: ops.JoinChain, others: dict[ops.Relation, Sets]) -> Sets:
    sets = _sets_of(chain.first, others)
    for link in chain.rest:
        if link.how in OF_EITHER:
            sets |= _sets_of(link.table, others)
        elif link.how not in OF_LEFT:
            return NEVER
    return sets
