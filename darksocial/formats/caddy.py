"""Caddy's access log as JSON, its default.

    {"level":"info","ts":1772439245.1,"logger":"http.log.access","msg":"handled request","request":
    {"remote_ip":"203.0.113.7","client_ip":"203.0.113.7","method":"GET","host":"www.example.org",
    "uri":"/news/story","headers":{"Referer":["https://www.google.com/"],"User-Agent":["Mozilla/5.0
    (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"]}},"duration":0.031,"size":5120,
    "status":200}

(one line in the file). It gives all evidence of a visit. `client_ip` is the client behind proxies
that Caddy trusts. Messages of the server itself count as comments. Times may be epochs or ISO 8601.

Specification: https://caddyserver.com/docs/caddyfile/directives/log
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

CADDY_FIELDS = {
    "client_ip": ("request.client_ip", "request.remote_ip", "request.remote_addr"),
    "forwarded": "request.headers.X-Forwarded-For[0]",
    "host": "request.host",
    "method": "request.method",
    "url": "request.uri",
    "status": "status",
    "bytes": "size",
    "referrer": "request.headers.Referer[0]",
    "user_agent": "request.headers.User-Agent[0]",
    "user": "user_id",
    "duration_s": "duration",
    "purpose": ("request.headers.Sec-Purpose[0]", "request.headers.Purpose[0]"),
}

FORMAT = Format(
    "caddy",
    "Caddy access log (JSON)",
    keys(
        CADDY_FIELDS,
        needs=("request.method", "request.uri"),
        only={"msg": ("handled request",)},
        time="ts",
    ),
)
