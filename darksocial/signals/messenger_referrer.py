"""Messenger referrer: the referrer is a messenger's web client, link shim or Android package.

`l.messenger.com`, `web.whatsapp.com`, `app.slack.com`, `android-app://org.telegram.messenger/`
and their like name the app through which the link came. GA4 books such visits as Referral, or as
Organic Social where the app is on its list, because it has no channel for them. A webmail
referrer, or a host of mail security through which links in mails lead, says mail: most such visits
come from mailings, some by a link that was shared privately. `android-app://` alone is
no sign of a private share: Google's own app sends it most of all.
"""

import math

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal

REFERRER_REFERENCE = "referrers of messengers: data tables of hosts and packages; size assumed"


def observe(visits: ir.Table) -> ir.StringValue:
    tagged = visits.utm_source.notnull()
    return ibis.cases(
        ((visits.referrer_kind == "messenger") & ~tagged, "messenger"),
        ((visits.referrer_kind == "email") & ~tagged, "webmail"),
    )


SIGNAL = Signal(
    "messenger_referrer",
    "referrer",
    {
        "messenger": Level(
            {"dark_social": 7.0, "lost_ai": -math.inf},
            "the referrer is a messenger",
            REFERRER_REFERENCE,
        ),
        "webmail": Level(
            {"dark_social": 4.0, "lost_email": 8.0, "lost_ai": -math.inf, "booked": -5.0},
            "the referrer is a webmail, and no campaign is tagged",
            REFERRER_REFERENCE,
        ),
    },
    observe,
)
