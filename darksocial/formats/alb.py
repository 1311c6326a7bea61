"""Access log of AWS Application Load Balancers.

    https 2026-03-02T08:14:05.186641Z app/site/50dc6c495c0c9188 203.0.113.7:2817 10.0.0.1:80 0.000
    0.048 0.000 200 200 34 5120 "GET https://www.example.org:443/news/story HTTP/2.0"
    "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"
    ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:... "Root=1-..." "-" "-" 0 ...

(one line in the file). Times are UTC and say when the answer was sent. The URL is absolute, with
port. AWS adds fields at the end, so what follows the user agent is ignored. A request that
could not be understood has `-` for its target, `-1` for its times and `- http://...:80- -` or the
like for the request.

**No referrer is recorded: how visits came is not known**, and every visit without a tag looks
direct. The log still gives user agents (in-app browsers, link previews), tags in URLs and the
host. Of three times (to the target, in it, from it) none is the whole, so no duration is read.
X-Forwarded-For is not logged: behind a CDN every client is one of the CDN's machines. How an IPv6
client is written, with brackets or without, is unconfirmed; both are read.

Specification: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
"""

from darksocial.formats import Format
from darksocial.grammar.template import compile_template

ALB_LINE = (
    "{_} {time:iso} {_} {client_ip} {_} {_} {_} {_} {status} {_} {_} {bytes}"
    ' "{request}" "{user_agent}"'
)

FORMAT = Format("alb", "AWS Application Load Balancer", compile_template(ALB_LINE, extras=True))
