"""A virtual host, with or without port, in front of NCSA combined, and any fields after it.

    www.example.org:443 203.0.113.7 - - [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1"
    200 5120 "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0)
    Gecko/20100101 Firefox/136.0" "NO" "Oslo" 0.031

(one line in the file). It gives all evidence of a visit, and distinguishes a server's sites. What
follows the user agent is ignored, because only the server's configuration says what it is:
nginx-proxy, for one, adds its upstream. To have it read, give the directive with `--log-format` or
`--log-format-from`.

Specification: `%v` in https://httpd.apache.org/docs/2.4/logs.html#virtualhost
"""

from darksocial.formats import Format
from darksocial.formats._hosts import with_hosts
from darksocial.grammar.template import compile_template

VHOST_EXTRA_GRAMMAR = compile_template(
    "{host=[^ ,]*} {client_ip} {_} {user} [{time:%d/%b/%Y:%H:%M:%S %z}] "
    '"{request}" {status} {bytes} "{referrer}" "{user_agent}"',
    extras=True,
)

FORMAT = Format(
    "vhost_extra",
    "NCSA combined with virtual host and extra fields",
    VHOST_EXTRA_GRAMMAR,
    with_hosts(VHOST_EXTRA_GRAMMAR),
)
