"""Icecast: NCSA combined, then the seconds that a listener stayed.

    203.0.113.7 - - [02/Mar/2026:09:14:05 +0100] "GET /live.ogg HTTP/1.1" 200 512000
    "https://www.example.org/radio" "VLC/3.0.21 LibVLC/3.0.21" 1800

(one line in the file). Some of the first lines must ask for media or come from a source of them:
other servers write a number in the same place that counts no seconds (Jetty: milliseconds). It
gives the evidence of combined. Streams are media, not pages: visits come from the pages that the
same server shows.

Specification: https://icecast.org/docs/icecast-2.4.1/config-file.html#log
"""

import re
from collections.abc import Sequence

from darksocial.formats import Format
from darksocial.formats.combined import COMBINED_DIRECTIVE
from darksocial.grammar.apache import compile_apache
from darksocial.grammar.layout import Layout

ICECAST_GRAMMAR = compile_apache(f"{COMBINED_DIRECTIVE} %T")
MEDIA = re.compile(r'"(?:SOURCE /|GET /[^ "]*\.(?:aac|flac|m3u8?|mp3|og[agv]|opus|webm|xspf)[ ?])')


def bind(head: Sequence[str]) -> Layout | None:
    """Return the layout if some of the first lines ask for media."""
    return ICECAST_GRAMMAR if any(map(MEDIA.search, head)) else None


FORMAT = Format("icecast", "Icecast access log", ICECAST_GRAMMAR, bind)
