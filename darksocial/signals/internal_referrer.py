"""Internal referrer: the visit goes on from a page of the same site.

The referrer names the site itself, but no earlier hit of the visitor is near enough to continue
a session: the address changed on the way (mobile networks do that), or a tab stayed open for
long. The same holds for referrers that the user excluded, such as payment providers. Nobody passed
this link on. GA4 ignores the site's own referrer and books the visit as Direct.
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


ON_THE_WAY = {
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
            ON_THE_WAY,
            "came from a page of the site itself",
            "follows from what a referrer is; size assumed",
        ),
        "excluded": Level(
            ON_THE_WAY,
            "came back from an excluded referrer, such as a payment provider",
            "follows from what a referrer is; size assumed",
        ),
    },
    observe,
)
