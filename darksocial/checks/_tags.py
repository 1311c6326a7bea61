"""The UTM values of an input, and how many sessions came with each."""

from functools import partial

from darksocial.checks import Facts
from darksocial.expressions import ir
from darksocial.lookups.utm import UTM

TAGS = tuple(name for name in UTM if name != "utm_term")
"""Parameters whose values are chosen; a search term is what somebody typed."""


def values(facts: Facts) -> list[tuple[str, str, float]]:
    """Return (parameter, value, sessions) of every UTM value in landing pages, in order."""
    return [
        (name, row["value"], row["sessions"])
        for name in TAGS
        for row in facts.visits(partial(_counted, name=name)).to_pylist()
    ]


def _counted(visits: ir.Table, name: str) -> ir.Table:
    tagged = visits.filter(visits[name].notnull())
    return tagged.group_by(value=tagged[name]).agg(sessions=tagged.weight.sum()).order_by("value")
