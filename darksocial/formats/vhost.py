"""A virtual host without port in front of NCSA combined.

    www.example.org 203.0.113.7 - - [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1" 200 5120
    "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101
    Firefox/136.0"

(one line in the file). It gives all evidence of a visit, and distinguishes a server's sites. The
host may be empty: the line then begins with a space.

Specification: `%v` in https://httpd.apache.org/docs/2.4/logs.html#virtualhost
"""

from darksocial.formats import Format
from darksocial.formats._hosts import with_hosts
from darksocial.grammar.template import compile_template

VHOST_GRAMMAR = compile_template(
    "{host=[^ :,|]*} {client_ip} {_} {user} [{time:%d/%b/%Y:%H:%M:%S %z}] "
    '"{request}" {status} {bytes} "{referrer}" "{user_agent}"'
)

FORMAT = Format(
    "vhost",
    "NCSA combined with virtual host",
    VHOST_GRAMMAR,
    with_hosts(VHOST_GRAMMAR),
)
