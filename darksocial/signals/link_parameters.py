"""Link parameters: what else the link says of how it travelled.

- `utm_medium=dm`, `message` or `dark-social`, and `utm_source=copy` with `utm_medium=share`, were
  written for links between people (data/tag_words.csv). Share parameters of sites and apps say the
  same (`smid=url-share`, `share=copy`: data/link_parameters.csv).
- `utm_source=chatgpt.com`, without a medium, is how assistants tag the links in their answers. GA4
  books it as Unassigned.
- Campaign parameters of other tools (`mtm_medium`, `at_medium`, `wt_mc`) name a mailing, a search
  ad or a public post where GA4 sees nothing (data/foreign_campaigns.csv).
"""

import math

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.conditions import is_direct
from darksocial.visits.existence import before_assistants

LINK_REFERENCE = "words and parameters of links: data tables; size assumed"


def observe(visits: ir.Table) -> ir.StringValue:
    says = visits.link_says
    return ibis.cases(
        (says == "private", "private"),
        ((says == "ai") & ~before_assistants(visits.started_at), "ai"),
        (is_direct(visits) & (says == "email"), "email"),
        (is_direct(visits) & (says == "search"), "search"),
        (is_direct(visits) & (says == "social"), "social"),
    )


SIGNAL = Signal(
    "link_parameters",
    "campaign",
    {
        "private": Level(
            {"dark_social": 6.0, "lost_ai": -math.inf},
            "the link was made for messages between people",
            LINK_REFERENCE,
        ),
        "ai": Level(
            {"lost_ai": 9.0, "booked": -5.0}, "an AI assistant tagged the link", LINK_REFERENCE
        ),
        "email": Level(
            {"lost_email": 5.0, "dark_social": 1.0, "direct": -2.0},
            "another tool's campaign names a mailing",
            LINK_REFERENCE,
        ),
        "search": Level(
            {"lost_search": 5.0, "direct": -2.0},
            "another tool's campaign names a search ad",
            LINK_REFERENCE,
        ),
        "social": Level(
            {"lost_social": 4.5, "dark_social": 0.8, "direct": -2.0},
            "the link's parameters name a public network",
            LINK_REFERENCE,
        ),
    },
    observe,
)
