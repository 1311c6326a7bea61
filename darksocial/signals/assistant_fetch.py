"""Assistant fetch: an AI assistant fetched this page for a person, and then the visit came.

ChatGPT, Claude, Perplexity, DuckDuckGo, Mistral and Meta AI fetch a page under a name of their own
when a person has asked just now (data/assistant_fetchers.csv). The answer links to the page, and a
click on that link in an app has no referrer. So a visit of the same page within ten minutes may be
that click. How likely depends on the page's other visits: the clicks expected from fetches are
compared with the direct visits that the page has in any case (visits/context.py), as link previews
are. Most fetches bring no visit, because the answer is enough.

The crawlers that read pages for training or for an index say nothing of this moment, and are not
counted. If no assistant fetched the page, that speaks a little against one: assistants also answer
from an index or a cache. It means nothing if the input shows no such fetch at all.
"""

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.conditions import came_direct, landed_deep
from darksocial.visits.surroundings import ASKED_SECONDS, seconds_in

# Visits without a referrer that one fetch brings. Assumed: of the people who saw an AI summary of
# Google one in a hundred opened a source
# (https://www.pewresearch.org/short-reads/2025/07/22/google-users-are-less-likely-to-click-on-links-when-an-ai-summary-appears-in-the-results/);
# who asks an assistant that has to look pages up wants sources more often.
CLICKS_PER_FETCH = 0.05
FETCH_REFERENCE = "odds from the expected clicks on answers; sizes assumed"


def observe(visits: ir.Table) -> ir.StringValue:
    direct = came_direct(visits)
    others = visits.direct_expected * seconds_in(ASKED_SECONDS)
    odds = visits.asked_before * CLICKS_PER_FETCH / others
    unasked = direct & landed_deep(visits) & visits.asked_recorded & (visits.asked_before == 0)
    return ibis.cases(
        (direct & (odds >= 3), "soon"),
        (direct & (odds >= 1), "perhaps"),
        (direct & (odds >= 0.3), "among_others"),
        (unasked, "none"),
    )


SIGNAL = Signal(
    "assistant_fetch",
    "assistant",
    {
        "soon": Level(
            {"lost_ai": 4.0},
            "minutes after an AI assistant fetched this page for a person",
            FETCH_REFERENCE,
        ),
        "perhaps": Level(
            {"lost_ai": 3.0},
            "minutes after an AI assistant fetched this page, which has other direct visits too",
            FETCH_REFERENCE,
        ),
        "among_others": Level(
            {"lost_ai": 1.8},
            "after an AI assistant fetched this page, which has many direct visits",
            FETCH_REFERENCE,
        ),
        "none": Level(
            {"lost_ai": -0.3},
            "no AI assistant fetched this page in the minutes before",
            "assistants also answer from an index or a cache: size assumed",
        ),
    },
    observe,
)
