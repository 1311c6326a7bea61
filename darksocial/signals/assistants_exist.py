"""Assistants exist: was there any AI assistant when the visit came?

Before the first of them (data/releases.csv) none can have sent it, whatever base rates say. The
level excludes the class: its log-odds are minus infinity.
"""

import math

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.conditions import is_direct
from darksocial.visits.existence import before_assistants


def observe(visits: ir.Table) -> ir.StringValue:
    is_early = is_direct(visits) & before_assistants(visits.started_at)
    return ibis.ifelse(is_early, "not_yet", ibis.null("string"))


SIGNAL = Signal(
    "assistants_exist",
    "time",
    {
        "not_yet": Level(
            {"lost_ai": -math.inf},
            "no AI assistant existed yet",
            "the release of ChatGPT on 30 November 2022 (data/releases.csv)",
        )
    },
    observe,
)
