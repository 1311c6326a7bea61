"""Copied link: a campaign's link that somebody copied and sent.

People who share a page copy the address from the browser, and with it the tags of the campaign that
brought them. The tag still says newsletter or advertisement, but this visit is dark social (a UTM
echo). Four things show it: an app fetched the preview of exactly this address shortly
before; a click id, which a network makes for one click, comes back with another visitor;
strangers come together with a mailing's link, a day or more after the mailing began; a stranger
comes so late, where a mailing goes to readers who are known. A referrer speaks against all of it,
but for those of messengers and webmails.
"""

import math

from darksocial.expressions import ibis, ir
from darksocial.lookups.utm import ids_of_campaigns
from darksocial.signals import Level, Signal

COPY_REFERENCE = "follows from what tags and click ids are; size assumed"
# From here on "a day late": a mailing goes out at about the same hour of the day.
LATE_SECONDS = 20 * 3600


def observe(visits: ir.Table) -> ir.StringValue:
    tagged = visits.utm_source.notnull() | visits.click_id.notnull()
    open_ = tagged & visits.referrer.isnull() & visits.tag_app.isnull()
    own_id = visits.click_id.notnull() & ~visits.click_id.isin(ids_of_campaigns())
    odds = visits.copy_expected / visits.campaign_expected
    email = visits.channel_before == "Email"
    stranger = open_ & email & visits.new_visitor & ~visits.crowded
    late = visits.campaign_age >= LATE_SECONDS
    return ibis.cases(
        (open_ & own_id & visits.id_seen, "click_id"),
        (open_ & (odds >= 3), "preview"),
        (open_ & visits.new_visitor & (odds >= 0.7), "likely_preview"),
        (stranger & late & (visits.campaign_near >= 1), "strangers"),
        (stranger & (odds >= 0.1), "stranger_after_preview"),
        (stranger & late, "stranger"),
    )


SIGNAL = Signal(
    "copied_link",
    "client",
    {
        "click_id": Level(
            {"dark_social": 6.0, "lost_ai": -math.inf},
            "another visitor had come with this click id before",
            COPY_REFERENCE,
        ),
        "preview": Level(
            {"dark_social": 6.5, "lost_ai": -math.inf},
            "an app had just fetched the preview of this tagged link",
            COPY_REFERENCE,
        ),
        "likely_preview": Level(
            {"dark_social": 5.2, "lost_ai": -math.inf},
            "an app had fetched the preview of this tagged link",
            COPY_REFERENCE,
        ),
        "strangers": Level(
            {"dark_social": 5.0, "lost_ai": -math.inf},
            "strangers came together by a mailing's link, a day late",
            COPY_REFERENCE,
        ),
        "stranger_after_preview": Level(
            {"dark_social": 4.8, "lost_ai": -math.inf},
            "a stranger came by a mailing's link that had been shared",
            COPY_REFERENCE,
        ),
        "stranger": Level(
            {"dark_social": 3.6, "lost_ai": -math.inf},
            "a stranger came by a mailing's link, a day late",
            COPY_REFERENCE,
        ),
    },
    observe,
)
