"""NCSA combined without ident and user, as custom log formats often are.

    203.0.113.7 [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1" 200 5120
    "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101
    Firefox/136.0"

(one line in the file). It gives the evidence of combined. Where X-Forwarded-For is logged in place
of the client, its first address is the client, or with `--trusted-proxy` the last that is none of
these proxies.

Specification: https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format
"""

from darksocial.formats import Format
from darksocial.grammar.nginx import compile_nginx

SHORT_DIRECTIVE = (
    '$remote_addr [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent"'
)

FORMAT = Format(
    "combined_short", "NCSA combined without ident and user", compile_nginx(SHORT_DIRECTIVE)
)
