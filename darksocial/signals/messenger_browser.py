"""Messenger browser: the page was opened in an app's own browser.

Apps that open links inside themselves put their name into the user agent
(data/in_app_browsers.csv). A messenger's browser is as good as a confession: the link came in a
message. Facebook's and Instagram's browsers serve public posts and private messages alike, and
those of TikTok, X, LinkedIn or Pinterest serve public posts. The user agent speaks only where
the referrer is empty: elsewhere it would claim too much (Shopify/pyreferrer, pull request 20).
"""

import ibis
import ibis.expr.types as ir

from darksocial.signals import Level, Signal
from darksocial.visits.conditions import is_direct

TOKENS = "tokens of in-app browsers: data/in_app_browsers.csv; size assumed"


def observe(visits: ir.Table) -> ir.StringValue:
    return ibis.cases((is_direct(visits), visits.in_app_kind))


SIGNAL = Signal(
    "messenger_browser",
    "client",
    {
        "private": Level(
            {"dark_social": 6.0},
            "opened in the in-app browser of a private messenger",
            TOKENS,
        ),
        "mixed": Level(
            {"dark_social": 2.5, "lost_social": 4.5},
            "opened in an app that has public posts and private messages",
            TOKENS,
        ),
        "public": Level(
            {"lost_social": 6.0, "dark_social": 0.5},
            "opened in the app of a public network",
            TOKENS,
        ),
        "ai": Level(
            {"lost_ai": 6.0},
            "opened in the app of an AI assistant",
            TOKENS,
        ),
    },
    observe,
)
