"""A hosting format of nginx with times and status in front, and the user of the account at the end.

    [u][02/Mar/2026:09:14:05 +0300] 0.312 0.310 200 203.0.113.7 www.example.org GET /news/story
    HTTP/2.0 "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"
    "https://yandex.ru/" 5120 192.0.2.1 u1234

(one line in the file). It gives all evidence of a visit, and distinguishes an account's sites. That
the host is Sprinthost is inferred from the addresses of servers; the order of fields is that of
its logs, and no page documents it.

Specification: https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format (the variables)
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

SPRINTHOST_LINE = (
    "[u][{time:%d/%b/%Y:%H:%M:%S %z}] {duration_s} {_*} {status} {client_ip} {host} "
    '{method} {url} {_} "{user_agent}" "{referrer}" {bytes} {_} {_}'
)

FORMAT = Format("sprinthost", "Sprinthost web hosting", compile_template(SPRINTHOST_LINE))
