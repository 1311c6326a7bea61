"""There are too few or too many sessions.

Sessions of people: bots and link previews make none. A log without any is empty, of another host,
or of a server that answers nothing but errors.
"""

from darksocial.checks import NUMBER, Check, Facts, Given, Outcome, Parameter
from darksocial.checks._bounds import is_within, told
from darksocial.report.words import number


def run(facts: Facts, given: Given) -> Outcome:
    sessions = facts.report.sessions
    return Outcome(is_within(given, sessions, sessions), number(sessions), told(given, number))


CHECK = Check(
    "sessions",
    (
        Parameter("at_least", NUMBER, 1, "sessions"),
        Parameter("at_most", NUMBER, None, "sessions"),
    ),
    run,
    "look at what was read: `darksocial analyze INPUT` shows hits, bots and rejects by file",
)
