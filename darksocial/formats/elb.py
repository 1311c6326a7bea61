"""Access log of AWS Classic Load Balancers.

    2026-03-02T08:14:05.945958Z site-lb 203.0.113.7:2817 10.0.0.1:80 0.000086 0.001048 0.001337 200
    200 0 5120 "GET https://www.example.org:443/news/story HTTP/1.1" "Mozilla/5.0 (X11; Linux
    x86_64; rv:136.0) Gecko/20100101 Firefox/136.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2

(one line in the file). Times are UTC and say when the request came. The URL is absolute, with
port. Lines of TCP listeners have `- - - ` for the request and `-` for the status.

**No referrer is recorded: how visits came is not known**, and every visit without a tag looks
direct. The log still gives user agents (in-app browsers, link previews), tags in URLs and the
host. Of three times (to the server, in it, from it) none is the whole, so no duration is read.
X-Forwarded-For is not logged: behind a CDN every client is one of the CDN's machines.

Specification: https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

ELB_LINE = (
    '{time:iso} {_} {client_ip} {_} {_} {_} {_} {status} {_} {_} {bytes} "{request}" "{user_agent}"'
)

FORMAT = Format("elb", "AWS Classic Load Balancer", compile_template(ELB_LINE, extras=True))
