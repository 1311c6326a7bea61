"""Bots account for too many of the hits.

Hits of bots, whether they identify themselves or are recognised by their behaviour, divided by all
hits. They make no sessions, but where they dominate a log, the few people in it are hard to
distinguish. The default bound is assumed.
"""

from darksocial.checks import (
    SHARE,
    WARNING,
    Check,
    Criteria,
    Facts,
    Outcome,
    Parameter,
    Place,
    skipped,
)
from darksocial.checks._bounds import proportion_at_most
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.numbers import percent
from darksocial.report.values import CountRow


def run(facts: Facts, criteria: Criteria) -> Outcome:
    hits = sum(file.hits for file in facts.report.inputs)
    bots = sum(row.count for row in facts.report.bots)
    if not hits:
        return skipped(_("there are no hits"))
    actual = ngettext(
        "{proportion}, {bots:,} of {n:,} hit", "{proportion}, {bots:,} of {n:,} hits", hits
    ).format(proportion=percent(bots / hits), bots=bots, n=hits)
    return proportion_at_most(criteria, bots / hits, actual, map(_place, facts.report.bots))


def _place(row: CountRow) -> Place:
    text = ngettext("{reason}: {n:,} hit", "{reason}: {n:,} hits", row.count)
    return Place(text.format(reason=row.name, n=row.count))


CHECK = Check(
    "bot_share",
    _("Bots account for too many of the hits."),
    (Parameter("at_most", SHARE, 0.8, _("proportion of hits")),),
    run,
    _("see which bots the report lists; a rate limit or robots.txt keeps them away"),
    WARNING,
)
