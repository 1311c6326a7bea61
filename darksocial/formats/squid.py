"""Squid's native format.

    1772439245.123    31 203.0.113.7 TCP_MISS/200 5120 GET http://www.example.org/news/story -
    HIER_DIRECT/198.51.100.1 text/html

(one line in the file). Neither referrer nor user agent is recorded, so how visits came is not
known; `logformat combined` in squid.conf records both.

Specification: https://wiki.squid-cache.org/Features/LogFormat
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

FORMAT = Format(
    "squid",
    "Squid native",
    compile_template(
        r"{time:epoch_s} {duration_ms= *\d+|-} {client_ip} {_}/{status} {bytes} {method} {url} "
        "{user} {_}/{_}",
        extras=True,
    ),
)
