"""Page age: is the page fresh, or has it been there for long?

New pages are shared, posted and mailed; old ones are found by search, kept in bookmarks or
completed from the history. A page counts as new on the day that the input first shows a visit to
it, if the input had begun a day before; a page that was there from the beginning is at least as old
as the input.
"""

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.bounds import DAY_SECONDS
from darksocial.visits.conditions import is_direct, landed_deep

HOUR_SECONDS = 3600


def observe(visits: ir.Table) -> ir.StringValue:
    deep = is_direct(visits) & landed_deep(visits) & ~visits.aggregated
    born = visits.page_new >= DAY_SECONDS
    return ibis.cases(
        (deep & born & (visits.page_age < 6 * HOUR_SECONDS), "hours"),
        (deep & born & (visits.page_age < 2 * DAY_SECONDS), "days"),
        (deep & (visits.page_age >= 5 * DAY_SECONDS), "old"),
    )


SIGNAL = Signal(
    "page_age",
    "page_age",
    {
        "hours": Level(
            {
                "dark_social": 0.3,
                "direct": -0.8,
                "lost_search": -0.6,
                "lost_social": 0.5,
                "lost_email": 0.4,
                "lost_ai": -0.5,
            },
            "the page was hours old",
            "assumed",
        ),
        "days": Level(
            {"dark_social": 0.2, "direct": -0.3, "lost_search": -0.2, "lost_social": 0.2},
            "the page was a day or two old",
            "assumed",
        ),
        "old": Level(
            {
                "dark_social": -0.3,
                "direct": 0.4,
                "lost_search": 0.5,
                "lost_social": -0.7,
                "lost_email": -1.5,
                "lost_ai": 0.4,
            },
            "the page had been there for days",
            "assumed",
        ),
    },
    observe,
)
