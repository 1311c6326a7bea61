"""Strangers: several new visitors land directly on one deep page within minutes.

A link in a group chat brings people who have nothing in common but the page, one after the other.
The signal counts the other new visitors who landed directly on the same deep page from ten minutes
before to ten minutes after the visit. A page that is busy all day always has strangers within
minutes; so the count must be at least four times the number expected from the page's own rate over
the time in which it was visited. One visit is added to the rate, so that two visits make none.

The size is assumed, and so is the effect: direct visits to a page doubled in the ten minutes after
its link was fetched for a preview (chandra729/theglobalreportlog2 and 3, 2016: 351 and 371 after,
162 and 64 before), but bots that follow posts were counted with the people. Likely bots are no
strangers now. A post on a public network and a newsletter make such bursts as well.
"""

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.conditions import came_direct, landed_deep
from darksocial.visits.nearby import Nearby

STRANGER_WINDOW_SECONDS = 600
MIN_TIMES_EXPECTED = 4
BURST_REFERENCE = "assumed"


def is_stranger(visits: ir.Table) -> ir.BooleanValue:
    """Return the condition that a new visitor landed directly on a deep page."""
    return came_direct(visits) & visits.new_visitor & landed_deep(visits)


def observe(visits: ir.Table) -> ir.StringValue:
    many = visits.strangers + 1 >= visits.strangers_expected * MIN_TIMES_EXPECTED
    unusual = is_stranger(visits) & many
    return ibis.cases(
        (unusual & (visits.strangers >= 4), "crowd"),
        (unusual & (visits.strangers >= 2), "several"),
        (unusual & (visits.strangers >= 1), "another"),
    )


SIGNAL = Signal(
    "strangers",
    "tempo",
    {
        "crowd": Level(
            {
                "dark_social": 1.4,
                "direct": -1.4,
                "lost_search": -1.0,
                "lost_social": 1.0,
                "lost_email": 1.0,
                "lost_ai": -1.0,
            },
            "five or more new visitors on this page within minutes",
            BURST_REFERENCE,
        ),
        "several": Level(
            {
                "dark_social": 1.2,
                "direct": -0.9,
                "lost_search": -0.6,
                "lost_social": 0.7,
                "lost_email": 0.5,
                "lost_ai": -0.6,
            },
            "three or four new visitors on this page within minutes",
            BURST_REFERENCE,
        ),
        "another": Level(
            {
                "dark_social": 0.7,
                "direct": -0.4,
                "lost_search": -0.2,
                "lost_social": 0.3,
                "lost_email": 0.1,
                "lost_ai": -0.2,
            },
            "another new visitor on this page within minutes",
            BURST_REFERENCE,
        ),
    },
    observe,
    {"strangers": Nearby(is_stranger, STRANGER_WINDOW_SECONDS, others=True, expected=True)},
)
