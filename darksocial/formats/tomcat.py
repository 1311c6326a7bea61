"""Tomcat's access valve with the time to serve: NCSA common, then milliseconds or seconds.

    203.0.113.7 - - [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1" 200 5120 31

The valve's patterns `common` and `combined` are read as these. This one is `common` with a number
behind it (`%D`: milliseconds up to Tomcat 9, microseconds since 10; `%T`: seconds), which is
ignored because only the configuration says its unit. It records neither referrer nor user agent:
how visits came is not known.

Specification: https://tomcat.apache.org/tomcat-10.1-doc/config/valve.html#Access_Log_Valve
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

FORMAT = Format(
    "tomcat",
    "Tomcat access valve with time to serve",
    compile_template(
        '{client_ip} {_} {user} [{time:%d/%b/%Y:%H:%M:%S %z}] "{request}" {status} {bytes} {_}'
    ),
)
