"""Azure Application Gateway: the access log.

    {"timeStamp":"2026-03-02T08:14:05+00:00","category":"ApplicationGatewayAccessLog","properties":{
    "clientIP":"203.0.113.7","httpMethod":"GET","originalRequestUriWithArgs":"/news/story?page=2",
    "requestUri":"/news/story","userAgent":"Mozilla/5.0 (X11; Linux x86_64) Firefox/136.0",
    "httpStatus":200,"sentBytes":5120,"originalHost":"www.example.org"},...}

(one line in the file). Storage accounts hold one record a line; Event Hubs and some documents hold
batches, `{"records":[...]}`, which are read too. Times are UTC. Records of other categories (the
firewall, performance) are counted as comments. Path and query are those that the visitor asked
for, before a rewrite. Records of the first generation and of early v2 have no
`originalRequestUriWithArgs`: there the query is not read, since `requestQuery` held other things.
The time taken is seconds in v2 and milliseconds in v1, and no field says which: it is not read.

**No referrer is recorded: how visits came is not known**, and every visit without a tag looks
direct. The log still gives user agents (in-app browsers, link previews), tags in URLs and the
host. `clientIP` is the immediate client: behind a CDN it is the CDN's machine, since
X-Forwarded-For is not logged.

Specification: https://learn.microsoft.com/en-us/azure/application-gateway/monitor-application-gateway-reference
"""

from functools import partial

from darksocial.formats import Format
from darksocial.grammar.keys import bind_batches, keys

GATEWAY_RECORD = keys(
    needs=("properties.clientIP", "properties.httpMethod", "properties.httpStatus"),
    only={"category": ("ApplicationGatewayAccessLog",)},
    each="records",
    time=("timeStamp", "time"),
    client_ip="properties.clientIP",
    host=("properties.originalHost", "properties.host"),
    method="properties.httpMethod",
    url=("properties.originalRequestUriWithArgs", "properties.requestUri"),
    status="properties.httpStatus",
    bytes="properties.sentBytes",
    user_agent="properties.userAgent",
)

FORMAT = Format(
    "azure_app_gateway",
    "Azure Application Gateway access log",
    GATEWAY_RECORD,
    partial(bind_batches, single=GATEWAY_RECORD, name="records"),
)
