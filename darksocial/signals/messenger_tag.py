"""Messenger tag: the link's own utm_source names a messenger.

Share buttons tag their links (`utm_source=whatsapp`). The link was made to be shared in that
messenger, so the visit is dark social that the site can already see. GA4 books it
as Organic Social (whatsapp is on its list), Referral or Unassigned.
"""

import ibis
import ibis.expr.types as ir

from darksocial.signals import Level, Signal


def observe(visits: ir.Table) -> ir.StringValue:
    return ibis.cases((visits.tag_app.notnull(), "messenger"))


SIGNAL = Signal(
    "messenger_tag",
    "campaign",
    {
        "messenger": Level(
            {"dark_social": 6.5},
            "the link's utm_source names a messenger",
            "tags in data/private_apps.csv; size assumed",
        )
    },
    observe,
)
