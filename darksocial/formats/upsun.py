"""Upsun (Platform.sh), the access log of PHP, `php.access.log`.

    2026-03-02T09:14:05Z GET 200 37.215 ms 2048 kB 12.34% /news/story?id=7

Requests that PHP answered, with the time to serve. Neither client nor host, referrer or user agent
is recorded: each page view counts as a visit, and how it came is not known. `access.log` of the
same container is nginx's (in its format `combined`: unconfirmed) and records what is needed.

Specification: https://docs.upsun.com/increase-observability/logs/access-logs.html
(`access.format`, which the settings of PHP can change)
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

FORMAT = Format(
    "upsun",
    "Upsun, access log of PHP",
    compile_template(
        "{time:%Y-%m-%dT%H:%M:%SZ} {method} {status} {duration_ms} ms {_} kB {_}% {url}"
    ),
)
