"""Traefik's access log as JSON.

    {"ClientHost":"203.0.113.7","Duration":31000000,"DownstreamStatus":200,"RequestHost":
    "www.example.org","RequestMethod":"GET","RequestPath":"/news/story","request_Referer":
    "https://www.google.com/","StartUTC":"2026-03-02T08:14:05.1Z"}

(one line in the file, shortened). Referrer and user agent are recorded only if the configuration
keeps these headers (`accessLog.fields.headers.names`): without them, how visits came is not known.

Specification: https://doc.traefik.io/traefik/observe/logs-and-access-logs/
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "traefik_json",
    "Traefik access log (JSON)",
    keys(
        needs=("RequestMethod", "RequestPath"),
        time=("StartUTC", "StartLocal", "time"),
        client_ip=("ClientHost", "ClientAddr"),
        forwarded="request_X-Forwarded-For",
        host=("RequestHost", "RequestAddr"),
        method="RequestMethod",
        url="RequestPath",
        status=("DownstreamStatus", "OriginStatus"),
        bytes="DownstreamContentSize",
        referrer=("request_Referer", "request_referer"),
        user_agent=("request_User-Agent", "request_user-agent"),
        user="ClientUsername",
        duration_ns="Duration",
    ),
)
