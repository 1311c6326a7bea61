"""The proportion of dark social in Direct is out of bounds.

Visits expected to be dark social, divided by the visits booked as Direct. The estimate has a 90%
interval, and the check fails only where all of it is out of bounds: uncertainty is no failure. The
default bound is assumed.
"""

from darksocial.checks import COUNT, SHARE, Check, Criteria, Facts, Outcome, Parameter, skipped
from darksocial.checks._bounds import allowed, is_within
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.numbers import exact, percent
from darksocial.report.words import hides_count


def run(facts: Facts, criteria: Criteria) -> Outcome:
    dark = facts.report.dark_social
    direct = dark.direct_sessions
    if hides_count(facts.report.cannot_tell):
        return skipped(_("it cannot be said, as the check cannot_tell says"))
    if dark.share_of_direct is None or direct < criteria["sessions"]:
        return skipped(
            ngettext(
                "{n} Direct session: too few sessions to say",
                "{n} Direct sessions: too few sessions to say",
                round(direct),
            ).format(n=exact(direct))
        )
    low, high = dark.direct_low / direct, dark.direct_high / direct
    return Outcome(
        is_within(criteria, low, high),
        _("{proportion}, between {low} and {high}").format(
            proportion=percent(dark.share_of_direct), low=percent(low), high=percent(high)
        ),
        allowed(criteria, percent),
    )


CHECK = Check(
    "dark_share",
    _("The proportion of dark social in Direct is out of bounds."),
    (
        Parameter("at_least", SHARE, None, _("proportion of the sessions booked as Direct")),
        Parameter("at_most", SHARE, 0.8, _("proportion of the sessions booked as Direct")),
        Parameter("sessions", COUNT, 30, _("with fewer Direct sessions the check is skipped")),
    ),
    run,
    _("`darksocial explain DIR` shows the evidence for each visit"),
)
