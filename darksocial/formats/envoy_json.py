"""Envoy's access log as JSON, with the keys that Istio, Contour and Envoy Gateway use.

    {"start_time":"2026-03-02T08:14:05.123Z","method":"GET","path":"/news/story","authority":
    "www.example.org","response_code":200,"user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:136.0)
    Gecko/20100101 Firefox/136.0","downstream_remote_address":"203.0.113.7:41234","bytes_sent":5120}

(one line in the file). A referrer is recorded only where the configuration adds it (`referer`):
without it, how visits came is not known.

Specification: https://istio.io/latest/docs/tasks/observability/logs/access-log/ and
https://gateway.envoyproxy.io/docs/tasks/observability/proxy-accesslog/
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "envoy_json",
    "Envoy access log (JSON)",
    keys(
        needs=("start_time", "path", "response_code", "downstream_remote_address"),
        time="start_time",
        client_ip="downstream_remote_address",
        forwarded=("x_forwarded_for", "x-forwarded-for"),
        host=("authority", '":authority"'),
        method=("method", '":method"'),
        url=("path", "x-envoy-origin-path", '":path"'),
        status="response_code",
        bytes="bytes_sent",
        referrer=("referer", "referrer"),
        user_agent=("user_agent", "user-agent"),
        duration_ms="duration",
    ),
)
