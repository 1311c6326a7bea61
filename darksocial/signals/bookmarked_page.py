"""Bookmarked page: known visitors keep coming back to this page directly.

Learned from the log itself. A page that has at least three direct visits by people who had viewed
it before, and where these make up a third or more of all direct visits, is one that people keep:
in bookmarks, as a start page, in the browser's history.
"""

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.conditions import is_direct

MIN_RETURNS = 3
MIN_RETURN_PART = 1 / 3


def observe(visits: ir.Table) -> ir.StringValue:
    returns = visits.page_returns
    is_bookmarked = (returns >= MIN_RETURNS) & (returns >= visits.page_direct * MIN_RETURN_PART)
    return ibis.cases((is_direct(visits) & is_bookmarked, "kept"))


SIGNAL = Signal(
    "bookmarked_page",
    "page_habit",
    {
        "kept": Level(
            {
                "dark_social": -0.8,
                "direct": 1.2,
                "lost_search": -0.5,
                "lost_social": -0.8,
                "lost_email": -0.5,
                "lost_ai": -0.5,
            },
            "known visitors keep returning to this page directly",
            "learned from the log; size assumed",
        )
    },
    observe,
)
