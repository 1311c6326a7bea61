"""UTM values contain spaces.

A space in a link is written as `%20` or `+`, and programs that copy, shorten or wrap links break
there: the rest of the tag is lost. Spaces at the ends of a value do no harm: they are trimmed.
"""

from math import ceil

from darksocial.checks import COUNT, WARNING, Check, Criteria, Facts, Outcome, Parameter, Place
from darksocial.checks._bounds import count_at_most
from darksocial.checks._tags import values
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.numbers import exact


def run(facts: Facts, criteria: Criteria) -> Outcome:
    spaced = [row for row in values(facts) if any(c.isspace() for c in row[1])]
    ranked = sorted(spaced, key=lambda row: (-row[2], row[:2]))
    actual = ngettext("{n:,} value", "{n:,} values", len(spaced)).format(n=len(spaced))
    return count_at_most(criteria, len(spaced), actual, (_place(*row) for row in ranked))


def _place(name: str, value: str, sessions: float) -> Place:
    text = ngettext(
        "{name}: {value!r}, {n} session", "{name}: {value!r}, {n} sessions", ceil(sessions)
    )
    return Place(text.format(name=name, value=value, n=exact(sessions)))


CHECK = Check(
    "utm_spaces",
    _("UTM values contain spaces."),
    (Parameter("at_most", COUNT, 0, _("values with a space inside")),),
    run,
    _("write a hyphen or an underscore between words"),
    WARNING,
)
