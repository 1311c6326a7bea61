"""A log in which servers spell the paths of pages in their own ways."""

from urllib.parse import quote
from zlib import crc32

from darksocial.simulation.log import Log

ASCII = "".join(map(chr, range(0x80)))


def _upper(text: str) -> str:
    return quote(text, safe=ASCII)


def _lower(text: str) -> str:
    return "".join(c if c.isascii() else _upper(c).lower() for c in text)


def _decoded(text: str) -> str:
    return text


SPELLINGS = (_upper, _lower, _decoded)
"""As Apache logs what most browsers send, as it logs what some programs send, and as IIS does."""


class SpellingsLog(Log):
    """A log of several servers, each of which answers the same addresses all the time."""

    def line(
        self, sender: str, request: str, status: int, size: str, referrer: str, agent: str
    ) -> str:
        """Return a hit as a line. Browsers encode referrers in upper case."""
        spelled = SPELLINGS[crc32(sender.partition(" ")[0].encode()) % len(SPELLINGS)]
        return super().line(sender, spelled(request), status, size, _upper(referrer), agent)
