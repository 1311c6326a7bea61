"""The proportion of sessions booked as Direct is out of bounds.

Sessions that GA4 would book as Direct, divided by all sessions, both without likely bots. Where
nearly everything is Direct, the referrer is lost on the way (a redirect, a proxy, a
Referrer-Policy) or not logged; where nothing is, another tool has filled something in. The default
bound is assumed.
"""

from darksocial.checks import COUNT, SHARE, Check, Criteria, Facts, Outcome, Parameter, skipped
from darksocial.checks._bounds import allowed, is_within
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.numbers import exact, percent


def run(facts: Facts, criteria: Criteria) -> Outcome:
    sessions = facts.report.sessions - facts.report.likely_bots.sessions
    direct = facts.report.dark_social.direct_sessions
    if sessions < criteria["sessions"] or not sessions:
        return skipped(
            ngettext(
                "{n} session: too few sessions to say",
                "{n} sessions: too few sessions to say",
                round(sessions),
            ).format(n=exact(sessions))
        )
    actual = ngettext(
        "{proportion}, {direct} of {n} session",
        "{proportion}, {direct} of {n} sessions",
        round(sessions),
    ).format(proportion=percent(direct / sessions), direct=exact(direct), n=exact(sessions))
    is_good = is_within(criteria, direct / sessions, direct / sessions)
    return Outcome(is_good, actual, allowed(criteria, percent))


CHECK = Check(
    "direct_share",
    _("The proportion of sessions booked as Direct is out of bounds."),
    (
        Parameter("at_least", SHARE, None, _("proportion of sessions")),
        Parameter("at_most", SHARE, 0.9, _("proportion of sessions")),
        Parameter("sessions", COUNT, 30, _("with fewer sessions the check is skipped")),
    ),
    run,
    _(
        "see whether redirects or a proxy drop the Referer header, and how campaign links are "
        "tagged"
    ),
)
