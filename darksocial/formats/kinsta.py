"""Kinsta's web hosting: the virtual host in front, the client once more behind the user agent.

    www.example.org 203.0.113.7 [02/Mar/2026:09:14:05 +0000] GET "/news/story" HTTP/1.0 200
    "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101
    Firefox/136.0" 203.0.113.7 "/index.php" - - 472 0.562 1780 0.561

(one line in the file). It gives all evidence of a visit, and distinguishes hosts. What follows the
user agent is not read.

Specification: https://kinsta.com/docs/wordpress-hosting/wordpress-troubleshooting/view-server-logs/
(where to get the logs; the order of fields is unconfirmed)
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

KINSTA_LINE = (
    "{host} {client_ip} [{time:%d/%b/%Y:%H:%M:%S %z}] {method} "
    '"{url}" {_=HTTP/[0-9.]+} {status} "{referrer}" "{user_agent}"'
)

FORMAT = Format("kinsta", "Kinsta web hosting", compile_template(KINSTA_LINE, extras=True))
