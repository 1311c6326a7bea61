"""Cloudflare Logpush and Logpull: the dataset of HTTP requests.

    {"EdgeStartTimestamp":"2026-03-02T08:14:05Z","ClientIP":"203.0.113.7","ClientRequestMethod":
    "GET","ClientRequestHost":"www.example.org","ClientRequestURI":"/news/story?utm_source=letter",
    "EdgeResponseStatus":200,"ClientRequestReferer":"https://www.google.com/",
    "ClientRequestUserAgent":"Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Firefox/136.0"}

(one line in the file). The user chooses the fields; `EdgeStartTimestamp` must be among them, as
RFC 3339 or as a number of seconds, milliseconds or nanoseconds. `ClientRequestURI` has the query,
`ClientRequestPath`, read where the former is absent, has not. An empty text is null. Requests
that Cloudflare makes itself (`ClientRequestSource` other than `eyeball`: Workers' fetches, cache
purges, health checks) are left out and counted as excluded by the export.

It gives the evidence of a visit whose fields were chosen, and its country (`ClientCountry`);
without `ClientRequestReferer` how visits came is not known. Choose `ClientRequestReferer`,
`ClientRequestUserAgent`, `ClientRequestHost` and `ClientRequestURI`. The client is the visitor, so
no trusted proxy need be named.

Specification: https://developers.cloudflare.com/logs/reference/log-fields/zone/http_requests/
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

OWN_REQUESTS = (
    "purge|alwaysOnline|healthcheck|edgeWorkerFetch|edgeWorkerCacheAPI|edgeWorkerKV|imageResizing"
    "|sslDetector|earlyHintsCache"
)
"""Values of ClientRequestSource by which no visitor asked; the specification lists them at
https://developers.cloudflare.com/logs/reference/clientrequestsource/."""

FORMAT = Format(
    "cloudflare",
    "Cloudflare Logpush: HTTP requests",
    keys(
        needs=("EdgeStartTimestamp",),
        excluded={"ClientRequestSource": OWN_REQUESTS},
        time="EdgeStartTimestamp",
        client_ip="ClientIP",
        host="ClientRequestHost",
        method="ClientRequestMethod",
        url=("ClientRequestURI", "ClientRequestPath"),
        status="EdgeResponseStatus",
        bytes="EdgeResponseBytes",
        referrer="ClientRequestReferer",
        user_agent="ClientRequestUserAgent",
        country="ClientCountry",
    ),
)
