"""lighttpd and OVHcloud's web hosting: the virtual host between client address and user.

    203.0.113.7 www.example.org - [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1" 200 5120
    "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101
    Firefox/136.0"

(one line in the file). It gives all evidence of a visit, and distinguishes an account's sites. So
lighttpd writes by default, and so are the logs that OVHcloud hands out. In most of the first lines
the host must have a dot, which an ident never has; others, such as `localhost`, are hosts then.

Specification:
https://redmine.lighttpd.net/projects/lighttpd/wiki/Docs_ModAccessLog and
https://help.ovhcloud.com/csm/en-web-hosting-statistics-logs?id=kb_article_view&sysparm_article=KB0052804
(where to get the logs; the order of fields is unconfirmed)
"""

import re
from collections.abc import Sequence

from darksocial.formats import Format
from darksocial.grammar.layout import Layout
from darksocial.grammar.template import compile_template

OVH_GRAMMAR = compile_template(
    "{client_ip} {host=[^ ,]+} {user} [{time:%d/%b/%Y:%H:%M:%S %z}] "
    '"{request}" {status} {bytes} "{referrer}" "{user_agent}"'
)
SECOND_WORD = re.compile(r"[^ ]+ ([^ ]+) [^ ]+ \[")
NAME_WITH_DOT = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?")
MIN_NAMES = 0.5


def bind(head: Sequence[str]) -> Layout | None:
    """Return the layout, if most of the first lines have a name with a dot in the host's place."""
    words = [match[1] for line in head if (match := SECOND_WORD.match(line))]
    names = sum(NAME_WITH_DOT.fullmatch(word) is not None for word in words)
    return OVH_GRAMMAR if names and names >= MIN_NAMES * len(words) else None


FORMAT = Format("ovh", "lighttpd and OVHcloud web hosting", OVH_GRAMMAR, bind)
