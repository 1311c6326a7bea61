"""Vercel's log drains: JSON lines, or the JSON lists in which they are sent.

    {"id":"1772439245123001","deploymentId":"dpl_1","source":"static","host":"www.example.org",
    "timestamp":1772439245123,"projectId":"prj_1","level":"info","requestId":"fra1::a-1","proxy":
    {"timestamp":1772439245120,"method":"GET","host":"www.example.org","path":"/news/story?id=7",
    "userAgent":["Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"],
    "referer":"https://www.google.com/","statusCode":200,"clientIp":"203.0.113.7","scheme":"https"}}

(one line in the file). A drain carries whatever a deployment logs: what has no `proxy` (builds,
messages of external services) is no request and counts as a comment. Each line that a function
prints carries the request again; those with the same `requestId` count once. Status -1 is a page
that was made anew in the background, for nobody: it is a reject ("excluded by the export").

It gives all evidence of a visit. The client is the visitor, so no trusted proxy need be named. A
drain may be a sample of the requests: set its rate to 100%.

Specification: https://vercel.com/docs/drains/reference/logs
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "vercel",
    "Vercel, log drain",
    keys(
        needs=("deploymentId", "source", "proxy.path", "proxy.method"),
        requests_have=("proxy",),
        excluded={"proxy.statusCode": "-1"},
        time=("proxy.timestamp", "timestamp"),
        client_ip="proxy.clientIp",
        host=("proxy.host", "host"),
        method="proxy.method",
        url="proxy.path",
        status="proxy.statusCode",
        bytes="proxy.responseByteSize",
        referrer="proxy.referer",
        user_agent="proxy.userAgent[0]",
        event_key="requestId",
    ),
)
