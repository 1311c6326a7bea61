"""NCSA common log format.

    203.0.113.7 - - [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1" 200 5120

It records neither referrer nor user agent. So how a visit came is not known, bots cannot
be recognised by name, and visitors are client addresses: reports say so.

Specification: https://httpd.apache.org/docs/2.4/logs.html#common
"""

from darksocial.formats import Format
from darksocial.grammar.apache import compile_apache

FORMAT = Format("common", "NCSA common", compile_apache('%h %l %u %t "%r" %>s %b'))
