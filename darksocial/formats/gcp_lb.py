"""Google Cloud load balancers (and Cloud Run, Cloud CDN): LogEntry with httpRequest.

    {"timestamp":"2026-03-02T08:14:05.612441Z","logName":"projects/site/logs/requests",
    "httpRequest":{"requestMethod":"GET","requestUrl":"https://www.example.org/news/story",
    "status":200,"responseSize":"5120","remoteIp":"203.0.113.7","referer":
    "https://www.google.com/","userAgent":"Mozilla/5.0 (X11; Linux x86_64) Firefox/136.0"},...}

(one line in the file). Exports to Cloud Storage and Pub/Sub and `gcloud logging read --format json`
write this. Times are RFC 3339 with up to nine digits. Integers of 64 bits are texts, `remoteIp` may
have a port, and null fields are left out, so a visit without referrer has no `referer`. The time
taken is a text with a unit (`0.171373s`) and not read. All services that log requests as a
LogEntry are read alike; tables of BigQuery are not. Entries without `httpRequest`, such as what a
program on Cloud Run prints, are no requests and count as comments.

It gives all evidence of a visit but request headers such as X-Requested-With. The share of
requests that is logged is set for each backend (`sampleRate`): below 1 visits are missing, and
nothing in the log says so. `remoteIp` is the client of the load balancer: behind another CDN it is
that CDN's machine, since X-Forwarded-For is not logged.

Specification: https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry and
https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "gcp_lb",
    "Google Cloud load balancer",
    keys(
        needs=("timestamp", "logName", "httpRequest.requestUrl"),
        requests_have=("httpRequest",),
        time="timestamp",
        client_ip="httpRequest.remoteIp",
        method="httpRequest.requestMethod",
        url="httpRequest.requestUrl",
        status="httpRequest.status",
        bytes="httpRequest.responseSize",
        referrer="httpRequest.referer",
        user_agent="httpRequest.userAgent",
    ),
)
