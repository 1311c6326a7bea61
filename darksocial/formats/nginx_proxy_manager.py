"""nginx Proxy Manager's log of a proxy host.

    [02/Mar/2026:09:14:05 +0100] - 200 200 - GET https www.example.org "/news/story"
    [Client 203.0.113.7] [Length 5120] [Gzip -] [Sent-to 10.0.0.9] "Mozilla/5.0 (X11; Linux x86_64;
    rv:136.0) Gecko/20100101 Firefox/136.0" "https://www.google.com/"

(one line in the file). It gives all evidence of a visit, and distinguishes the hosts. The first two
fields are the state of the cache and the status of the upstream, or several after retries; the
third is the status that the client got.

Specification: `log_format proxy` in docker/rootfs/etc/nginx/conf.d/include/log.conf of
https://github.com/NginxProxyManager/nginx-proxy-manager
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

MANAGER_LINE = (
    '[{time:%d/%b/%Y:%H:%M:%S %z}] {_} {_*} {status} - {method} {_} {host} "{url}" '
    "[Client {client_ip}] [Length {bytes}] [Gzip {_}] [Sent-to {_}] "
    '"{user_agent}" "{referrer}"'
)

FORMAT = Format("nginx_proxy_manager", "nginx Proxy Manager", compile_template(MANAGER_LINE))
