"""Messenger tag: the link itself names a messenger.

Share buttons tag their links (`utm_source=whatsapp`, `utm_medium=whatsapp`), reports of analytics
tools have the source by its name, and WeChat adds `from=singlemessage`. The link was made to be
shared in that messenger, so the visit is dark social that the site can already see, unless other
tags say that a chatbot sent it (data/chatbot_tags.csv), which is no person who shares. GA4 books it
as Organic Social (whatsapp is on its list), Referral or Unassigned.
"""

import math

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal


def observe(visits: ir.Table) -> ir.StringValue:
    return ibis.cases((visits.tag_app.notnull(), "messenger"))


SIGNAL = Signal(
    "messenger_tag",
    "campaign",
    {
        "messenger": Level(
            {"dark_social": 6.5, "lost_ai": -math.inf},
            "the link's tags name a messenger",
            "tags in data/private_apps.csv; size assumed",
        )
    },
    observe,
    reads_sums=True,
)
