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
The time taken is seconds in v2 and milliseconds in v1, which no field tells apart: it is not read.

**No referrer is recorded: how visits came is not known**, and every visit without a tag looks
direct. The log still gives user agents (in-app browsers, link previews), tags in URLs and the
host. `clientIP` is the immediate client: behind a CDN it is the CDN's machine, since
X-Forwarded-For is not logged.

Specification: https://learn.microsoft.com/en-us/azure/application-gateway/monitor-application-gateway-reference
"""

from collections.abc import Sequence

from darksocial.formats import Format
from darksocial.grammar.keys import Keys, keys

CATEGORIES = ("ApplicationGatewayAccessLog",)


def grammar(within: str) -> Keys:
    """Return the keys of a record whose paths begin with `within`."""
    properties = f"{within}properties."
    return keys(
        needs=(f"{properties}clientIP", f"{properties}httpMethod", f"{properties}httpStatus"),
        only={f"{within}category": CATEGORIES},
        each="records",
        time=(f"{within}timeStamp", f"{within}time"),
        client_ip=f"{properties}clientIP",
        host=(f"{properties}originalHost", f"{properties}host"),
        method=f"{properties}httpMethod",
        url=(f"{properties}originalRequestUriWithArgs", f"{properties}requestUri"),
        status=f"{properties}httpStatus",
        bytes=f"{properties}sentBytes",
        user_agent=f"{properties}userAgent",
    )


SINGLE, BATCHED = grammar(""), grammar("records.")


def bind(head: Sequence[str]) -> Keys:
    """Return the grammar of batches if the first records came in such."""
    found = BATCHED if any(map(BATCHED.matches, head)) else SINGLE
    return found.told_by(head)


FORMAT = Format("azure_app_gateway", "Azure Application Gateway access log", SINGLE, bind)
