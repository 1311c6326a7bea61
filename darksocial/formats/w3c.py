"""W3C extended log format: IIS and everything else that writes `#Fields`.

    #Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip
    cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken
    2026-03-02 08:14:05 198.51.100.1 GET /news/story - 443 - 203.0.113.7
    Mozilla/5.0+(X11;+Linux+x86_64;+rv:136.0) https://www.google.com/ 200 0 0 31

(two lines in the file). `#Fields` decides, wherever it is: it may come again in mid-file and name
other fields. A file without it is taken for IIS with the fields that IIS logs by default.
Spaces in the user agent are written as `+` or, by SHOUTcast, as `%20`; values may be in quotes,
as IIS Advanced Logging and Imperva (Incapsula) write them. NetScaler's W3C logs are
read as well. Where lines have a time of day alone, the day is that of `#Date`. Times are UTC by the
specification; `--timezone` says otherwise, and `#GMT-Offset` is believed.

What evidence there is depends on the fields that the administrator chose: without `cs(Referer)` how
visits came is not known, without `cs(User-Agent)` bots and in-app browsers are not recognised.
Behind a load balancer choose the field X-Forwarded-For, and name the balancer with
`--trusted-proxy`.

Specification: https://www.w3.org/TR/WD-logfile.html and
https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from darksocial.formats import Format, headed
from darksocial.grammar.columns import Columns, columns

IIS_DEFAULT = (
    "date",
    "time",
    "s-ip",
    "cs-method",
    "cs-uri-stem",
    "cs-uri-query",
    "s-port",
    "cs-username",
    "c-ip",
    "cs(User-Agent)",
    "cs(Referer)",
    "sc-status",
    "sc-substatus",
    "sc-win32-status",
    "time-taken",
)

GRAMMAR = columns(
    IIS_DEFAULT,
    " ",
    header="#Fields:",
    date=("date", "date-local"),
    clock=("time", "time-local"),
    client_ip=("c-ip", "c-dns"),
    forwarded=("X-Forwarded-For", "x-forwarded-for", "cs(X-Forwarded-For)", "s-xff"),
    host=("cs-host", "cs(Host)"),
    method="cs-method",
    url=("cs-uri", "cs-url"),
    path="cs-uri-stem",
    query="cs-uri-query",
    status=("sc-status", "c-status"),
    bytes=("sc-bytes", "bytes"),
    referrer=("cs(Referer)", "cs(Referrer)"),
    user_agent="cs(User-Agent)",
    user=("cs-username", "c-auth-id"),
    duration_ms="time-taken",
    decode={"user_agent": "form"},
)
# The fewest columns that IIS has logged by default (IIS 6: without time-taken and others).
MIN_IIS_COLUMNS = 12


IIS_SHAPES = {
    "cs-method": "[A-Za-z_-]+",
    "s-port": r"\d+|-",
    "c-ip": r"[0-9A-Fa-f.:%]+|-",
    "sc-status": r"\d{3}",
}
"""What some of IIS's default columns look like."""


def bind(head: Sequence[str]) -> Columns | None:
    """Return the columns that the file's own header names; IIS's default ones without a header."""
    bound = headed(GRAMMAR, head)
    if any(line.startswith("#Fields:") for line in head):
        return bound
    lines = [line for line in head if line.strip() and not line.startswith("#")]
    if sum(map(looks_like_iis, lines)) <= len(lines) / 2:
        return None
    return replace(bound, names=IIS_DEFAULT, min_columns=MIN_IIS_COLUMNS)


def looks_like_iis(line: str) -> bool:
    """Return whether a line has IIS's default columns: a method, a port, an address, a status.

    Without a header other logs with days and spaces would be read with shifted fields, as
    CloudFront's are once they are copied.
    """
    cells = dict(zip(IIS_DEFAULT, line.split(" "), strict=False))
    return len(cells) >= MIN_IIS_COLUMNS and all(
        re.fullmatch(shape, cells[name]) for name, shape in IIS_SHAPES.items()
    )


FORMAT = Format("w3c", "W3C extended: IIS and others", GRAMMAR, bind)
