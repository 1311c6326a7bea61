"""NCSA combined log format with any fields after it.

    203.0.113.7 - - [02/Mar/2026:09:14:05 +0100] "GET /news/story HTTP/1.1" 200 5120
    "https://www.google.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101
    Firefox/136.0" "198.51.100.4" 0.031

(one line in the file). The first nine fields are read; what follows is ignored, because only the
server's configuration says what it is. To have it read, give the directive with
`--log-format` or `--log-format-from`.

Specification: https://httpd.apache.org/docs/2.4/logs.html#combined
"""

from darksocial.formats import Format
from darksocial.formats.combined import COMBINED_DIRECTIVE
from darksocial.grammar.apache import compile_apache

FORMAT = Format(
    "combined_extra",
    "NCSA combined with extra fields",
    compile_apache(COMBINED_DIRECTIVE, extras=True),
)
