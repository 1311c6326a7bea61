r"""Lines to hits in DuckDB: the fast split agrees with the exact grammar, and tables of values."""

import datetime
import functools
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darksocial.engines.duckdb import DuckDBEngine
from darksocial.formats import registry
from darksocial.grammar.directives import compile_directive
from darksocial.grammar.layout import Layout
from darksocial.grammar.split import split_plan
from darksocial.inputs.accounts import LineStream
from darksocial.parser import Parsing, layouts
from darksocial.privacy.identifiers import Privacy
from darksocial.reading import LINES
from tests.gate import series
from tests.logs import OneStream

LAYOUTS = {
    name: source.grammar
    for name, source in registry().items()
    if isinstance(source.grammar, Layout)
} | {
    "apache": compile_directive('%v %a %u %t "%r" %>s %B %D "%{Referer}i" "%{User-agent}i"'),
    "nginx": compile_directive(
        '$remote_addr [$time_iso8601] "$request" "$status" rt=$request_time "$http_user_agent"'
    ),
}
TIME = "[02/Mar/2026:08:15:01 +0100]"


@functools.cache
def engine() -> DuckDBEngine:
    return DuckDBEngine()


def parsed(layout: Layout, texts: list[str]) -> list[dict[str, Any]]:
    columns = [[0] * len(texts), list(range(1, len(texts) + 1)), texts, [False] * len(texts)]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, LINES, strict=True)]
    stream = LineStream(
        Parsing("test", layout, privacy=Privacy(keep_identifiers=True)),
        [pa.record_batch(arrays, schema=LINES)],
    )
    hits = engine().parse_hits(OneStream(stream))
    found: list[dict[str, Any]] = engine().fetch(hits.order_by("line")).to_pylist()
    return found


def parsed_exactly(layout: Layout, texts: list[str]) -> list[dict[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layouts, "split_plan", lambda of: None)
        return parsed(layout, texts)


def one(text: str, name: str = "combined") -> dict[str, Any]:
    [row] = parsed(LAYOUTS[name], [text])
    return row


WORDS = st.text('ab/?-. "\\[]:=x0é', max_size=8)
AGENTS = st.sampled_from(["-", "", "Mozilla/5.0 (X11; Linux)", r"a \"b\" \\", r"\x22", 'a"b', '"'])
REQUESTS = st.sampled_from(
    ["GET / HTTP/1.1", "GET /a b HTTP/2.0", "-", "", r"\x16\x03", "get / HTTP/1.1", "GET /x"]
)
ADDRESSES = st.sampled_from(["192.0.2.1", "2001:db8::1", "-", "", "host.example", "www:443"])
NUMBERS = st.sampled_from(
    ["200", "-", "", "5", "20", "1.5", "0.042", "2000", "...", "a", "\uff11\uff12\uff13"]
)
USERS = st.sampled_from(["-", "alice", "Alice Example", "", '"a b"', "[x]"])
TIMES = st.sampled_from(
    [
        TIME,
        "[2/Mar/2026:08:15:01 -0530]",
        "[2026-03-02T08:15:01+01:00]",
        "[2/Mar/2026:8:5:1 +0100]",
        "[99/Foo/2026:08:15:01 +0100]",
        "[02/Mar/2026:08:15:01 +01]",
        "[02/Mar/2026:08:15:01]",
        "[]",
        "-",
    ]
)


def quoted(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return values.map(lambda value: f'"{value}"')


def line_of(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(" ".join)


TEXT = quoted(st.one_of(AGENTS, WORDS))
REQUEST = quoted(st.one_of(REQUESTS, WORDS))
COMMON = (ADDRESSES, st.just("-"), USERS, TIMES, REQUEST, NUMBERS, NUMBERS)
EXTRA = st.sampled_from(["", '"', " ", ' "192.0.2.1" 0.1', " x", "x", '" x', '"" x'])
RATES = NUMBERS.map(lambda number: f"rt={number}")
GENERATED = {
    "common": line_of(*COMMON),
    "combined": line_of(*COMMON, TEXT, TEXT),
    "vhost_combined": line_of(ADDRESSES, *COMMON, TEXT, TEXT),
    "combined_extra": st.tuples(line_of(*COMMON, TEXT, TEXT), EXTRA).map("".join),
    "apache": line_of(
        ADDRESSES, ADDRESSES, USERS, TIMES, REQUEST, NUMBERS, NUMBERS, NUMBERS, TEXT, TEXT
    ),
    "nginx": line_of(ADDRESSES, TIMES, REQUEST, quoted(NUMBERS), RATES, TEXT),
}


@series("name", GENERATED, in_gate=1)
@settings(deadline=None)
@given(data=st.data())
def test_split_and_exact_grammar_agree(name: str, data: st.DataObject) -> None:
    texts = data.draw(st.lists(GENERATED[name], min_size=1, max_size=60))
    assert parsed(LAYOUTS[name], texts) == parsed_exactly(LAYOUTS[name], texts)


def test_the_comparison_compares_two_ways() -> None:
    planned = {name for name, layout in LAYOUTS.items() if split_plan(layout)}
    assert planned >= set(GENERATED)


REQUEST_TABLE: dict[str, tuple[str | None, ...]] = {
    "GET / HTTP/1.1": ("GET", None, "/", None),
    "GET /a?b=c?d HTTP/2.0": ("GET", None, "/a", "b=c?d"),
    "GET /a? HTTP/3": ("GET", None, "/a", None),
    "GET /a HTTP/3.0": ("GET", None, "/a", None),
    "GET /old": ("GET", None, "/old", None),
    "GET /with a space HTTP/1.1": ("GET", None, "/with a space", None),
    "GET /a  HTTP/1.1": ("GET", None, "/a", None),
    "M-SEARCH * HTTP/1.1": ("M-SEARCH", None, "*", None),
    "OPTIONS * HTTP/1.0": ("OPTIONS", None, "*", None),
    "GET http://www.example.org HTTP/1.1": ("GET", "www.example.org", "/", None),
    "GET http://WWW.Example.org:8080/a?b HTTP/1.1": ("GET", "www.example.org", "/a", "b"),
    "GET https://me@example.org/?q HTTP/1.1": ("GET", "example.org", "/", "q"),
    "GET http://[2001:db8::80]:8080/x HTTP/1.1": ("GET", "[2001:db8::80]", "/x", None),
    "GET a?u=http://x HTTP/1.1": ("GET", None, "a", "u=http://x"),
    "GET /r?u=http://x/ HTTP/1.1": ("GET", None, "/r", "u=http://x/"),
    "CONNECT example.org:443 HTTP/1.1": ("CONNECT", "example.org", None, None),
    r"\x16\x03\x01\x02": (None, None, None, None),
    r"\x16\x03 /x HTTP/1.1": (None, None, None, None),
    "": (None, None, None, None),
    "-": (None, None, None, None),
    "get / HTTP/1.1": (None, None, None, None),
    " / HTTP/1.1": (None, None, None, None),
    "quit": (None, None, None, None),
    "SSH-2.0-Go": (None, None, None, None),
    r"GET /q=\"a\\b\" HTTP/1.1": ("GET", None, '/q="a\\b"', None),
    r"GET /caf\xC3\xA9 HTTP/1.1": ("GET", None, "/café", None),
}


@pytest.mark.parametrize(("request_line", "expected"), REQUEST_TABLE.items())
def test_request(request_line: str, expected: tuple[str | None, ...]) -> None:
    row = one(f'192.0.2.1 - - {TIME} "{request_line}" 200 5 "-" "-"')
    assert row["reason"] is None
    assert (row["method"], row["host"], row["path"], row["query"]) == expected


ESCAPES = [
    (r"a \"b\"", 'a "b"'),
    (r"a\\b", "a\\b"),
    (r"a\tb\n", "a\tb\n"),
    (r"caf\xc3\xa9", "café"),
    (r"\x22nginx\x22 \x5C", '"nginx" \\'),
    (r"not utf-8 \xff\xfe", r"not utf-8 \xff\xfe"),
    (r"half \x4", r"half \x4"),
    (r"\q stays", r"\q stays"),
    (r"json é \/", "json é /"),
    (r"surrogate \ud800", r"surrogate \ud800"),
    ("-", None),
    ("", None),
]


@pytest.mark.parametrize(("written", "meant"), ESCAPES)
def test_escapes(written: str, meant: str | None) -> None:
    row = one(f'192.0.2.1 - - {TIME} "GET / HTTP/1.1" 200 5 "{written}" "{written}"')
    assert (row["reason"], row["referrer"], row["user_agent"]) == (None, meant, meant)


ZONES = [
    ("02/Mar/2026:08:15:01 +0000", "2026-03-02T08:15:01"),
    ("02/Mar/2026:08:15:01 +0100", "2026-03-02T07:15:01"),
    ("02/Mar/2026:00:15:01 +0530", "2026-03-01T18:45:01"),
    ("31/Dec/2025:23:59:59 -0330", "2026-01-01T03:29:59"),
    ("02/Mar/2026:08:15:01 +1345", "2026-03-01T18:30:01"),
    ("29/Feb/2024:12:00:00 -1200", "2024-03-01T00:00:00"),
    ("29/Mar/2026:02:30:00 +0100", "2026-03-29T01:30:00"),
    ("2/Mar/2026:08:15:01 +0000", "2026-03-02T08:15:01"),
    ("01/Jan/1970:00:00:00 +0000", "1970-01-01T00:00:00"),
    ("01/Jan/1970:00:00:00 +0000", "1970-01-01T00:00:00"),
]


@pytest.mark.parametrize(("written", "utc"), ZONES)
def test_time_zones(written: str, utc: str) -> None:
    row = one(f'192.0.2.1 - - [{written}] "GET / HTTP/1.1" 200 5', "common")
    assert row["reason"] is None
    assert row["time"].astimezone(datetime.UTC).replace(tzinfo=None).isoformat() == utc


def test_dashes_are_null() -> None:
    row = one(f'- - - {TIME} "-" - - "-" "-"')
    names = ("client_ip", "user", "method", "path", "status", "bytes", "referrer", "user_agent")
    assert row["reason"] is None
    assert [row[name] for name in names] == [None] * len(names)


REASONS = [
    ("", "blank"),
    ("   ", "blank"),
    ("\t", "blank"),
    ("# Fields: x", "comment"),
    ("garbage", "does not match the format test"),
    (f'192.0.2.1 - - {TIME} "GET / HTTP', "a quote is not closed"),
    ('192.0.2.1 - - [30/Feb/2026:08:15:01 +0100] "-" 200 5 "-" "-"', "the time cannot be read"),
    ('192.0.2.1 - - [02/Foo/2026:08:15:01 +0100] "-" 200 5 "-" "-"', "the time cannot be read"),
    ('192.0.2.1 - - [now] "-" 200 5 "-" "-"', "does not match the format test"),
    (f'a.org 192.0.2.1 - - {TIME} "-" 200 5 "-" "-"', "does not match the format test"),
    (f'a.org 192.0.2.1 - ann {TIME} "-" 200 5 "-" "-"', "does not match the format test"),
    (f'192.0.2.1 - - {TIME} "-" 20 5 "-" "-"', "does not match the format test"),
    (
        f'192.0.2.1 - - {TIME} "GET /a" 200 5 "-" "A b192.0.2.2 - - {TIME} "GET /b" 200 5 "-" "C"',
        "holds two records",
    ),
    (
        f'192.0.2.1 - - {TIME} "GET /a" 200 5 "-" "A"192.0.2.2 - - {TIME} "GET /b" 200 5 "-" "C"',
        "holds two records",
    ),
    (f'192.0.2.1 - - {TIME} "-" 200 5 "-" "-" x', "does not match the format test"),
]


@pytest.mark.parametrize(("text", "reason"), REASONS)
def test_reasons(text: str, reason: str) -> None:
    row = one(text)
    assert row["reason"] == reason
    assert row["text"] == (None if reason in ("blank", "comment") else text)


VALUES: list[tuple[str, str, str, object]] = [
    ("common", f'192.0.2.1 - Alice B C {TIME} "-" 200 5', "user", "Alice B C"),
    ("common", f'192.0.2.1 - - {TIME} "-" 200 99999999999', "bytes", 99999999999),
    ("vhost_combined", f':80 192.0.2.1 - - {TIME} "-" 200 5 "-" "-"', "host", None),
    ("vhost_combined", f'A.org:80 192.0.2.1 - - {TIME} "-" 200 5 "-" "-"', "host", "a.org"),
    ("combined_extra", f'192.0.2.1 - - {TIME} "-" 200 5 "r" "u" x "y"', "user_agent", "u"),
    ("apache", f'a.org ::1 - {TIME} "-" 200 5 1500 "-" "-"', "duration_ms", 1.5),
]


@pytest.mark.parametrize(("name", "text", "column", "value"), VALUES)
def test_values(name: str, text: str, column: str, value: object) -> None:
    row = one(text, name)
    assert (row["reason"], row[column]) == (None, value)
