"""Social wave: the page is shared on a public network at this hour.

Public posts bring visits with a referrer and visits without: apps drop it (TikTok and Mastodon
always, SparkToro 2023). Visits booked as social, and visits in the in-app browsers of public
networks, on the same page within three hours before and after speak for lost social visits.
"""

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.conditions import came_direct, is_direct, landed_deep
from darksocial.visits.nearby import Nearby

SOCIAL_WINDOW_SECONDS = 3 * 3600
SOCIAL_REFERENCE = "visits from public networks on the same page; size assumed"


def from_public_network(visits: ir.Table) -> ir.BooleanValue:
    booked = visits.channel_before.isin(("Organic Social", "Paid Social"))
    return booked | (visits.in_app_kind == "public")


def observe(visits: ir.Table) -> ir.StringValue:
    direct = is_direct(visits)
    near, around = visits.social_near, visits.direct_around
    return ibis.cases(
        (direct & (near >= 3) & (near >= around), "wave"),
        (direct & (near >= 1) & (near >= 0.3 * around), "some"),
        (direct & landed_deep(visits) & visits.social_near_recorded & (near == 0), "none"),
    )


SIGNAL = Signal(
    "social_wave",
    "social",
    {
        "wave": Level(
            {"lost_social": 1.3, "dark_social": 0.2, "direct": -0.4},
            "many came to this page from public networks at that time",
            SOCIAL_REFERENCE,
        ),
        "some": Level(
            {"lost_social": 0.6},
            "some came to this page from public networks at that time",
            SOCIAL_REFERENCE,
        ),
        "none": Level(
            {"lost_social": -0.7},
            "nobody came to this page from public networks at that time",
            SOCIAL_REFERENCE,
        ),
    },
    observe,
    {
        "social_near": Nearby(from_public_network, SOCIAL_WINDOW_SECONDS),
        "direct_around": Nearby(came_direct, SOCIAL_WINDOW_SECONDS),
    },
)
