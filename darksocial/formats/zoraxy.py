"""Zoraxy, the log of its requests.

    [2026-03-02 08:14:05.123456] [router:host-http] [origin:www.example.org] [client: 203.0.113.7]
    [useragent: Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0]
    GET /news/story?utm_source=letter 200

(one line in the file). Times have no zone: `--timezone` says it. No referrer is recorded, so how
visits came is not known; earlier versions record no user agent either, and are not read. What the
program says beside requests is in the same file, and its lines are rejects.

Specification: https://github.com/tobychui/zoraxy (src/mod/info/logger/trafficlog.go)
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

ZORAXY_LINE = (
    "[{time:%Y-%m-%d %H:%M:%S.%f}] [router:{_*}] [origin:{host}] [client: {client_ip}] "
    "[useragent: {user_agent*}] {method} {url} {status}"
)

FORMAT = Format("zoraxy", "Zoraxy", compile_template(ZORAXY_LINE))
