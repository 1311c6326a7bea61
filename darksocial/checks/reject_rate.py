"""Too many lines could not be read.

Rejected lines divided by all lines but blanks and comments, over all inputs. A few are normal:
attackers and broken clients send requests that are not HTTP. Many mean that the format has changed.
"""

from darksocial.checks import SHARE, Check, Criteria, Facts, Outcome, Parameter, Place
from darksocial.checks._bounds import proportion_at_most
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.report.numbers import percent
from darksocial.report.values import RejectRow


def run(facts: Facts, criteria: Criteria) -> Outcome:
    rejects = sum(file.rejects for file in facts.report.inputs)
    lines = rejects + sum(file.hits for file in facts.report.inputs)
    proportion = rejects / lines if lines else 0.0
    actual = ngettext(
        "{proportion}, {rejects:,} of {n:,} line", "{proportion}, {rejects:,} of {n:,} lines", lines
    ).format(proportion=percent(proportion), rejects=rejects, n=lines)
    return proportion_at_most(criteria, proportion, actual, map(_place, facts.report.rejects))


def _place(row: RejectRow) -> Place:
    file, _colon, line = row.example.rpartition(":")
    text = ngettext(
        "{reason}: {n:,} line, the first here", "{reason}: {n:,} lines, the first here", row.lines
    )
    return Place(text.format(reason=row.reason, n=row.lines), file, int(line))


CHECK = Check(
    "reject_rate",
    _("Too many lines could not be read."),
    (Parameter("at_most", SHARE, 0.01, _("proportion of lines")),),
    run,
    _("`darksocial formats FILE` shows a file's format and which line does not match it"),
)
