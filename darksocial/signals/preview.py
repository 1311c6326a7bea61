"""Preview: a messenger fetched this page's link preview, and then the visit came.

When somebody writes a link into WhatsApp, iMessage, Signal or Viber, the sender's device fetches
the page for a preview; Slack, Telegram, Discord, Teams and Messenger fetch it from their servers.
Other tools throw these requests away as bots. Here each is a share event (visits/shares.py), and a
visit soon after it on the same page is likely one of its clicks. How likely depends on the page's
other visits: the clicks expected from earlier shares at this moment are compared with the direct
visits that the page has without them (context.py). Both have the same unit, so their ratio is the
odds that the visit came from a share.

If no preview was fetched, that speaks against a share, a little: some apps make none (WeChat),
servers cache theirs for days, and a link can have been shared before the log begins. How much it
means is learned from the site: from how often a share preceded visits that are known to be dark. It
means nothing if the input shows no fetches at all, as in analytics exports.

How soon clicks follow a fetch is assumed (visits/surroundings.py). On a news site direct visits in
the hour after a fetch were 2.1 times those in the hour before it (chandra729/theglobalreportlog2
and 3, 2016: 414 and 457 against 199 and 219). But the posts were public, and programs that open
each new post and load nothing were counted with the people. What people alone add has not been
measured: of four other real logs two hold one fetch each, and two hold none.
"""

from darksocial.expressions import ibis, ir
from darksocial.signals import Level, Signal
from darksocial.visits.conditions import is_direct, landed_deep

# From this cover on (context.py) a preview is usual on the site.
MIN_USUAL_COVER = 0.65
PREVIEW_REFERENCE = "odds from the expected clicks of shares (context.py), less the average odds"
CLASSES_WITHOUT_PREVIEW = ("direct", "lost_search", "lost_ai")


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
        (unseen & (visits.shares_cover >= MIN_USUAL_COVER), "none_where_usual"),
        (unseen, "none"),
    )


def _level(dark: float, note: str) -> Level:
    return Level(
        {"dark_social": dark} | dict.fromkeys(CLASSES_WITHOUT_PREVIEW, -dark / 10),
        note,
        PREVIEW_REFERENCE,
    )


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
            "no app fetched a preview first, although on this site one usually does",
            "learned from visits by messengers' own browsers; size assumed",
        ),
        "none": Level(
            {"dark_social": -1.0},
            "no app fetched a preview of this page in the two days before",
            "some apps make no previews, servers cache theirs: size assumed",
        ),
    },
    observe,
)
