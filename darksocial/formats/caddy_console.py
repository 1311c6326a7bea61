r"""Caddy's access log in the console encoding: time, level, logger and message before the JSON.

    2026/03/02 08:14:05.123	INFO	http.log.access	handled request	{"request":{"remote_ip":
    "203.0.113.7","method":"GET","host":"www.example.org","uri":"/news/story","headers":{}},
    "status":200}

(one line in the file, with tabs). It gives the evidence of Caddy's JSON. Times are UTC unless
`--timezone` says otherwise.

Specification: https://caddyserver.com/docs/caddyfile/directives/log#console
"""

from darksocial.formats import Format
from darksocial.formats.caddy import CADDY_FIELDS
from darksocial.grammar.keys import keys

FORMAT = Format(
    "caddy_console",
    "Caddy access log (console)",
    keys(
        CADDY_FIELDS,
        prefix=r"^(?P<time>[^\t]+)\t(?:INFO|ERROR|info|error)\t(?:http\.log\.access[^\t]*\t)"
        r"handled request\t",
        needs=("request.method", "request.uri"),
    ),
)
