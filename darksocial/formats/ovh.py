"""OVHcloud's web hosting: the virtual host between client address and user.

    203.0.113.7 www.example.org - [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1" 200 5120
    "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101
    Firefox/136.0"

(one line in the file). It gives all evidence of a visit, and distinguishes an account's sites. The
order is that of the logs which OVHcloud hands out; the host has a dot, which an ident never has.

Specification:
https://help.ovhcloud.com/csm/en-web-hosting-statistics-logs?id=kb_article_view&sysparm_article=KB0052804
(where to get the logs; the order of fields is unconfirmed)
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

FORMAT = Format(
    "ovh",
    "OVHcloud web hosting",
    compile_template(
        r"{client_ip} {host=[\w-]+(?:\.[\w-]+)+(?::\d+)?} {user} [{time:%d/%b/%Y:%H:%M:%S %z}] "
        '"{request}" {status} {bytes} "{referrer}" "{user_agent}"'
    ),
)
