"""There are too few or too many sessions.

Sessions of people: bots and link previews make none. A log without any is empty, belongs to another
host, or comes from a server that answers every request with an error.
"""

from darksocial.checks import NUMBER, Check, Criteria, Facts, Outcome, Parameter
from darksocial.checks._bounds import allowed, is_within
from darksocial.language import gettext as _
from darksocial.report.numbers import exact


def run(facts: Facts, criteria: Criteria) -> Outcome:
    sessions = facts.report.sessions
    is_good = is_within(criteria, sessions, sessions)
    return Outcome(is_good, exact(sessions), allowed(criteria, exact))


CHECK = Check(
    "sessions",
    _("There are too few or too many sessions."),
    (
        Parameter("at_least", NUMBER, 1, _("sessions")),
        Parameter("at_most", NUMBER, None, _("sessions")),
    ),
    run,
    _("see what was read: `darksocial analyze INPUT` shows hits, bots and rejects by file"),
)
