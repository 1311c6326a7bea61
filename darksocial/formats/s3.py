"""Amazon S3 server access log.

    79a59df900b949e55d96 www.example.org [02/Mar/2026:08:14:05 +0000] 203.0.113.7 - 3E57427F3EXAMPLE
    WEBSITE.GET.OBJECT news/story "GET /news/story HTTP/1.1" 200 - 5120 5120 11 10
    "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Firefox/136.0" - 9vKBE6vM=
    - - - www.example.org - - -

(one line in the file). Times are UTC. Path and query come from the request line, not from the key,
which is encoded in another way (twice, by reports: unconfirmed). Where the bucket is part of the
path (`/bucket/page.html`), it stays there. The host is the Host header that lines have since 2019;
in files without it the bucket is the host, because a bucket that serves a site under its own name
has to be called like it. AWS adds fields at the end: they are ignored. Records that S3 writes for
its own work (lifecycle, batch deletion) have `-` for the request.

It gives all evidence of a visit but request headers such as X-Requested-With. Behind CloudFront
the client is CloudFront and its own log is the one to read. `user` is the requester, null for
visitors. S3 delivers logs on a best-effort basis, hours late and out of order.

Specification: https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
"""

from collections.abc import Sequence

from darksocial.formats import Format
from darksocial.grammar.layout import Layout
from darksocial.grammar.template import compile_template

REST = (
    ' [{time:%d/%b/%Y:%H:%M:%S %z}] {client_ip} {user} {_} {_} {_} "{request}" {status} {_} {bytes}'
    ' {_} {duration_ms} {_} "{referrer}" "{user_agent}"'
)
SINCE_2019 = compile_template("{_} {_}" + REST + " {_} {_} {_} {_} {_} {host} {_}", extras=True)
BEFORE_2019 = compile_template("{_} {host}" + REST, extras=True)


def bind(head: Sequence[str]) -> Layout:
    """Return the layout with the Host header, or without one where more lines lack it."""
    lines = [line for line in head if BEFORE_2019.matches(line)]
    return SINCE_2019 if 2 * sum(map(SINCE_2019.matches, lines)) >= len(lines) else BEFORE_2019


FORMAT = Format("s3", "Amazon S3 server access log", SINCE_2019, bind)
