"""Subscriber: the visitor has come from a mailing before.

Visitors who once came by a newsletter's tagged link read that newsletter: another of their visits
without a referrer may have come from it as well.
"""

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.conditions import is_direct, landed_deep


def observe(visits: ir.Table) -> ir.StringValue:
    is_reader = is_direct(visits) & landed_deep(visits) & visits.subscriber & ~visits.crowded
    return ibis.cases((is_reader, "reader"))


SIGNAL = Signal(
    "subscriber",
    "subscriber",
    {
        "reader": Level(
            {"lost_email": 1.5, "dark_social": -0.2},
            "the visitor has come from a mailing before",
            "assumed",
        )
    },
    observe,
)
