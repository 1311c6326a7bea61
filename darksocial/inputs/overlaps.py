"""Tables of one export that hold the same visits: one of them is read.

Plausible's export is a zip archive or a folder of tables with a period in their names, among them
one of sources and one of entry pages, both of all visits (https://plausible.io/docs/csv-import).
The table that says how visits came is read.
"""

import re
from pathlib import PurePath

from darksocial.inputs.accounts import Inputs
from darksocial.inputs.copies import Head
from darksocial.inputs.file import Input
from darksocial.language import gettext as _

# The formats of the table that is read, and of that with the same visits.
BY_SOURCE, BY_PAGE = "plausible_sources", "plausible_entry_pages"
PERIOD = re.compile(r"\d{8}_\d{8}")


def leave_out_overlapping(inputs: Inputs, heads: list[Head]) -> None:
    """Leave out the inputs whose visits another table of their export holds; `heads` go along."""
    read = {_place(entry): entry for entry in inputs.read if entry.parsing.name == BY_SOURCE}
    same = {
        entry.number: _("holds the same visits as {name}").format(name=read[place].name)
        for entry in inputs.read
        if entry.parsing.name == BY_PAGE and (place := _place(entry)) in read and place[1]
    }
    heads[:] = [head for number, head in enumerate(heads) if number not in same]
    inputs.leave_out(same)


def _place(entry: Input) -> tuple[str, str]:
    """Return the archive or folder of a table, and the period in its name, '' if there is none."""
    name = entry.file.member or entry.file.path
    folder = entry.file.path if entry.file.member else str(PurePath(entry.file.path).parent)
    period = PERIOD.search(name)
    return folder, period[0] if period else ""
