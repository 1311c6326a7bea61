"""Text from a log, escaped so that Markdown and HTML show it unchanged.

darksocial's own words need no escapes, and a mail that is read as plain text would show them, so
they are written unchanged, with names in backticks.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from darksocial.printable import printable

INSIDE_WORD = r"(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])"
"""An underscore that begins no emphasis (https://spec.commonmark.org/0.31.2/#emphasis), as that in
`utm_source`."""
INSIDE_TIME = r"(?<=\b\d\d):(?=\d\d\b)"
"""A colon that begins no link, as that in `23:37`."""
SPECIAL = re.compile(rf"[^\w\s.,;/%()'=?^°+:-]|(?!{INSIDE_WORD})_|(?!{INSIDE_TIME}):(?! )")
"""What can mean something in Markdown or HTML, begin a link or mention a user."""
LINKED = re.compile(r"\b(www|mailto)(?=[.:])", re.IGNORECASE)
"""How text begins that GitHub and others turn into a link by themselves."""


def escaped(text: str) -> str:
    """Return text from a log with every character that has a meaning there as a reference.

    Control and other invisible characters become U+FFFD.
    """
    safe = SPECIAL.sub(_reference, printable(text))
    return LINKED.sub(lambda link: _reference(link) + link[0][1:], safe)


def _reference(character: re.Match[str]) -> str:
    return f"&#{ord(character[0][0])};"


def table_lines(
    headings: Sequence[str], numbers: Sequence[bool], rows: Iterable[Sequence[str]]
) -> Iterator[str]:
    """Yield the lines of a table; `numbers` says of each column whether it is aligned to the right.

    Headings and cells are written unchanged: text from a log has to be `escaped` before.
    """
    yield _row_line(headings)
    yield _row_line(["---:" if is_number else "---" for is_number in numbers])
    yield from map(_row_line, rows)


def _row_line(cells: Iterable[str]) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cells)} |"
