"""nginx's packaged format `main`: combined, then X-Forwarded-For in quotes.

    10.0.0.7 - - [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1" 200 5120
    "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101
    Firefox/136.0" "203.0.113.7"

(one line in the file). It gives all evidence of a visit but the host name. The last field is
believed if the first address is a proxy of yours: `--trusted-proxy 10.0.0.0/8`.

Specification: `log_format main` in the nginx.conf of nginx's packages;
https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format
"""

from darksocial.formats import Format
from darksocial.grammar.nginx import compile_nginx

MAIN_DIRECTIVE = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent" "$http_x_forwarded_for"'
)

FORMAT = Format("nginx_main", "nginx's packaged format main", compile_nginx(MAIN_DIRECTIVE))
