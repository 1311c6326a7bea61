"""Click id alone: a network's click id without UTM parameters and without referrer.

Networks append a click id to the links that they show (`fbclid`, `ttclid`, `msclkid` ...), and
senders of mailings theirs (`mc_cid`, `_hsenc`, `mkt_tok`: data/click_ids.csv). GA4
knows only Google's, so such visits are Direct when the referrer got lost. The id names the
network. Meta's ids come from posts and from messages, and remain when somebody copies the
address: a Meta id in a browser that is not Meta's own suggests that (inferred, unconfirmed).
`igsh` is made when somebody shares from Instagram.
"""

from darksocial.expressions import ibis, ir
from darksocial.lookups.utm import ids_of
from darksocial.signals import Level, Signal
from darksocial.visits.conditions import is_direct

META_APPS = ("facebook", "instagram", "messenger", "threads")
SHARE_IDS = ids_of("share")
META_IDS = (*ids_of("meta"), *SHARE_IDS)
EMAIL_IDS = ids_of("email")
SEARCH_IDS = ids_of("search")


def observe(visits: ir.Table) -> ir.StringValue:
    alone = is_direct(visits) & visits.click_id.notnull()
    elsewhere = ~visits.in_app.isin(META_APPS).fill_null(False) & ~visits.aggregated
    return ibis.cases(
        (alone & visits.click_id.isin(SHARE_IDS), "share"),
        (alone & visits.click_id.isin(META_IDS) & elsewhere, "meta_elsewhere"),
        (alone & visits.click_id.isin(META_IDS), "meta"),
        (alone & visits.click_id.isin(EMAIL_IDS), "email"),
        (alone & visits.click_id.isin(SEARCH_IDS), "search"),
        (alone, "network"),
    )


SIGNAL = Signal(
    "click_id_alone",
    "campaign",
    {
        "share": Level(
            {"dark_social": 2.5, "lost_social": 2.5, "direct": -2.0},
            "carries the id of a share from a Meta app",
            "Meta's share ids; size assumed",
        ),
        "meta_elsewhere": Level(
            {"dark_social": 2.2, "lost_social": 2.8, "direct": -2.0},
            "carries Meta's click id in a browser that is not Meta's",
            "inferred, unconfirmed; size assumed",
        ),
        "meta": Level(
            {"dark_social": 1.5, "lost_social": 3.5, "direct": -2.0},
            "carries Meta's click id",
            "Meta's click ids; size assumed",
        ),
        "email": Level(
            {"lost_email": 4.5, "dark_social": 1.0, "direct": -2.0},
            "carries the id of a mailing or its recipient",
            "ids of senders: data/click_ids.csv; size assumed",
        ),
        "search": Level(
            {"lost_search": 5.0, "direct": -2.0},
            "carries a search engine's click id",
            "click ids of the networks; size assumed",
        ),
        "network": Level(
            {"lost_social": 4.5, "dark_social": 0.8, "direct": -2.0},
            "carries the click id of a public network",
            "click ids of the networks; size assumed",
        ),
    },
    observe,
    reads_sums=True,
)
