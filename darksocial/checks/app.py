"""The number of dark social visits through an app is out of bounds.

Visits expected to have come through the app that the rule names, as the report's table of apps
counts them: visits whose app is known. `[app.whatsapp]` with `at_least = 1`.
"""

import math

from darksocial.checks import NUMBER, Check, Criteria, Facts, Outcome, Parameter
from darksocial.checks._bounds import allowed, is_within
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.lookups import apps
from darksocial.report.numbers import exact


def run(facts: Facts, criteria: Criteria) -> Outcome:
    expected = sum(row.expected for row in facts.report.apps if row.app == criteria.subject)
    actual = ngettext(
        "{n} visit through {app}", "{n} visits through {app}", math.ceil(expected)
    ).format(n=exact(expected), app=apps.label(criteria.subject))
    return Outcome(is_within(criteria, expected, expected), actual, allowed(criteria, exact))


CHECK = Check(
    "app",
    _("The number of dark social visits through an app is out of bounds."),
    (
        Parameter("at_least", NUMBER, None, _("expected visits")),
        Parameter("at_most", NUMBER, None, _("expected visits")),
    ),
    run,
    _("`darksocial explain DIR --app NAME` shows the evidence for an app's visits"),
    subject="app",
    subjects=apps.names,
)
