"""Text from a log that Markdown and HTML show as it is, whatever it holds.

darksocial's own words need no escapes, and a mail that is read as plain text would show them: they
are written as they are, with names in backticks.
"""

import re

from darksocial.printable import printable

INSIDE_WORD = r"(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])"
"""An underscore that begins no emphasis (https://spec.commonmark.org/0.31.2/#emphasis), as that in
`utm_source`."""
SPECIAL = re.compile(rf"[^\w\s.,;/%()'=?^°+:-]|(?!{INSIDE_WORD})_|:(?! )")
"""What can mean something in Markdown or HTML, begin a link or name a person."""
LINKED = re.compile(r"\b(www|mailto)(?=[.:])", re.IGNORECASE)
"""Beginnings of what GitHub and others make a link of without being told."""


def escaped(text: str) -> str:
    """Return text from a log with all that could mean something as character references.

    Control and other invisible characters become U+FFFD.
    """
    safe = SPECIAL.sub(_reference, printable(text))
    return LINKED.sub(lambda found: _reference(found) + found[0][1:], safe)


def _reference(found: re.Match[str]) -> str:
    return f"&#{ord(found[0][0])};"
