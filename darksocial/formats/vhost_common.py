"""A virtual host in front of NCSA common: Apache's vcommon.

    www.example.org 203.0.113.7 - - [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1" 200 5120

The host may be empty, and may carry a port. It distinguishes a server's sites. Neither referrer nor
user agent is recorded: how visits came is not known, bots cannot be named, and an address is a
visitor. Log combined instead where you can.

Specification: `%v` in https://httpd.apache.org/docs/2.4/logs.html#virtualhost
"""

from darksocial.formats import Format
from darksocial.formats._hosts import with_hosts
from darksocial.grammar.template import compile_template

VHOST_COMMON_GRAMMAR = compile_template(
    "{host=[^ ,|]*} {client_ip} {_} {user} [{time:%d/%b/%Y:%H:%M:%S %z}] "
    '"{request}" {status} {bytes}'
)

FORMAT = Format(
    "vhost_common",
    "NCSA common with virtual host",
    VHOST_COMMON_GRAMMAR,
    with_hosts(VHOST_COMMON_GRAMMAR),
)
