"""Envoy's default text format; Istio's and Contour's sidecars write it as well.

    [2026-03-02T08:14:05.123Z] "GET /news/story HTTP/2" 200 - 0 5120 31 30 "203.0.113.7"
    "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"
    "5a2c1f3e-0000-4000-8000-000000000001" "www.example.org" "10.0.0.9:8080"

(one line in the file). No referrer is recorded, so how visits came is not known: a format of your
own with `%REQ(REFERER)%` records it. The client is the first address of X-Forwarded-For, or with
`--trusted-proxy` the last that is none of these proxies.

Specification: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

FORMAT = Format(
    "envoy",
    "Envoy default text format",
    compile_template(
        '[{time:iso}] "{request}" {status} {_} {_} {bytes} {duration_ms} {_} "{forwarded}" '
        '"{user_agent}" "{_}" "{host}" "{_}"',
        extras=True,
    ),
)
