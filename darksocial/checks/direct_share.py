"""The share of sessions booked as Direct is out of bounds.

Sessions that GA4 would book as Direct, by all sessions. Where nearly everything is Direct, the
referrer is lost on the way (a redirect, a proxy, a Referrer-Policy) or not logged; where nothing
is, another tool has filled something in. The default bound is assumed.
"""

from darksocial.checks import COUNT, SHARE, Check, Facts, Given, Outcome, Parameter, skipped
from darksocial.checks._bounds import is_within, told
from darksocial.report.words import counted, percent


def run(facts: Facts, given: Given) -> Outcome:
    sessions, direct = facts.report.sessions, facts.report.dark_social.direct_sessions
    if sessions < given["sessions"] or not sessions:
        return skipped(f"{counted(sessions, 'session')}, too few to tell")
    share = direct / sessions
    return Outcome(
        is_within(given, share, share),
        f"{percent(share)}, {direct:,.0f} of {sessions:,.0f} sessions",
        told(given, percent),
    )


CHECK = Check(
    "direct_share",
    (
        Parameter("at_least", SHARE, None, "share of sessions"),
        Parameter("at_most", SHARE, 0.9, "share of sessions"),
        Parameter("sessions", COUNT, 30, "with fewer sessions nothing is told"),
    ),
    run,
    "see whether redirects or a proxy drop the Referer header, and what campaign links carry",
)
