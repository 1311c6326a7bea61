"""An access log without a time of its own, in syslog, which has it, as Tomcat is often set up.

    Mar  2 09:14:05 web1 tomcat.log: 203.0.113.7 - - "GET /news/story HTTP/1.1" 200 5120 0.031

Syslog writes no year: it is taken such that the line is not younger than the file. The time is UTC
unless `--timezone` says otherwise. Neither referrer nor user agent is recorded: how visits came is
not known.

Specification: RFC 3164, 4.1.2; https://tomcat.apache.org/tomcat-10.1-doc/config/valve.html
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

FORMAT = Format(
    "tomcat_syslog",
    "access log without time, in syslog",
    compile_template(
        '{time:%b %e %H:%M:%S} {_} {_}: {client_ip} {_} {user} "{request}" {status} {bytes} '
        "{duration_s}"
    ),
    among_others=True,
)
