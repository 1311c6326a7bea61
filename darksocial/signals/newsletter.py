"""Newsletter: readers of a mailing are on this page at this hour.

A mailing sends known readers to a few pages within hours. Links that it tags are booked as Email;
untagged ones, and tags that a mail program cut off, end as Direct. So visits booked as Email on the
same page within three hours before and after speak for lost email, and so do several known visitors
who land directly on one deep page within the hour: a message among friends brings people who were
not here before. Where the owner names sending times ([model] of darksocial.toml), the hours after
one speak for lost email, and days without a mailing against it.
"""

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.conditions import came_direct, is_direct, landed_deep
from darksocial.visits.mailings import QUIET, SENT
from darksocial.visits.nearby import Nearby

SECONDS_PER_HOUR = 3600
MIN_PART_OF_DIRECT = 0.3
MIN_KNOWN_VISITORS = 3
MAIL_REFERENCE = "visits booked as Email on the same page; size assumed"


def by_mail(visits: ir.Table) -> ir.BooleanValue:
    return visits.channel_before == "Email"


def by_known_visitor(visits: ir.Table) -> ir.BooleanValue:
    return came_direct(visits) & ~visits.new_visitor


def observe(visits: ir.Table) -> ir.StringValue:
    direct = is_direct(visits)
    wave = (visits.email_near >= 2) & (
        visits.email_near >= MIN_PART_OF_DIRECT * visits.direct_around
    )
    by_readers = (visits.known_near >= MIN_KNOWN_VISITORS) & landed_deep(visits)
    return ibis.cases(
        (direct & wave, "wave"),
        (direct & (visits.email_near >= 1), "some"),
        (direct & landed_deep(visits) & (visits.mailing == SENT), "sent"),
        (direct & by_readers, "known_readers"),
        (direct & landed_deep(visits) & (visits.mailing == QUIET), "quiet"),
        (direct & landed_deep(visits) & visits.email_near_recorded, "none"),
    )


SIGNAL = Signal(
    "newsletter",
    "newsletter",
    {
        "wave": Level(
            {"lost_email": 2.8, "dark_social": -0.3, "direct": -0.5},
            "many came to this page from a mailing at that time",
            MAIL_REFERENCE,
        ),
        "some": Level(
            {"lost_email": 1.8},
            "somebody came to this page from a mailing at that time",
            MAIL_REFERENCE,
        ),
        "known_readers": Level(
            {"lost_email": 1.2, "direct": -0.5},
            "several known visitors landed on this page within the hour",
            "assumed",
        ),
        "sent": Level(
            {"lost_email": 1.5, "direct": -0.3},
            "a mailing had been sent within four hours",
            "sending times that the owner names; size assumed",
        ),
        "quiet": Level(
            {"lost_email": -1.5},
            "no mailing had been sent for a day",
            "sending times that the owner names; size assumed",
        ),
        "none": Level(
            {"lost_email": -1.5},
            "nobody came to this page from a mailing at that time",
            MAIL_REFERENCE,
        ),
    },
    observe,
    {
        "email_near": Nearby(by_mail, 3 * SECONDS_PER_HOUR),
        "known_near": Nearby(by_known_visitor, SECONDS_PER_HOUR, others=True),
        "direct_around": Nearby(came_direct, 3 * SECONDS_PER_HOUR),
    },
)
