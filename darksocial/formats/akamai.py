"""Akamai DataStream 2 in JSON.

    {"version":1,"cp":"123456","reqTimeSec":"1772439245.120","bytes":"5120","cliIP":"203.0.113.7",
    "statusCode":"200","proto":"HTTPS","reqHost":"www.example.org","reqMethod":"GET","reqPath":
    "/news/story","queryStr":"utm_source=letter","UA":"Mozilla/5.0%20(X11;%20Linux%20x86_64)",
    "referer":"https%3A%2F%2Fwww.google.com%2F"}

(one line in the file). The user chooses the fields; `reqTimeSec` (seconds since 1970) and `reqPath`
must be among them. Akamai leaves out null fields. Spaces and characters beyond US-ASCII are
percent-encoded, in the sample of the specification slashes and colons too, so user agent and
referrer are decoded; path and query stay as they are. (That sample writes spaces as `+`: these
stay; whether real streams have them is unconfirmed.) The query is logged only where the property
counts all query parameters to the cache key, by the specification of the stream's first version.

It gives the evidence of a visit whose fields were chosen, and its country (`country`); without
`referer` how visits came is not known, without `queryStr` tags are lost. Where a proxy is in front
of Akamai, choose `xForwardedFor` and name the proxy with `--trusted-proxy`. None of the logged
times is the whole, so no duration is read. The other form, separated by spaces or tabs, has no
names and is not read.

Specification: https://techdocs.akamai.com/datastream2/docs/data-set-parameters and
https://techdocs.akamai.com/datastream2/docs/log-format-1
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "akamai",
    "Akamai DataStream 2: JSON",
    keys(
        needs=("reqTimeSec", "reqPath"),
        time="reqTimeSec",
        client_ip="cliIP",
        forwarded="xForwardedFor",
        host="reqHost",
        method="reqMethod",
        path="reqPath",
        query="queryStr",
        status="statusCode",
        bytes="bytes",
        referrer="referer",
        user_agent="UA",
        country="country",
        decode={"referrer": "percent", "user_agent": "form", "forwarded": "percent"},
    ),
)
