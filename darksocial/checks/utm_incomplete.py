"""Campaign links carry incomplete UTM tags.

Sessions whose landing page has some UTM parameter, but not both utm_source and utm_medium,
divided by all sessions with any. GA4 needs both to book a campaign
(https://support.google.com/analytics/answer/10917952). Some are links that were cut on their way;
the default bound allows for those (assumed).
"""

from math import ceil
from typing import Any

from darksocial.checks import (
    COUNT,
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
from darksocial.expressions import ibis, ir
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups.utm import UTM
from darksocial.report.numbers import exact, percent


def run(facts: Facts, criteria: Criteria) -> Outcome:
    rows = facts.visits(_by_page).to_pylist()
    tagged = sum(row["tagged"] for row in rows)
    partial = sum(row["partial"] for row in rows)
    if tagged < criteria["sessions"] or not tagged:
        few = ngettext(
            "{n} session with UTM tags: too few sessions to say",
            "{n} sessions with UTM tags: too few sessions to say",
            round(tagged),
        )
        return skipped(few.format(n=exact(tagged)))
    actual = ngettext(
        "{proportion}, {partial} of {n} tagged session",
        "{proportion}, {partial} of {n} tagged sessions",
        round(tagged),
    ).format(proportion=percent(partial / tagged), partial=exact(partial), n=exact(tagged))
    places = (_place(row) for row in rows if row["partial"])
    return proportion_at_most(criteria, partial / tagged, actual, places)


def _place(row: dict[str, Any]) -> Place:
    text = ngettext("{page}: {n} session", "{page}: {n} sessions", ceil(row["partial"]))
    return Place(text.format(page=row["landing_path"], n=exact(row["partial"])))


def _by_page(visits: ir.Table) -> ir.Table:
    """Return tagged sessions by landing page, the pages with the most partial tags first."""
    tagged = visits.filter(ibis.or_(*(visits[name].notnull() for name in UTM)))
    partial = tagged.utm_source.isnull() | tagged.utm_medium.isnull()
    pages = tagged.group_by(landing_path=tagged.landing_path.fill_null("")).agg(
        tagged=tagged.weight.sum(), partial=ibis.ifelse(partial, tagged.weight, 0.0).sum()
    )
    return pages.order_by([pages.partial.desc(), pages.landing_path])


CHECK = Check(
    "utm_incomplete",
    _("Campaign links carry incomplete UTM tags."),
    (
        Parameter("at_most", SHARE, 0.05, _("proportion of the sessions with UTM tags")),
        Parameter("sessions", COUNT, 20, _("with fewer tagged sessions the check is skipped")),
    ),
    run,
    _("add utm_source and utm_medium to every campaign link"),
    WARNING,
)
