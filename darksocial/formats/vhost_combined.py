"""Debian's vhost_combined: the virtual host and its port, then NCSA combined.

    www.example.org:443 203.0.113.7 - - [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1"
    200 5120 "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0)
    Gecko/20100101 Firefox/136.0"

(one line in the file). It gives all evidence of a visit, and distinguishes a server's sites.

Specification: `LogFormat ... vhost_combined` in Debian's apache2.conf;
https://httpd.apache.org/docs/2.4/logs.html#virtualhost
"""

from darksocial.formats import Format
from darksocial.formats._hosts import with_hosts
from darksocial.grammar.apache import compile_apache

DEBIAN_GRAMMAR = compile_apache('%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"')

FORMAT = Format(
    "vhost_combined",
    "NCSA combined with virtual host and port (Debian)",
    DEBIAN_GRAMMAR,
    with_hosts(DEBIAN_GRAMMAR),
)
