"""HAProxy's HTTP log (`option httplog`), with the request headers that it captures.

    Mar  2 08:14:05 lb1 haproxy[7]: 203.0.113.7:41234 [02/Mar/2026:08:14:05.123] web~ news/srv1
    0/0/1/30/31 200 5120 - - ---- 2/1/0/0/0 0/0 {Mozilla/5.0 (X11; Linux x86_64; rv:136.0)
    Gecko/20100101 Firefox/136.0|https://www.google.com/} "GET /news/story HTTP/1.1"

(one line in the file; the syslog prefix may be missing). Referrer and user agent are recorded only
if the frontend captures them (`capture request header Referer len 512`). Only the configuration
says which captured header is which: it is inferred from the first lines' values. Without a captured
referrer, how visits came is not known. Times have no zone: UTC, unless `--timezone` says otherwise.
Messages such as "Proxy web started." are no requests and count as rejects.

Specification: https://docs.haproxy.org/3.0/configuration.html#8.2.3
"""

import re
from collections import Counter
from collections.abc import Sequence

from darksocial.formats import Format
from darksocial.grammar.layout import Layout
from darksocial.grammar.template import compile_template

LINE_BEFORE_CAPTURES = (
    "{client_ip}:{_} [{time:%d/%b/%Y:%H:%M:%S.%g}] {_} {_}/{_} {_} {status} {bytes} "
    "{_} {_} {_} {_} {_} "
)
QUOTED_REQUEST = '"{request}"'
CAPTURED = re.compile(r"^\S+ \[[^\]]+\] .*? \d+/\d+ \{([^}]*)\}( \{[^}]*\})? \"")
PATTERN_OF_HEADER = (
    ("referrer", re.compile(r"https?://|android-app://")),
    ("user_agent", re.compile(r"Mozilla/|[\w.-]+/\d[\w.]*(?: |$)")),
    ("forwarded", re.compile(r"[0-9A-Fa-f.:]+(?:, *[0-9A-Fa-f.:]+)*$")),
    ("host", re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?$")),
)


def bind(head: Sequence[str]) -> Layout | None:
    """Return the layout with the captures that the first lines show."""
    captures = [match for line in head if (match := CAPTURED.match(line))]
    if not captures:
        return compile_template(LINE_BEFORE_CAPTURES + QUOTED_REQUEST, extras=True)
    count = Counter(len(match[1].split("|")) for match in captures).most_common(1)[0][0]
    rows = [cells for match in captures if len(cells := match[1].split("|")) == count]
    names: list[str] = []
    for column in zip(*rows, strict=True):
        names.append(_header(column, names))
    captured = "|".join(f"{{{name}*}}" for name in names)
    response = " {{{_*}}}" if any(match[2] for match in captures) else ""
    return compile_template(
        f"{LINE_BEFORE_CAPTURES}{{{{{captured}}}}}{response} {QUOTED_REQUEST}", extras=True
    )


def _header(values: Sequence[str], taken: Sequence[str]) -> str:
    """Return what a captured header is: what most of its values look like."""
    sent = [value for value in values if value]
    for name, pattern in PATTERN_OF_HEADER:
        looks = sum(bool(pattern.match(value)) for value in sent)
        if name not in taken and sent and looks * 2 > len(sent):
            return name
    return "_"


FORMAT = Format(
    "haproxy",
    "HAProxy HTTP log",
    compile_template(LINE_BEFORE_CAPTURES + QUOTED_REQUEST, extras=True),
    bind,
)
