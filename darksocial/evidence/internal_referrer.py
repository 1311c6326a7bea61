"""Internal referrer: the visit goes on from a page of the same site.

The referrer names the site itself, but no earlier hit of the visitor is near enough to continue
a session: the address changed on the way (mobile networks do that), or a tab stayed open for
long. Nobody passed this link on. GA4 ignores the site's own referrer and books the visit as
Direct.
"""

import ibis
import ibis.expr.types as ir

from darksocial.evidence._signal import Level, Signal
from darksocial.evidence._visits import is_direct


def observe(visits: ir.Table) -> ir.StringValue:
    return ibis.cases((is_direct(visits) & visits.internal, "internal"))


SIGNAL = Signal(
    "internal_referrer",
    "referrer",
    {
        "internal": Level(
            {
                "dark_social": -5.0,
                "direct": 1.0,
                "lost_search": -5.0,
                "lost_social": -5.0,
                "lost_email": -5.0,
                "lost_ai": -5.0,
            },
            "came from a page of the site itself",
            "follows from what a referrer is; size assumed",
        )
    },
    observe,
)
