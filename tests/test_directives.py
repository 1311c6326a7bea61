"""Directives of Apache and nginx: what they record, how their lines read, and what is refused."""

from pathlib import Path

import pytest

from darksocial.errors import InputError, UsageError
from darksocial.grammar.directives import compile_directive, directive_from
from tests.test_lines import parsed

WHEN = "[02/Mar/2026:08:15:01 +0100]"
UTC = "2026-03-02T07:15:01"
IP = "192.0.2.1"
# directive, a line, values of that line ("time" in UTC)
LINES: list[tuple[str, str, dict[str, object]]] = [
    ("%h %t", f"{IP} {WHEN}", {"client_ip": IP, "time": UTC}),
    ("%a %l %u %t", f"::1 - Ann B {WHEN}", {"client_ip": "::1", "user": "Ann B"}),
    ("%t %{c}a %h", f"{WHEN} 198.51.100.1 {IP}", {"client_ip": IP}),
    ("%v:%p %t", f"A.org:80 {WHEN}", {"host": "a.org"}),
    ("%t %{Host}i", f"{WHEN} a.org:8080", {"host": "a.org"}),
    (r"%t \"%r\" %>s %b", f'{WHEN} "GET /a?b HTTP/2" 200 -', {"path": "/a", "bytes": None}),
    ("%t %m %U %q %<s %B", f"{WHEN} GET /a ?b=c 404 0", {"path": "/a", "query": "b=c", "bytes": 0}),
    ("%t %D", f"{WHEN} 1500", {"duration_ms": 1.5}),
    ("%t %T", f"{WHEN} 2", {"duration_ms": 2000}),
    ("%t %{ms}T %T/%D", f"{WHEN} 7 0/7012", {"duration_ms": 7.012}),
    ("%t %{us}T", f"{WHEN} 7", {"duration_ms": 0.007}),
    ("%t %!200,304{Referer}i %>s", f"{WHEN} - 200", {"referrer": None, "status": 200}),
    ("%t %{X-Forwarded-For}i %h", f"{WHEN} 1.2.3.4, 5.6.7.8 {IP}", {"client_ip": IP}),
    ("%t %{USER-AGENT}i|%{Cookie}i", f"{WHEN} a b|c=d; e=f", {"user_agent": "a b"}),
    ("%t %^FB %{X}^ti %s", f"{WHEN} 12 x 200", {"status": 200}),
    ("%t 100%% %s", f"{WHEN} 100% 200", {"status": 200}),
    ("%t\\t%h", f"{WHEN}\t{IP}", {"client_ip": IP}),
    ("%t %U%q", f"{WHEN} /a?b=c", {"path": "/a", "query": "b=c"}),
    ("%t %U%q", f"{WHEN} /a", {"path": "/a", "query": None}),
    ("%t %V%U%q", f"{WHEN} a.org:80/a?b=c", {"host": "a.org", "path": "/a", "query": "b=c"}),
    ("%t %<s %>s %s", f"{WHEN} 302 200 404", {"status": 200}),
    ("%t %s", f"{WHEN} 302", {"status": 302}),
    ("%t %h %{Forwarded}i", f'{WHEN} 10.0.0.1 for="{IP}";by=10.0.0.2', {"client_ip": "10.0.0.1"}),
    ("%t %{X-Real-IP}i %s", f"{WHEN} {IP} 200", {"client_ip": IP}),
    ("%t %{Forwarded}i %s", f"{WHEN} for={IP};proto=http, for=10.0.0.1 200", {"client_ip": IP}),
    ("%h %{%c}t %s", f"{IP} Mon Mar  2 07:15:01 2026 200", {"time": UTC}),
    ("%h %{%s}t %s", f"{IP} 1772435701 200", {"time": UTC}),
    ("%h %{%d/%b/%Y %T %Z}t %s", f"{IP} 02/Mar/2026 07:15:01 UTC 200", {"time": UTC}),
    ("%h %{%Y%m%d%H%M%S}t %s", f"{IP} 20260302071501 200", {"time": UTC}),
    ("%h [%{dd/MMM/yyyy HH:mm:ss.SSS Z}t] %s", f"{IP} [02/Mar/2026 08:15:01.250 +0100] 200",
     {"time": f"{UTC}.250000"}),
    ("%h %{yyyy-MM-dd'T'HH:mm:ssXXX}t %s", f"{IP} 2026-03-02T08:15:01+01:00 200", {"time": UTC}),
    ("%h %h %t", f"{IP} 198.51.100.1 {WHEN}", {"client_ip": IP}),
    ("[%{%d/%b/%Y:%T}t.%{msec_frac}t %{%z}t] %s", "[02/Mar/2026:08:15:01.250 +0100] 200",
     {"time": f"{UTC}.250000", "status": 200}),
    ("%{%Y-%m-%d %H:%M:%S}t.%{usec_frac}t %s", "2026-03-02 07:15:01.000042 200",
     {"time": f"{UTC}.000042"}),
    ("%{begin:%F %T %z}t %s", "2026-03-02 08:15:01 +0100 200", {"time": UTC}),
    ("%{sec}t %s", "1772435701 200", {"time": UTC, "status": 200}),
    ("%{msec}t %s", "1772435701250 200", {"time": f"{UTC}.250000"}),
    ("%{usec}t %s", "1772435701000042 200", {"time": f"{UTC}.000042"}),
    ("%{end:sec}t.%{end:msec_frac}t %s", "1772435701.250 200", {"status": 200}),
    ("%{%d/%m/%y %I:%M:%S %p}t %s", "02/03/26 07:15:01 PM 200", {"time": "2026-03-02T19:15:01"}),
    ("$remote_addr [$time_local] $status", f"{IP} {WHEN} 200", {"client_ip": IP, "time": UTC}),
    ("$time_iso8601 ${remote_addr}", f"2026-03-02T08:15:01+01:00 {IP}", {"time": UTC}),
    ("$msec $status", "1772435701.250 200", {"time": f"{UTC}.250000"}),
    ("$msec $request_method $request_uri", "1772435701.250 GET /a?b=c", {"query": "b=c"}),
    ("$msec $uri $args", "1772435701.250 /a b=c", {"path": "/a", "query": "b=c"}),
    ("$msec $host $http_host", "1772435701.250 a.org b.org", {"host": "a.org"}),
    ("$msec $server_name $host", "1772435701.250 _ b.org", {"host": "b.org"}),
    ("$msec $realip_remote_addr $remote_addr", f"1772435701.250 10.0.0.1 {IP}", {"client_ip": IP}),
    ("$msec $http_cf_connecting_ip|$status", f"1772435701.250 {IP}|200", {"client_ip": IP}),
    ("$msec $scheme://$host$request_uri", "1772435701.250 https://a.org/a?b=c",
     {"host": "a.org", "path": "/a", "query": "b=c"}),
    ('$msec "$uri$is_args$args $status"', '1772435701.250 "/a?b=c 200"',
     {"path": "/a", "query": "b=c"}),
    ('$msec "$uri$is_args$args $status"', '1772435701.250 "/a- 200"',
     {"path": "/a", "query": None}),
    ("$msec $uri?$args", "1772435701.250 /a?b=c?d", {"path": "/a", "query": "b=c?d"}),
    ("$msec $uri?$args", "1772435701.250 /a?-", {"path": "/a", "query": None}),
    ("$msec $request_time $status", "1772435701.250 soon 200",
     {"duration_ms": None, "status": 200}),
    ("$msec $request_time $body_bytes_sent", "1772435701.250 0.042 7",
     {"duration_ms": 42, "bytes": 7}),
    ("$msec $upstream_response_time $status", "1772435701.250 0.1, 0.2 : 0.3 200", {"status": 200}),
    ("$msec $http_x_forwarded_for|$status", "1772435701.250 1.2.3.4, ::1|200", {"status": 200}),
    ('$msec "$http_sec_purpose"', '1772435701.250 "prefetch;prerender"', {"prefetch": True}),
    ('{"t":$msec,"u":"$http_user_agent","r":"$http_referer"}',
     r'{"t":1772435701.250,"u":"a \"b\" \u00e9\/","r":""}',
     {"user_agent": 'a "b" é/', "referrer": None}),
]  # fmt: skip


@pytest.mark.parametrize(("directive", "line", "values"), LINES, ids=[row[0] for row in LINES])
def test_line_of_a_directive(directive: str, line: str, values: dict[str, object]) -> None:
    [row] = parsed(compile_directive(directive), [line])
    assert row["reason"] is None
    utc = row["time"].replace(tzinfo=None).isoformat()
    found = row | {"time": utc}
    assert utc.startswith("2026-03-02T")
    assert {name: found[name] for name in values} == values


REFUSED = [
    ("%h %s", "The log format has no time"),
    ("$remote_addr $status", "The log format has no time"),
    ("$msec$status", "nothing between time and status"),
    ("%t %U%{x}e", "nothing between path and ignored"),
    ("%h%u %t", "nothing between client_ip and user"),
    ("combined", "'combined' is not a log format directive"),
    ("", "is not a log format directive"),
    ("%{%G-%m-%d %T}t %h", "uses %G"),
    ("%{dd/MMM/yyyy Z}t %h", "lacks the hour"),
    ('LogFormat "%h %t', "A quote is not closed"),
]


@pytest.mark.parametrize(("directive", "message"), REFUSED)
def test_refused(directive: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        compile_directive(directive)
    assert message in raised.value.problem
    assert raised.value.expected


CONFIGURATIONS: dict[str, tuple[str, str | None, str]] = {
    "one": ('LogFormat "%h %t" a\n', None, "%h %t"),
    "named": ('LogFormat "%h %t" a\nLogFormat "%v %t" b\n', "b", "%v %t"),
    "continued": ('LogFormat "%h \\\n%t" a\n', "a", "%h %t"),
    "apostrophes": ("  logformat '%h \"%r\" %t' a\n", "a", '%h "%r" %t'),
    "escaped": (r'LogFormat "%h \"%r\" %t" a', "a", '%h "%r" %t'),
    "comment": ('#LogFormat "%v %t" a\nLogFormat "%h %t" a\n', None, "%h %t"),
    "custom": ('CustomLog logs/a.log "%h %t" env=!dull\n', None, "%h %t"),
    "piped": (
        'LogFormat "%h %t" a\nCustomLog "|/bin/rotatelogs -l a.%Y 86400" a\n', None, "%h %t",
    ),
    "nginx": ("log_format a '$remote_addr '\n  '[$time_local]';", None,
              "$remote_addr [$time_local]"),
    "nginx json": ("""log_format a escape=json '{"t":$msec,'  '"s":"$status"}';""", "a",
                   '{"t":$msec,"s":"$status"}'),
    "nginx double": (r'log_format a "$msec \"$request\"";', "a", '$msec "$request"'),
    "nginx bare": ("log_format a $msec;", "a", "$msec"),
    "nginx semicolon": ("log_format a '$msec; $status';", "a", "$msec; $status"),
    "nginx hex": (r"log_format a '$msec\t$status';", "a", "$msec\t$status"),
    "nginx comments": (
        "log_format a '$msec # ' # it's\n  # '$b'\n  \"$status\"; # {end}", "a", "$msec # $status",
    ),
    "nginx comment": ("# log_format b '$b';\nlog_format a '$msec';", None, "$msec"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "name", "expected"), CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_configuration(tmp_path: Path, text: str, name: str | None, expected: str) -> None:
    path = tmp_path / "server.conf"
    path.write_text(text)
    assert directive_from(f"{path}:{name}" if name else str(path)) == expected


MISSING = [
    ("", None, "defines no log format."),
    ('LogFormat "%h %t" a\nLogFormat "%v %t" b\n', None, "defines several log formats: 'a', 'b'."),
    ("log_format a '$msec';", "b", "defines no log format 'b'; it defines 'a'."),
]


@pytest.mark.parametrize(("text", "name", "message"), MISSING)
def test_no_such_directive(tmp_path: Path, text: str, name: str | None, message: str) -> None:
    path = tmp_path / "server.conf"
    path.write_text(text)
    with pytest.raises(UsageError) as raised:
        directive_from(f"{path}:{name}" if name else str(path))
    assert raised.value.problem == f"{path} {message}"


@pytest.mark.parametrize("location", ["nowhere.conf", "nowhere.conf:main"])
def test_no_such_configuration(location: str) -> None:
    with pytest.raises(InputError, match=r"nowhere.conf: No such file"):
        directive_from(location)
