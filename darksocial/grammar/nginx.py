"""nginx's log_format directive as a layout.

Specification: https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format
"""

import re
from collections.abc import Iterator

from darksocial.grammar.headers import client_headers, country_headers
from darksocial.grammar.layout import COMMON_LOG_TIME, Field, Layout, Literal, Piece, layout

VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
# Variables whose names begin so may hold spaces.
PREFIXES_OF_TEXTS = ("upstream_", "http_", "sent_http_", "cookie_", "proxy_add_")
ISO_TIME = "%Y-%m-%dT%H:%M:%S%z"

FIELD_OF_VARIABLE = {
    "remote_addr": Field("client_ip"),
    "realip_remote_addr": Field("client_ip", yields=True),
    "host": Field("host"),
    "http_host": Field("host"),
    "server_name": Field("host", yields=True),
    "remote_user": Field("user"),
    "time_local": Field("time", COMMON_LOG_TIME),
    "time_iso8601": Field("time", ISO_TIME),
    "msec": Field("time", "epoch_s"),
    "request": Field("request"),
    "request_method": Field("method"),
    "request_uri": Field("url"),
    "uri": Field("path"),
    "document_uri": Field("path"),
    "args": Field("query"),
    "query_string": Field("query"),
    "status": Field("status"),
    "body_bytes_sent": Field("bytes"),
    "bytes_sent": Field("bytes"),
    "http_referer": Field("referrer"),
    "http_user_agent": Field("user_agent"),
    **{f"http_{name.replace('-', '_')}": Field("forwarded") for name in client_headers()},
    **{f"http_{name.replace('-', '_')}": Field("country") for name in country_headers()},
    "geoip_country_code": Field("country"),
    "geoip2_data_country_code": Field("country"),
    "proxy_add_x_forwarded_for": Field("forwarded"),
    "http_purpose": Field("purpose"),
    "http_sec_purpose": Field("purpose"),
    "http_x_moz": Field("purpose"),
    "request_time": Field("duration_s"),
}


def compile_nginx(directive: str, extras: bool = False) -> Layout:
    """Return the layout of a log_format string such as `$remote_addr [$time_local] "$request"`.

    Raises UsageError for a directive without $time_local, $time_iso8601 or $msec.
    """
    return layout(_pieces(directive), extras)


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for match in VARIABLE.finditer(text):
        if match.start() > end:
            yield Literal(text[end : match.start()])
        name = match[1] or match[2]
        yield FIELD_OF_VARIABLE.get(name) or Field(
            "ignored", is_text=name.startswith(PREFIXES_OF_TEXTS)
        )
        end = match.end()
    if end < len(text):
        yield Literal(text[end:])
