"""Apache's LogFormat written as CSV: every value in quotes, commas between them.

    "203.0.113.7","-","-","[02/Mar/2026:09:14:05 +0100]","GET /news/story HTTP/1.1","200","5120",
    "https://www.google.com/","Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101
    Firefox/136.0"

(one line in the file). That is
`"%h","%l","%u","%t","%r","%>s","%b","%{Referer}i","%{User-Agent}i"`. It gives the evidence of
combined. Any other order is read by `--log-format`, and a file with a header line by its names.

Specification: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats
"""

from darksocial.formats import Format
from darksocial.grammar.apache import compile_apache

CSV_DIRECTIVE = '"%h","%l","%u","%t","%r","%>s","%b","%{Referer}i","%{User-Agent}i"'

FORMAT = Format("apache_csv", "Apache LogFormat as CSV", compile_apache(CSV_DIRECTIVE))
