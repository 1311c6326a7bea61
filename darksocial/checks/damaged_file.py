"""Files are damaged, or cut short.

A compressed file that ends in the middle was read as far as it goes; the rest of its lines is
missing from every number.
"""

from darksocial.checks import COUNT, Check, Criteria, Facts, Outcome, Parameter, Place
from darksocial.checks._bounds import count_at_most
from darksocial.language import gettext as _
from darksocial.language import ngettext


def run(facts: Facts, criteria: Criteria) -> Outcome:
    files = facts.report.inputs
    damaged = [file for file in files if file.warning]
    actual = ngettext("{damaged:,} of {n:,} file", "{damaged:,} of {n:,} files", len(files))
    return count_at_most(
        criteria,
        len(damaged),
        actual.format(damaged=len(damaged), n=len(files)),
        (Place(file.warning or "", file.file) for file in damaged),
    )


CHECK = Check(
    "damaged_file",
    _("Files are damaged, or cut short."),
    (Parameter("at_most", COUNT, 0, _("files")),),
    run,
    _("copy the file again from where it was written"),
)
