"""bunny.net CDN log.

    HIT|200|1772435645120|5120|390|203.0.113.7|https://www.google.com/|https://www.example.org/news|DE|
    Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Firefox/136.0|322b688bd63fb63f2babe9de96a5fe3f|DE

(one line in the file). Cache status, status, time in milliseconds, bytes, pull zone, address,
referrer, URL, location, user agent, request id and country, between bars. The last number of the
address is 0 where the zone has its addresses anonymised: visitors are distinguished by
their user agents then, and people of one network with the same browser count as one.

It gives all evidence of a visit, and its country. The method is not recorded.

Specification: https://docs.bunny.net/docs/cdn-log-format
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

FORMAT = Format(
    "bunny",
    "bunny.net CDN",
    compile_template(
        r"{_=[A-Z]*|-}|{status=\d+|-}|{time:epoch_ms}|{bytes=\d+|-}|{_=[^|]*}|{client_ip=[^|]*}"
        r"|{referrer=[^|]*}|{url=[^|]*}|{_=[^|]*}|{user_agent=[^|]*}|{_=[^|]*}|{country=[^|]*}",
        extras=True,
    ),
)
