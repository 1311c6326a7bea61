"""Icecast: NCSA combined, then the seconds that a listener stayed.

    203.0.113.7 - - [02/Mar/2026:09:14:05 +0100] "GET /live.ogg HTTP/1.1" 200 512000
    "https://www.example.org/radio" "VLC/3.0.21 LibVLC/3.0.21" 1800

(one line in the file). It gives the evidence of combined. Streams are media, not pages: visits come
from the pages that the same server shows.

Specification: https://icecast.org/docs/icecast-2.4.1/config-file.html#log
"""

from darksocial.formats import Format
from darksocial.formats.combined import COMBINED_DIRECTIVE
from darksocial.grammar.apache import compile_apache

FORMAT = Format("icecast", "Icecast access log", compile_apache(f"{COMBINED_DIRECTIVE} %T"))
