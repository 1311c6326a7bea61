"""Messenger browser: the page was opened in an app's own browser.

Apps that open links inside themselves put their name into the user agent
(data/in_app_browsers.csv). A messenger's own browser leaves no doubt: the link came in a
message. Facebook's and Instagram's browsers serve public posts and private messages alike, and
those of TikTok, X, LinkedIn or Pinterest serve public posts. Google's app shows results of search.
The user agent counts only if the referrer is empty: elsewhere it would claim too much
(Shopify/pyreferrer, pull request 20).
"""

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.conditions import is_direct

BROWSER_REFERENCE = "tokens of in-app browsers: data/in_app_browsers.csv; size assumed"


def observe(visits: ir.Table) -> ir.StringValue:
    return ibis.cases((is_direct(visits), visits.in_app_kind))


SIGNAL = Signal(
    "messenger_browser",
    "client",
    {
        "private": Level(
            {"dark_social": 6.0},
            "opened in a messenger's own browser",
            BROWSER_REFERENCE,
        ),
        "mixed": Level(
            {"dark_social": 2.5, "lost_social": 4.5},
            "opened in an app that has public posts and private messages",
            BROWSER_REFERENCE,
        ),
        "public": Level(
            {"lost_social": 6.0, "dark_social": 0.5},
            "opened in the app of a public network",
            BROWSER_REFERENCE,
        ),
        "search": Level(
            {"lost_search": 6.0},
            "opened in the app of a search engine",
            BROWSER_REFERENCE,
        ),
        "ai": Level(
            {"lost_ai": 6.0},
            "opened in the app of an AI assistant",
            BROWSER_REFERENCE,
        ),
    },
    observe,
)
