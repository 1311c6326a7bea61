"""Preview: a messenger fetched this page's link preview, and then the visit came.

When somebody writes a link into WhatsApp, iMessage, Signal or Viber, the sender's device fetches
the page for a preview; Slack, Telegram, Discord, Teams and Messenger fetch it from their servers.
Other tools throw these requests away as bots. Here each is a share event (visits/shares.py), and a
visit soon after it on the same page is likely one of its clicks. How likely depends on what the
page gets anyway: the clicks that earlier shares lead to expect at this moment are set against the
direct visits that the page has without them (context.py). Both have the same unit, so their ratio
is the odds that the visit came from a share.

That no preview was fetched speaks against a share, a little: some apps make none (WeChat), servers
keep theirs for days, and a link can have been passed on before the log begins. How much it says,
the site tells: by how often a share was seen before the visits that are known to be dark. It says
nothing where the input shows no fetches at all, as analytics exports do.

On a news site direct visits in the hour after a fetch were 2.1 times those in the hour before it
(chandra729/theglobalreportlog2 and 3, 2016: 414 and 457 against 199 and 219).
"""

import ibis
import ibis.expr.types as ir

from darksocial.signals import Level, Signal
from darksocial.visits.conditions import is_direct, landed_deep

COVERED = 0.65
ODDS = "odds from the clicks that shares lead to expect (context.py), less the average odds"
ALIKE = ("direct", "lost_search", "lost_ai")


def observe(visits: ir.Table) -> ir.StringValue:
    odds = visits.shares_expected / visits.direct_expected
    direct = is_direct(visits)
    unseen = direct & landed_deep(visits) & visits.shares_recorded & (odds < 0.05)
    return ibis.cases(
        (direct & (odds >= 10), "at_once"),
        (direct & (odds >= 3), "soon"),
        (direct & (odds >= 1), "after"),
        (direct & (odds >= 0.3), "later"),
        (direct & (odds >= 0.05), "long_after"),
        (unseen & (visits.shares_cover >= COVERED), "none_where_usual"),
        (unseen, "none"),
    )


def _level(dark: float, note: str) -> Level:
    return Level({"dark_social": dark} | dict.fromkeys(ALIKE, -dark / 10), note, ODDS)


SIGNAL = Signal(
    "preview",
    "tempo",
    {
        "at_once": _level(4.0, "right after an app fetched this page's preview"),
        "soon": _level(3.0, "soon after an app fetched this page's preview"),
        "after": _level(2.0, "after an app fetched this page's preview"),
        "later": _level(0.9, "some time after an app fetched this page's preview"),
        "long_after": _level(-0.2, "long after an app fetched this page's preview"),
        "none_where_usual": Level(
            {"dark_social": -1.6},
            "no app had fetched this page's preview, and here one mostly does",
            "learned from visits by messengers' own browsers; size assumed",
        ),
        "none": Level(
            {"dark_social": -1.0},
            "no app had fetched this page's preview in two days",
            "some apps make no previews, servers keep theirs: size assumed",
        ),
    },
    observe,
)
