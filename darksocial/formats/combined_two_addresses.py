"""Two addresses in front of NCSA combined: the client and a proxy, in either order.

    10.0.0.9 203.0.113.7 - - [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1" 200 5120
    "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101
    Firefox/136.0"

(one line in the file), as logs behind a load balancer often begin. It gives the evidence of
combined. Nothing says which address is the client's: it is inferred from the first lines, in which
the proxy has a private address or is the same for more of them. Where neither holds, the format is
not recognised: the directive says it then.

Specification: `%h` and `%a` in https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats
"""

import re
from collections.abc import Sequence

from darksocial.formats import Format
from darksocial.formats._networks import is_private
from darksocial.grammar.layout import Layout
from darksocial.grammar.template import compile_template

LOOSE_ADDRESS = r"[0-9a-fA-F]*[.:][0-9a-fA-F.:]+"
AFTER_ADDRESSES = (
    ' {_} {user} [{time:%d/%b/%Y:%H:%M:%S %z}] "{request}" {status} {bytes} '
    '"{referrer}" "{user_agent}"'
)
CLIENT_LAST = compile_template(
    f"{{_={LOOSE_ADDRESS}}} {{client_ip={LOOSE_ADDRESS}}}{AFTER_ADDRESSES}"
)
CLIENT_FIRST = compile_template(
    f"{{client_ip={LOOSE_ADDRESS}}} {{_={LOOSE_ADDRESS}}}{AFTER_ADDRESSES}"
)
TWO_ADDRESSES = re.compile(rf"({LOOSE_ADDRESS}) ({LOOSE_ADDRESS}) ")


def bind(head: Sequence[str]) -> Layout | None:
    """Return the layout of the order that the first lines show, or None if they show none."""
    pairs = [match.groups() for line in head if (match := TWO_ADDRESSES.match(line))]
    private = [sum(map(bool, map(is_private, column))) for column in zip(*pairs, strict=True)]
    distinct = [len(set(column)) for column in zip(*pairs, strict=True)]
    for first, last in (private, [-number for number in distinct]) if pairs else ():
        if first != last:
            return CLIENT_LAST if first > last else CLIENT_FIRST
    return None


FORMAT = Format("combined_two_addresses", "NCSA combined behind two addresses", CLIENT_LAST, bind)
