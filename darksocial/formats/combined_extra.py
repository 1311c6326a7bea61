"""NCSA combined log format with any fields after it.

    203.0.113.7 - - [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1" 200 5120
    "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101
    Firefox/136.0" "198.51.100.4" 0.031

(one line in the file). The first nine fields are read. Of what follows, a list of public addresses
in quotes that nearly all of the first lines have in the same place is taken for X-Forwarded-For;
anything else is ignored, because only the server's configuration says what it is. To have it read,
give the directive with `--log-format` or `--log-format-from`.

Specification: https://httpd.apache.org/docs/2.4/logs.html#combined
"""

from darksocial.formats import Format
from darksocial.formats._extras import with_forwarded
from darksocial.formats.combined import COMBINED_DIRECTIVE
from darksocial.grammar.apache import compile_apache
from darksocial.grammar.layout import Layout
from darksocial.grammar.template import compile_template

COMBINED_EXTRA_GRAMMAR = compile_apache(COMBINED_DIRECTIVE, extras=True)
COMBINED_TEMPLATE = (
    "{client_ip} {_} {user} [{time:%d/%b/%Y:%H:%M:%S %z}] "
    '"{request}" {status} {bytes} "{referrer}" "{user_agent}" '
)


def _with(extras: str) -> Layout:
    return compile_template(COMBINED_TEMPLATE + extras, extras=True)


FORMAT = Format(
    "combined_extra",
    "NCSA combined with extra fields",
    COMBINED_EXTRA_GRAMMAR,
    with_forwarded(COMBINED_EXTRA_GRAMMAR, _with),
)
