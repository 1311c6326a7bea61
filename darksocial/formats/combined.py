"""NCSA combined log format, the default of Apache and nginx.

    203.0.113.7 - - [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1" 200 5120
    "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101
    Firefox/136.0"

(one line in the file). It gives all evidence of a visit but the host name and request headers
such as X-Requested-With. LiteSpeed, Tomcat's pattern `combined` and varnishncsa write the same
lines (Varnish with whole URLs, which hold the host).

Specification: https://httpd.apache.org/docs/2.4/logs.html#combined and
https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format
"""

from darksocial.formats import Format
from darksocial.grammar.apache import compile_apache

COMBINED_DIRECTIVE = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'

FORMAT = Format("combined", "NCSA combined", compile_apache(COMBINED_DIRECTIVE))
