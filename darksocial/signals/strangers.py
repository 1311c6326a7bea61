"""Strangers: several new visitors land directly on one deep page within minutes.

A link in a group chat brings people who have nothing in common but the page, one after the other.
Counted are new visitors who landed directly on the same deep page from ten minutes before to ten
minutes after the visit, itself excepted. A page that is busy all day always has strangers within
minutes; so the count must be at least four times what the page's own rate over the time it was
visited leads to expect. The rate has one more visit added, so that two visits make no rate.

On real logs of a news site direct visits to a page doubled in the ten minutes after its link was
fetched for a preview (chandra729/theglobalreportlog2 and 3, 2016: 351 and 371 visits after,
162 and 64 before). A post on a public network and a newsletter make such bursts as well.
"""

import ibis
import ibis.expr.types as ir

from darksocial.signals import Level, Signal
from darksocial.visits.conditions import came_direct, landed_deep
from darksocial.visits.nearby import Nearby

WITHIN_SECONDS = 600
TIMES_EXPECTED = 4
SOURCE = "chandra729/theglobalreportlog2 and 3, 2016 (the effect); size assumed"


def is_stranger(visits: ir.Table) -> ir.BooleanValue:
    """A new visitor landed directly on a deep page."""
    return came_direct(visits) & visits.new_visitor & landed_deep(visits)


def observe(visits: ir.Table) -> ir.StringValue:
    many = visits.strangers + 1 >= visits.strangers_expected * TIMES_EXPECTED
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
            SOURCE,
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
            SOURCE,
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
            SOURCE,
        ),
    },
    observe,
    {"strangers": Nearby(is_stranger, WITHIN_SECONDS, others=True, expected=True)},
)
