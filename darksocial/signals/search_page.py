"""Search page: do people find this page by search?

Search engines keep their referrer in most visits and lose it in some: apps, privacy settings,
de-referrers. If a page gets many visits booked as search, some of its direct visits are lost
search; if it gets none, hardly any are. The signal counts visits booked as Organic or Paid Search
on the page within three days before and after. Groupon took its pages out of Google's index for six
hours in 2014 and lost 60% of the direct visits to long URLs (one site, one day, before HTTPS was
general): lost search is a class of its own.
"""

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.bounds import DAY_SECONDS
from darksocial.visits.conditions import came_direct, is_direct, landed_deep
from darksocial.visits.nearby import Nearby

SEARCH_WINDOW_SECONDS = 3 * DAY_SECONDS
SEARCH_REFERENCE = "visits booked as search on the same page; Groupon 2014 (the idea); size assumed"


def by_search(visits: ir.Table) -> ir.BooleanValue:
    return visits.channel_before.isin(("Organic Search", "Paid Search"))


def observe(visits: ir.Table) -> ir.StringValue:
    direct = is_direct(visits) & visits.search_near_recorded
    return ibis.cases(
        (direct & (visits.search_near >= 2 * visits.direct_long), "mostly"),
        (direct & (visits.search_near >= visits.direct_long), "often"),
        (direct & landed_deep(visits) & (visits.search_near == 0), "never"),
        (direct & (visits.search_near < 0.3 * visits.direct_long), "seldom"),
    )


SIGNAL = Signal(
    "search_page",
    "search",
    {
        "mostly": Level(
            {"lost_search": 1.1, "lost_ai": 0.4},
            "most people find this page by search",
            SEARCH_REFERENCE,
        ),
        "often": Level(
            {"lost_search": 0.6, "lost_ai": 0.3}, "many find this page by search", SEARCH_REFERENCE
        ),
        "seldom": Level({"lost_search": -0.8}, "few find this page by search", SEARCH_REFERENCE),
        "never": Level(
            {"lost_search": -1.5, "lost_ai": -0.5},
            "nobody finds this page by search",
            SEARCH_REFERENCE,
        ),
    },
    observe,
    {
        "search_near": Nearby(by_search, SEARCH_WINDOW_SECONDS),
        "direct_long": Nearby(came_direct, SEARCH_WINDOW_SECONDS),
    },
)
