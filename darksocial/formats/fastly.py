"""Fastly real-time log streaming in the JSON format that Fastly gives as its example.

    <134>2026-03-02T08:14:05Z cache-fra19120 site-log[482133]: {"timestamp":
    "2026-03-02T08:14:05+0000","client_ip":"203.0.113.7","host":"www.example.org","url":
    "/news/story","request_method":"GET","request_referer":"https://www.google.com/",
    "request_user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Firefox/136.0",
    "response_status":200,"response_body_size":5120,"fastly_is_edge":true}

(one line in the file). The syslog prefix is there or not, as the log's destination wants it; it is
removed. The format is the user's own: this format knows the keys of Fastly's example for JSON
destinations (S3, Google Cloud Storage, Azure, HTTPS and others). Other keys are read by the format
`mapped`, one of Apache directives (`%h %l %u %t ...`) with `--log-format`. `(null)` is what
Fastly writes for a header that was not sent; an empty text is null too. With shielding, a request
is logged at the edge and again at the shield: the latter (`fastly_is_edge` false) is left out and
counted as excluded by the export.

It gives all evidence of a visit, and its country (`geo_country`), but request headers such as
X-Requested-With. `client_ip` is the visitor (Fastly-Client-IP), so no trusted proxy need be named;
where another CDN is in front of Fastly, whether it is that CDN's depends on the service
(unconfirmed).

Specification: https://www.fastly.com/documentation/guides/integrations/streaming-logs/useful-log-formats/
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

TEXT_FOR_NO_HEADER = ("(null)",)

FORMAT = Format(
    "fastly",
    "Fastly log streaming: JSON",
    keys(
        needs=("timestamp", "url", "request_method", "response_status"),
        excluded={"fastly_is_edge": "false"},
        time="timestamp",
        client_ip="client_ip",
        host="host",
        method="request_method",
        url="url",
        status="response_status",
        bytes="response_body_size",
        referrer="request_referer",
        user_agent="request_user_agent",
        country="geo_country",
        nulls={
            "client_ip": TEXT_FOR_NO_HEADER,
            "host": TEXT_FOR_NO_HEADER,
            "referrer": TEXT_FOR_NO_HEADER,
            "user_agent": TEXT_FOR_NO_HEADER,
        },
    ),
)
