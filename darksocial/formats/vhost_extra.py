"""A virtual host, with or without port, in front of NCSA combined, and any fields after it.

    www.example.org:443 203.0.113.7 - - [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1"
    200 5120 "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0)
    Gecko/20100101 Firefox/136.0" "NO" "Oslo" 0.031

(one line in the file). It gives all evidence of a visit, and distinguishes a server's sites. Of
what follows the user agent, a list of public addresses in quotes that nearly all of the first lines
have in the same place is taken for X-Forwarded-For; anything else is ignored, because only the
server's configuration says what it is (nginx-proxy adds its upstream). To have it read, give the
directive with `--log-format` or `--log-format-from`.

Specification: `%v` in https://httpd.apache.org/docs/2.4/logs.html#virtualhost
"""

from collections.abc import Sequence

from darksocial.formats import Format
from darksocial.formats._extras import with_forwarded
from darksocial.formats._hosts import with_hosts
from darksocial.grammar import Grammar
from darksocial.grammar.layout import Layout
from darksocial.grammar.template import compile_template

VHOST_EXTRA_TEMPLATE = (
    "{host=[^ ,|]*} {client_ip} {_} {user} [{time:%d/%b/%Y:%H:%M:%S %z}] "
    '"{request}" {status} {bytes} "{referrer}" "{user_agent}"'
)
VHOST_EXTRA_GRAMMAR = compile_template(VHOST_EXTRA_TEMPLATE, extras=True)


def _with(extras: str) -> Layout:
    return compile_template(f"{VHOST_EXTRA_TEMPLATE} {extras}", extras=True)


def bind(head: Sequence[str]) -> Grammar | None:
    """Return the layout if lines begin with hosts, with the list of addresses that they have."""
    has_hosts = with_hosts(VHOST_EXTRA_GRAMMAR)(head)
    return with_forwarded(VHOST_EXTRA_GRAMMAR, _with)(head) if has_hosts else None


FORMAT = Format(
    "vhost_extra", "NCSA combined with virtual host and extra fields", VHOST_EXTRA_GRAMMAR, bind
)
