"""Text that Markdown and HTML show as it is, whatever it holds."""

import re

from darksocial.printable import printable

SPECIAL = re.compile(r"[^\w\s.,;/%()'=?^°+:-]|_|:(?! )")
"""What can mean something in Markdown or HTML, begin a link or name a person."""
LINKED = re.compile(r"\b(www|mailto)(?=[.:])", re.IGNORECASE)
"""Beginnings of what GitHub and others make a link of without being told."""


def escaped(text: str) -> str:
    """Return text with all that could mean something as character references.

    Control and other invisible characters become U+FFFD.
    """
    safe = SPECIAL.sub(_reference, printable(text))
    return LINKED.sub(lambda found: _reference(found) + found[0][1:], safe)


def _reference(found: re.Match[str]) -> str:
    return f"&#{ord(found[0][0])};"
