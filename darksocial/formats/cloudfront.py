"""Amazon CloudFront standard log: tab-separated columns under a `#Fields:` line.

    #Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status ...
    2026-03-02  08:14:05  FRA56-P4  5120  203.0.113.7  GET  d111111abcdef8.cloudfront.net
    /news/story  200  https://www.google.com/  Mozilla/5.0%20(X11;%20Linux%20x86_64;%20rv:136.0)
    utm_source=letter  ...

(two lines in the file, with tabs between the columns). Times are UTC. 33 columns today, 12 to 26 in
older files; the header decides, and a file without one is taken to have today's. The host is
`x-host-header`, which the visitor asked for, before `cs(Host)`, the distribution's own name.
Spaces and other characters are written as `%20`; in the user agent of older files as `%2520`, so
it is decoded twice. Path, query and referrer stay as they are logged. Status 000 says that the
visitor left before the answer.

It gives all evidence of a visit but request headers such as X-Requested-With. `cs-bytes` is the
size of the request and not read. A query is logged whether or not CloudFront forwards it. Where
a proxy is in front of CloudFront, `--trusted-proxy` lets `x-forwarded-for` count. Copies of a log
in which tabs have become spaces are not read.

Specification: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
"""

from darksocial.formats import Format
from darksocial.grammar.columns import columns

COLUMNS = (
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(Referer)",
    "cs(User-Agent)",
    "cs-uri-query",
    "cs(Cookie)",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "fle-status",
    "fle-encrypted-fields",
    "c-port",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
    "sc-content-type",
    "sc-content-len",
    "sc-range-start",
    "sc-range-end",
)
# Columns up to the query: the logs of 2010 had only these.
MIN_COLUMNS = 12
CLOUDFRONT_FIELDS = {
    "date": "date",
    "clock": "time",
    "client_ip": "c-ip",
    "forwarded": "x-forwarded-for",
    "host": ("x-host-header", "cs(Host)"),
    "method": "cs-method",
    "path": "cs-uri-stem",
    "query": "cs-uri-query",
    "status": "sc-status",
    "bytes": "sc-bytes",
    "referrer": "cs(Referer)",
    "user_agent": "cs(User-Agent)",
    "duration_s": "time-taken",
}
DECODE = {"user_agent": "percent"}

FORMAT = Format(
    "cloudfront",
    "Amazon CloudFront standard log",
    columns(
        COLUMNS,
        "\t",
        CLOUDFRONT_FIELDS,
        header="#Fields:",
        min_columns=MIN_COLUMNS,
        decode=DECODE,
    ),
)
