"""Files have no known format and were left out.

What was left out is not in any number. A folder often holds error logs as well: name only the files
that you mean, or allow some. Copies of a file that is read, and what darksocial wrote itself, do
not count: nothing in them is missing.
"""

from darksocial.checks import COUNT, Check, Criteria, Facts, Outcome, Parameter, Place
from darksocial.checks._bounds import count_at_most
from darksocial.inputs.copies import SAME_LINES
from darksocial.inputs.earlier import WRITTEN_BY_DARKSOCIAL
from darksocial.language import gettext as _
from darksocial.language import ngettext

NOTHING_MISSING = (SAME_LINES, WRITTEN_BY_DARKSOCIAL)
"""How the reasons begin for which a file is left out although it is no log that is missing."""


def run(facts: Facts, criteria: Criteria) -> Outcome:
    unread = [file for file in facts.report.unread if not file.reason.startswith(NOTHING_MISSING)]
    total = len(unread) + len(facts.report.inputs)
    actual = ngettext("{unread:,} of {n:,} file", "{unread:,} of {n:,} files", total)
    return count_at_most(
        criteria,
        len(unread),
        actual.format(unread=len(unread), n=total),
        (Place(file.reason, file.file) for file in unread),
    )


CHECK = Check(
    "unknown_format",
    _("Files have no known format and were left out."),
    (Parameter("at_most", COUNT, 0, _("files")),),
    run,
    _("use --log-format or --map, or name only the files that are logs"),
)
