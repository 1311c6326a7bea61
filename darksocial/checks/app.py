"""Dark social through an app is out of bounds.

Visits expected to have come through the app that the rule names, as the report's table of apps
counts them: visits that something names the app for. `[app.whatsapp]` with `at_least = 1`.
"""

from darksocial.checks import NUMBER, Check, Facts, Given, Outcome, Parameter
from darksocial.checks._bounds import is_within, told
from darksocial.lookups import apps
from darksocial.report.words import number


def run(facts: Facts, given: Given) -> Outcome:
    expected = sum(row.expected for row in facts.report.apps if row.app == given.subject)
    return Outcome(
        is_within(given, expected, expected),
        f"{number(expected)} visits through {apps.label(given.subject)}",
        told(given, number),
    )


CHECK = Check(
    "app",
    (
        Parameter("at_least", NUMBER, None, "visits expected"),
        Parameter("at_most", NUMBER, None, "visits expected"),
    ),
    run,
    "`darksocial explain DIR --app NAME` shows what an app's visits rest on",
    subject="app",
    known=apps.names,
)
