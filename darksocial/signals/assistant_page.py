"""Assistant page: AI assistants send people to this page.

Assistants name themselves on the web and often not in their apps. Visits booked as AI Assistant on
the page within three days before and after speak for lost ones.
"""

from darksocial.expressions import ibis, ir
from darksocial.lookups.channels import AI_CHANNEL
from darksocial.signals import Level, Signal
from darksocial.visits.bounds import DAY_SECONDS
from darksocial.visits.conditions import came_direct, is_direct, landed_deep
from darksocial.visits.nearby import Nearby

ASSISTANT_WINDOW_SECONDS = 3 * DAY_SECONDS
ASSISTANT_REFERENCE = "visits booked as AI Assistant on the same page; size assumed"


def by_assistant(visits: ir.Table) -> ir.BooleanValue:
    return visits.channel_before == AI_CHANNEL


def observe(visits: ir.Table) -> ir.StringValue:
    direct = is_direct(visits)
    return ibis.cases(
        (direct & (visits.ai_near >= 0.3 * visits.direct_long) & (visits.ai_near >= 1), "often"),
        (direct & landed_deep(visits) & visits.ai_near_recorded & (visits.ai_near == 0), "never"),
    )


SIGNAL = Signal(
    "assistant_page",
    "assistant",
    {
        "often": Level(
            {"lost_ai": 1.3}, "AI assistants send people to this page", ASSISTANT_REFERENCE
        ),
        "never": Level(
            {"lost_ai": -0.4}, "no AI assistant sent anyone to this page", ASSISTANT_REFERENCE
        ),
    },
    observe,
    {
        "ai_near": Nearby(by_assistant, ASSISTANT_WINDOW_SECONDS),
        "direct_long": Nearby(came_direct, ASSISTANT_WINDOW_SECONDS),
    },
)
