"""Campaign links carry UTM tags that lack a part.

Sessions whose landing page has some UTM parameter, but not both utm_source and utm_medium, by all
sessions with any. GA4 needs both to book a campaign
(https://support.google.com/analytics/answer/10917952). Some are links that were cut on their way;
the default bound leaves room for those (assumed).
"""

import ibis
import ibis.expr.types as ir

from darksocial.checks import (
    COUNT,
    SHARE,
    SHOWN,
    WARNING,
    Check,
    Facts,
    Given,
    Outcome,
    Parameter,
    Place,
    skipped,
)
from darksocial.lookups.utm import UTM
from darksocial.report.words import counted, number, percent


def run(facts: Facts, given: Given) -> Outcome:
    rows = facts.visits(_by_page).to_pylist()
    tagged = sum(row["tagged"] for row in rows)
    partial = sum(row["partial"] for row in rows)
    if tagged < given["sessions"] or not tagged:
        return skipped(f"{counted(tagged, 'session')} with UTM tags, too few to tell")
    return Outcome(
        partial / tagged <= given["at_most"],
        f"{percent(partial / tagged)}, {number(partial)} of {number(tagged)} tagged sessions",
        f"at most {percent(given['at_most'])}",
        tuple(
            Place(f"{row['landing_path']}: {counted(row['partial'], 'session')}")
            for row in rows[:SHOWN]
            if row["partial"]
        ),
    )


def _by_page(visits: ir.Table) -> ir.Table:
    """Tagged sessions by landing page, those with the most partial tags first."""
    tagged = visits.filter(ibis.or_(*(visits[name].notnull() for name in UTM)))
    partial = tagged.utm_source.isnull() | tagged.utm_medium.isnull()
    pages = tagged.group_by(landing_path=tagged.landing_path.fill_null("")).agg(
        tagged=tagged.weight.sum(), partial=ibis.ifelse(partial, tagged.weight, 0.0).sum()
    )
    return pages.order_by([pages.partial.desc(), pages.landing_path])


CHECK = Check(
    "utm_incomplete",
    (
        Parameter("at_most", SHARE, 0.05, "share of the sessions with UTM tags"),
        Parameter("sessions", COUNT, 20, "with fewer sessions with UTM tags nothing is told"),
    ),
    run,
    "give every campaign link utm_source and utm_medium",
    WARNING,
)
