"""Partial UTM: the campaign tag has lost a part.

GA4 needs utm_source and utm_medium to book a campaign. A link with only some of the UTM
parameters was cut or rewritten on its way, or tagged carelessly. Copying by hand is one way to cut
a link; careless tagging is more common, so the weight is small.
"""

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal


def observe(visits: ir.Table) -> ir.StringValue:
    some = (
        visits.utm_source.notnull()
        | visits.utm_medium.notnull()
        | visits.utm_campaign.notnull()
        | visits.utm_content.notnull()
        | visits.utm_term.notnull()
    )
    complete = visits.utm_source.notnull() & visits.utm_medium.notnull()
    return ibis.cases((some & ~complete & visits.referrer_kind.isnull(), "partial"))


SIGNAL = Signal(
    "partial_utm",
    "campaign",
    {
        "partial": Level(
            {"dark_social": 0.7},
            "some UTM parameters are missing",
            "assumed",
        )
    },
    observe,
)
