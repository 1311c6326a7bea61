"""Internal referrer: the visit goes on from a page of the same site.

The referrer names the site itself, but no earlier hit of the visitor is near enough to continue a
session: the address changed on the way (mobile networks do that), or a tab was open for a long
time. The same holds for referrers that the user excluded, such as payment providers. Nobody shared
this link. GA4 ignores the site's own referrer and books the visit as Direct.
"""

import ibis
import ibis.expr.types as ir

from darksocial.signals import Level, Signal


def observe(visits: ir.Table) -> ir.StringValue:
    booked = visits.channel_before == "Direct"
    return ibis.cases(
        (booked & visits.internal, "internal"),
        (booked & visits.continues, "excluded"),
    )


ODDS_OF_CONTINUED = {
    "dark_social": -5.0,
    "direct": 1.0,
    "lost_search": -5.0,
    "lost_social": -5.0,
    "lost_email": -5.0,
    "lost_ai": -5.0,
}


SIGNAL = Signal(
    "internal_referrer",
    "referrer",
    {
        "internal": Level(
            ODDS_OF_CONTINUED,
            "came from a page of the site itself",
            "follows from what a referrer is; size assumed",
        ),
        "excluded": Level(
            ODDS_OF_CONTINUED,
            "came back from an excluded referrer, such as a payment provider",
            "follows from what a referrer is; size assumed",
        ),
    },
    observe,
)
