"""The share of dark social in Direct is out of bounds.

Visits expected to be dark social, by those booked as Direct. The estimate has a 90% interval, and
the check fails only where all of it is out of bounds: what the estimate cannot tell is no failure.
The default bound is assumed.
"""

from darksocial.checks import COUNT, SHARE, Check, Facts, Given, Outcome, Parameter, skipped
from darksocial.checks._bounds import is_within, told
from darksocial.report.words import counted, percent


def run(facts: Facts, given: Given) -> Outcome:
    dark = facts.report.dark_social
    if dark.share_of_direct is None or dark.direct_sessions < given["sessions"]:
        return skipped(f"{counted(dark.direct_sessions, 'Direct session')}, too few to tell")
    low, high = (bound / dark.direct_sessions for bound in (dark.direct_low, dark.direct_high))
    return Outcome(
        is_within(given, low, high),
        f"{percent(dark.share_of_direct)}, between {percent(low)} and {percent(high)}",
        told(given, percent),
    )


CHECK = Check(
    "dark_share",
    (
        Parameter("at_least", SHARE, None, "share of the sessions booked as Direct"),
        Parameter("at_most", SHARE, 0.8, "share of the sessions booked as Direct"),
        Parameter("sessions", COUNT, 30, "with fewer Direct sessions nothing is told"),
    ),
    run,
    "`darksocial explain DIR` shows what visits are judged by",
)
