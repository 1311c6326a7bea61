"""Gandi's web hosting: the virtual host in front, and seconds in brackets before the request.

    www.example.org 203.0.113.7 - - [02/Mar/2026:09:14:05 +0100] (0 s) "GET /news/story HTTP/1.1"
    200 5120 "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101
    Firefox/136.0"

(one line in the file). It gives all evidence of a visit, and distinguishes an instance's sites.

Specification: https://docs.gandi.net/en/web_hosting/connection/logs.html (where to get the logs;
the order of fields is unconfirmed)
"""

from darksocial.formats import Format
from darksocial.formats._hosts import with_hosts
from darksocial.grammar.template import compile_template

GANDI_GRAMMAR = compile_template(
    "{host=[^ ,]*} {client_ip} {_} {user} [{time:%d/%b/%Y:%H:%M:%S %z}] ({duration_s} s) "
    '"{request}" {status} {bytes} "{referrer}" "{user_agent}"'
)

FORMAT = Format(
    "gandi",
    "Gandi web hosting",
    GANDI_GRAMMAR,
    with_hosts(GANDI_GRAMMAR),
)
