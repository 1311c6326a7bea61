"""Days are missing.

Days (UTC) without any hit, bots included, between the first day and the last: a rotated file that
was left out, a full disk, a server that was down. What is missing is in no number.
"""

from datetime import date, timedelta
from itertools import pairwise

from darksocial.checks import COUNT, Check, Criteria, Facts, Outcome, Parameter, Place, skipped
from darksocial.checks._bounds import count_at_most
from darksocial.checks._hours import visitors_by_hour
from darksocial.language import gettext as _
from darksocial.language import ngettext


def run(facts: Facts, criteria: Criteria) -> Outcome:
    days = sorted({hour.date() for hour in visitors_by_hour(facts)})
    if not days:
        return skipped(_("no times are recorded"))
    gaps = [(a + timedelta(days=1), (b - a).days - 1) for a, b in pairwise(days)]
    missing, span = sum(length for _start, length in gaps), (days[-1] - days[0]).days + 1
    actual = ngettext("{missing:,} of {n:,} day", "{missing:,} of {n:,} days", span)
    return count_at_most(
        criteria,
        missing,
        actual.format(missing=missing, n=span),
        (_place(start, length) for start, length in gaps if length),
    )


def _place(start: date, length: int) -> Place:
    text = ngettext("{n:,} day from {start}", "{n:,} days from {start}", length)
    return Place(text.format(n=length, start=start))


CHECK = Check(
    "missing_days",
    _("Days are missing."),
    (Parameter("at_most", COUNT, 0, _("days")),),
    run,
    _("name all parts of a rotated log, and see whether the server logged on these days"),
)
