"""Known visitor: has this visitor been here before, and on this very page?

A shared link mostly reaches people who were not here before. A visitor who returns
without referrer to a page that the same visitor has viewed before most likely used the browser's
history, a bookmark or a restored tab; all the more so if the address carries the very tag or click
id that it had then. An answer of 304 shows such a view as well: the browser had a copy of the
page. A visitor is a client address with a user agent, so a known person on another network looks
new: the weights are small for that reason. It has no level if the input does not identify visitors:
an address without a user agent is none, nor is a row of many sessions.
"""

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.conditions import is_direct


def observe(visits: ir.Table) -> ir.StringValue:
    identified = is_direct(visits) & visits.records_visitor & ~visits.crowded
    return ibis.cases(
        (identified & visits.own_link.fill_null(False), "same_link"),
        (identified & visits.new_visitor, "new"),
        (identified & visits.seen_before, "same_page"),
        (identified, "known"),
    )


SIGNAL = Signal(
    "known_visitor",
    "visitor",
    {
        "new": Level(
            {
                "dark_social": 0.3,
                "direct": -0.3,
                "lost_search": 0.2,
                "lost_social": 0.3,
                "lost_email": -0.6,
                "lost_ai": 0.2,
            },
            "a visitor who was not here before",
            "assumed",
        ),
        "same_link": Level(
            {
                "dark_social": -3.0,
                "direct": 5.0,
                "lost_search": -1.5,
                "lost_social": -1.5,
                "lost_email": -1.5,
                "lost_ai": -1.5,
            },
            "the visitor has come by this tagged link before: a restored tab or history",
            "assumed",
        ),
        "same_page": Level(
            {
                "dark_social": -2.0,
                "direct": 2.0,
                "lost_search": -1.5,
                "lost_social": -1.8,
                "lost_email": -1.2,
                "lost_ai": -1.5,
            },
            "the visitor has viewed this page before: history or bookmark",
            "assumed",
        ),
        "known": Level(
            {
                "dark_social": -0.3,
                "direct": 0.3,
                "lost_search": -0.2,
                "lost_social": -0.3,
                "lost_email": 0.6,
                "lost_ai": -0.2,
            },
            "a known visitor on another page",
            "assumed",
        ),
    },
    observe,
)
