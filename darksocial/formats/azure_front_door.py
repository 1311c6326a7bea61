"""Azure Front Door (Standard, Premium and classic): the access log.

    {"time":"2026-03-02T08:14:05.8383427Z","category":"FrontDoorAccessLog","properties":{
    "httpMethod":"GET","requestUri":"https://www.example.org:443/news/story","responseBytes":"5120",
    "userAgent":"Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Firefox/136.0","clientIp":"203.0.113.7",
    "socketIp":"203.0.113.7","timeTaken":"0.003","httpStatusCode":"200",
    "referer":"https://www.google.com/"},...}

(one line in the file). Storage accounts hold one record a line; Event Hubs and some documents hold
batches, `{"records":[...]}`, which are read too. Times are UTC with seven digits. Records of other
categories (health probes, the firewall) are counted as comments. Where an origin shield answered
an edge, the request is logged twice: the record of the shield (`isReceivedFromClient` false) is
left out and counted as excluded by the export.

It gives all evidence of a visit but request headers such as X-Requested-With. The samples of the
classic Front Door have no `referer`: there how visits came is not known. `clientIp` is what
X-Forwarded-For says if the request had one, which anybody can write, so the client is `socketIp`
unless that is a `--trusted-proxy`. Status 0 says that the origin did not answer in time.

Specification: https://learn.microsoft.com/en-us/azure/frontdoor/front-door-diagnostics
"""

from functools import partial

from darksocial.formats import Format
from darksocial.grammar.keys import bind_batches, keys

FRONT_DOOR_RECORD = keys(
    needs=("properties.requestUri", "properties.httpStatusCode"),
    only={"category": ("FrontDoorAccessLog", "FrontdoorAccessLog")},
    excluded={"properties.isReceivedFromClient": "false"},
    each="records",
    time="time",
    client_ip=("properties.socketIp", "properties.clientIp"),
    forwarded="properties.clientIp",
    host="properties.hostName",
    method="properties.httpMethod",
    url="properties.requestUri",
    status="properties.httpStatusCode",
    bytes="properties.responseBytes",
    referrer=("properties.referer", "properties.referrer"),
    user_agent="properties.userAgent",
    duration_s="properties.timeTaken",
)

FORMAT = Format(
    "azure_front_door",
    "Azure Front Door access log",
    FRONT_DOOR_RECORD,
    partial(bind_batches, single=FRONT_DOOR_RECORD, name="records"),
)
