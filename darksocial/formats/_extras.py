"""Fields behind NCSA combined: which of them is the list of addresses that proxies write.

Where only the server's configuration says what the fields are, one is taken for X-Forwarded-For: a
list of addresses in quotes, in the same place of nearly all lines, and mostly from public networks,
as no address of a server behind a proxy is.
"""

import re
from collections.abc import Callable, Sequence
from itertools import zip_longest

from darksocial.formats import Bind
from darksocial.formats._networks import is_private
from darksocial.grammar.layout import ADDRESS_LIST, Layout

CELL = re.compile(r'"((?:[^"\\]|\\.)*)"|[^ ]+')
AFTER_AGENT = re.compile(r'" \d{3} (?:\d+|-) "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*" (.*)$')
LIST_OR_NONE = re.compile(rf"-?|{ADDRESS_LIST}")
PORT_OF_ADDRESS = re.compile(r"^(?:(\d+\.\d+\.\d+\.\d+)|\[([^\]]*)\]):\d+$")
MIN_LISTS, MIN_PUBLIC = 0.9, 0.5
MAX_CELLS = 12


def with_forwarded(plain: Layout, compiled: Callable[[str], Layout]) -> Bind:
    """Return the `bind` of a layout with extra fields: that with the list, if the file has one.

    `compiled` returns the layout with what a template says of the first extra fields.
    """

    def bind(head: Sequence[str]) -> Layout:
        rows = [
            list(CELL.finditer(match[1])) for line in head if (match := AFTER_AGENT.search(line))
        ]
        columns = list(zip_longest(*(row[:MAX_CELLS] for row in rows)))
        for place, column in enumerate(columns):
            if _is_forwarded(column):
                before = ('"{_}"' if _is_quoted(cells) else "{_}" for cells in columns[:place])
                return compiled(" ".join([*before, '"{forwarded}"']))
        return plain

    return bind


def _is_quoted(cells: Sequence[re.Match[str] | None]) -> bool:
    return all(cell is not None and cell[0].startswith('"') for cell in cells)


def _is_forwarded(cells: Sequence[re.Match[str] | None]) -> bool:
    """Return whether a column of cells holds lists of addresses, most of them public."""
    texts = [cell[1] for cell in cells if cell is not None and cell[1] is not None]
    lists = [text for text in texts if LIST_OR_NONE.fullmatch(text)]
    sent = [text for text in lists if text not in ("", "-")]
    public = sum(_is_public(text) for text in sent)
    return bool(sent) and len(lists) >= MIN_LISTS * len(cells) and public >= MIN_PUBLIC * len(sent)


def _is_public(text: str) -> bool:
    first = PORT_OF_ADDRESS.sub(r"\1\2", text.split(",")[0].strip())
    return is_private(first) is False
