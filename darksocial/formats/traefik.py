"""Traefik's access log in its common format: combined, then count, router, server and milliseconds.

    203.0.113.7 - - [02/Mar/2026:08:14:05 +0000] "GET /news/story HTTP/1.1" 200 5120
    "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101
    Firefox/136.0" 42 "news@docker" "http://10.0.0.9:8080" 31ms

(one line in the file). It gives the evidence of combined. The client address is that of the
connection, unless Traefik trusts forwarded headers. Quotes within a user agent are not escaped:
what comes before count, router, server and milliseconds is the agent.

Specification: https://doc.traefik.io/traefik/observe/logs-and-access-logs/
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

FORMAT = Format(
    "traefik",
    "Traefik access log (common format)",
    compile_template(
        '{client_ip} {_} {user} [{time:%d/%b/%Y:%H:%M:%S %z}] "{request}" {status} {bytes} '
        '"{referrer=.*?}" "{user_agent=.*}" {_} "{_}" "{_}" {duration_ms}ms'
    ),
)
