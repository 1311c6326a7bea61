"""The input does not record what the estimate needs.

Without referrers, user agents or the addresses of clients, and from a log of an hour or less, the
number of dark visits cannot be said, nor from sums of visits without landing pages; from sums with
these, without fetches of link previews, or without images, styles and scripts, its range is wider.
`cannot_tell` in summary.json names the same. The bounds of each are in docs/schema.md.
"""

from darksocial.checks import COUNT, WARNING, Check, Criteria, Facts, Outcome, Parameter, Place
from darksocial.checks._bounds import count_at_most
from darksocial.language import gettext as _
from darksocial.report.words import listed_reasons


def run(facts: Facts, criteria: Criteria) -> Outcome:
    missing = facts.report.cannot_tell
    actual = listed_reasons(missing) if missing else _("nothing is missing")
    return count_at_most(criteria, len(missing), actual, (Place(entry.says) for entry in missing))


CHECK = Check(
    "cannot_tell",
    _("The input does not record what the estimate needs."),
    (Parameter("at_most", COUNT, 0, _("number of things that cannot be said")),),
    run,
    _("log the fields that are named, or read a longer part of the log"),
    WARNING,
)
