"""Landing page: could somebody have typed or bookmarked this address?

Nobody types a long address, so a visit without referrer that lands on one came from a link. That
is the rule of thumb of The Atlantic and Chartbeat (2012). It is no proof: bookmarks, browser
history, search and newsletters that lost their referrer land deep as well. So it is one signal
among others here, and speaks for every kind of lost link alike. The kinds of landing pages are
those of `lookups/landing_pages.py`.
"""

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.conditions import is_direct

LANDING_REFERENCE = "A. Madrigal, The Atlantic, 2012 (the idea); size assumed"


def observe(visits: ir.Table) -> ir.StringValue:
    return ibis.cases((is_direct(visits), visits.landing_kind))


SIGNAL = Signal(
    "landing_page",
    "landing",
    {
        "home": Level(
            {
                "dark_social": -2.8,
                "direct": 0.7,
                "lost_search": -0.3,
                "lost_social": -1.5,
                "lost_email": -1.2,
                "lost_ai": -0.5,
            },
            "landed on the home page, which people type",
            LANDING_REFERENCE,
        ),
        "account": Level(
            {
                "dark_social": -3.0,
                "direct": 1.0,
                "lost_search": -1.5,
                "lost_social": -3.0,
                "lost_email": -1.0,
                "lost_ai": -3.0,
            },
            "landed on a login, account, cart or search page",
            "assumed",
        ),
        "section": Level(
            {
                "dark_social": -1.4,
                "direct": 0.6,
                "lost_search": 0.0,
                "lost_social": -1.2,
                "lost_email": -0.5,
                "lost_ai": 0.1,
            },
            "landed on a short address that can be typed",
            LANDING_REFERENCE,
        ),
        "article": Level(
            {
                "dark_social": 0.7,
                "direct": -0.8,
                "lost_search": 0.4,
                "lost_social": 0.7,
                "lost_email": 0.6,
                "lost_ai": 0.5,
            },
            "landed on a long address that nobody types",
            LANDING_REFERENCE,
        ),
        "numbered": Level(
            {
                "dark_social": 0.7,
                "direct": -1.0,
                "lost_search": 0.3,
                "lost_social": 0.7,
                "lost_email": 0.6,
                "lost_ai": 0.4,
            },
            "landed on an address with a date or number that nobody remembers",
            LANDING_REFERENCE,
        ),
    },
    observe,
    reads_sums=True,
)
