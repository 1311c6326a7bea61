"""Campaign contradicted: the browser is not where the campaign was sent.

A newsletter link that opens inside WhatsApp was shared by a reader: the tag still says email, but
this click is dark social. The signal sees a complete or partial UTM tag, or a search ad's click id,
in the in-app browser of a messenger that the tag does not name.
"""

import math

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal


def observe(visits: ir.Table) -> ir.StringValue:
    tagged = visits.utm_source.notnull() | visits.utm_medium.notnull() | visits.click_id.notnull()
    elsewhere = tagged & (visits.in_app_kind == "private") & visits.tag_app.isnull()
    booked = (visits.channel_before != "Direct") & (visits.channel_before != "Unassigned")
    return ibis.cases((elsewhere & booked & visits.referrer.isnull(), "messenger"))


SIGNAL = Signal(
    "campaign_contradicted",
    "client",
    {
        "messenger": Level(
            {"dark_social": 6.0, "lost_ai": -math.inf},
            "a campaign link opened in a messenger's browser",
            "follows from what the tag says; size assumed",
        )
    },
    observe,
)
