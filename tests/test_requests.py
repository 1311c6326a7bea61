"""What each request is for: a table of requests, judged by the query that the engine runs."""

import re
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

import darksocial
from darksocial import data
from darksocial.lookups import request_kinds
from darksocial.lookups.referrers import referrer_host
from darksocial.parser.connection import prepare
from darksocial.parser.requests import requests_steps
from darksocial.parser.steps import Steps
from darksocial.privacy.identifiers import Privacy
from tests.logs import Hit, asset

AS_LOGGED = Privacy(keep_paths=True)

# path, query, method, status, kind; a method None or status None is not recorded
CASES: list[tuple[str | None, str | None, str | None, int | None, str]] = [
    ("/", None, "GET", 200, "page"),
    ("/news/story", "id=7", "GET", 200, "page"),
    ("/index.php", "feed=off", "GET", 200, "page"),
    ("/page.html", None, "HEAD", 200, "head"),
    ("/robots.txt", None, "HEAD", 200, "robots"),
    ("/page.html", None, "GET", 206, "page"),
    ("/page.html", None, "GET", 299, "page"),
    ("/page.html", None, "GET", 304, "page"),
    ("/page.html", None, "GET", None, "page"),
    ("/page.html", None, None, 200, "page"),
    ("/über/straße", None, "GET", 200, "page"),
    ("/feedback/", None, "GET", 200, "page"),
    ("/apis/", None, "GET", 200, "page"),
    ("/docs/api/", None, "GET", 200, "page"),
    ("/css", None, "GET", 200, "page"),
    ("/why.css.matters", None, "GET", 200, "page"),
    ("/robots", None, "GET", 200, "page"),
    ("/a", "x=1&format=feedback", "GET", 200, "page"),
    ("/site.css", None, "GET", 200, "asset"),
    ("/SITE.CSS", "v=3", "GET", 200, "asset"),
    ("/logo.png", None, "GET", 304, "asset"),
    ("/logo.png", None, "HEAD", 304, "head"),
    ("/gone.js", None, "GET", 404, "asset"),
    ("/favicon.ico", None, "GET", 301, "asset"),
    ("/font.woff2", None, "GET", 200, "asset"),
    ("/_next/static/chunk", None, "GET", 200, "asset"),
    ("/cdn-cgi/trace", None, "GET", 200, "asset"),
    ("/sitemap.xsl", None, "GET", 200, "asset"),
    ("/intro.swf", None, "GET", 200, "asset"),
    ("/photo.HEIC", None, "GET", 200, "asset"),
    ("/report.pdf", None, "GET", 200, "download"),
    ("/logs/access.log", None, "GET", 200, "download"),
    ("/nginx.conf", None, "GET", 200, "download"),
    ("/blog/catalog", None, "GET", 200, "page"),
    ("/data.csv", None, "GET", 206, "download"),
    ("/ds.txt", "sh=aaaaa.1.aaaaa.a", "GET", 200, "beacon"),
    ("/b.gif", "s=aaaaa.2.bbbbb.c&from=aaaaa", "GET", 404, "beacon"),
    ("/ds.txt", "sh=a", "GET", 200, "download"),
    ("/ds.txt", "sh=aaaaa.1.aaaaa.a", "POST", 200, "other"),
    ("/story", "sh=aaaaa.1.aaaaa.a", "GET", 200, "page"),
    ("/report.pdf", None, "GET", 404, "error"),
    ("/report.pdf", None, "GET", 302, "redirect"),
    ("/feed", None, "GET", 200, "feed"),
    ("/blog/feed/", None, "GET", 304, "feed"),
    ("/sitemap.xml", None, "GET", 200, "feed"),
    ("/", "feed=rss2", "GET", 200, "feed"),
    ("/", "p=1&feed=atom&x", "GET", 200, "feed"),
    ("/index.php", "format=feed", "GET", 200, "feed"),
    ("/api/v1/items", None, "GET", 200, "api"),
    ("/wp-json/wp/v2/posts", None, "POST", 201, "api"),
    ("/graphql", None, "POST", 500, "api"),
    ("/de/graphql/", None, "GET", 200, "api"),
    ("/data/items.json", None, "GET", 200, "api"),
    ("/xmlrpc.php", None, "GET", 200, "api"),
    ("/blog/wp-cron.php", None, "GET", 200, "api"),
    ("/blog/wp-admin/admin-ajax.php", None, "POST", 200, "api"),
    ("/xmlrpc.php", None, "POST", 200, "login"),
    ("/blog/wp-login.php", None, "POST", 302, "login"),
    ("/Administrator/", None, "POST", 200, "login"),
    ("/wp-login.php", None, "GET", 200, "page"),
    ("/wp-login.php", None, "GET", 404, "error"),
    ("/.env", None, "GET", 200, "probe"),
    ("/app/.env.bak", None, "GET", 404, "probe"),
    ("/.git/config", None, "POST", 403, "probe"),
    ("/api/.env", None, "GET", 200, "probe"),
    ("/Actuator/gateway/routes", None, "GET", 200, "probe"),
    ("/cgi-bin/.%2E/.%2e/bin/sh", None, "GET", 400, "probe"),
    ("/dump.SQL", None, "GET", 200, "probe"),
    ("/environment", None, "GET", 200, "page"),
    ("/products/actuator/", None, "GET", 200, "page"),
    ("/phpinfo-explained/", None, "GET", 200, "page"),
    ("/.env/logo.png", None, "GET", 404, "asset"),
    ("/login-help", None, "POST", 200, "other"),
    ("/.well-known/security.txt", None, "GET", 200, "api"),
    ("/robots.txt", None, "GET", 200, "robots"),
    ("/robots.txt", None, "GET", 404, "robots"),
    ("/sub/robots.txt", None, "GET", 200, "download"),
    ("/old", None, "GET", 301, "redirect"),
    ("/old", None, "GET", 308, "redirect"),
    ("/old", None, "HEAD", 308, "head"),
    ("/gone", None, "GET", 404, "error"),
    ("/broken", None, "GET", 500, "error"),
    ("/form", None, "POST", 200, "other"),
    ("/form", None, "POST", 302, "other"),
    ("/page", None, "OPTIONS", 204, "other"),
    ("/page", None, "get", 200, "other"),
    ("/page", None, "GET", 101, "other"),
    (None, None, None, 400, "other"),
]
IDS = [f"{method} {path}?{query} {status}" for path, query, method, status, _ in CASES]


VISIT_TEXTS = (
    "forwarded",
    "visitor_key",
    "session_key",
    "event",
    "campaign",
    "device",
    "os",
    "browser",
    "country",
    "channel",
    "source",
    "medium",
)


def parsed_table(rows: list[dict[str, object]]) -> pa.Table:
    """What an engine's parser hands on, one row a line."""
    texts = ("reason", "text", "client_ip", "host", "user_agent", "method", "path", "query")
    schema = pa.schema(
        [
            ("file", pa.int32()),
            ("line", pa.int64()),
            ("time", pa.timestamp("us", "UTC")),
            ("status", pa.int16()),
            ("prefetch", pa.bool_()),
            ("referrer", pa.string()),
            *((name, pa.string()) for name in texts),
            *((name, pa.string()) for name in VISIT_TEXTS),
            *((name, pa.float64()) for name in ("weight", "conversions", "revenue")),
            ("pageviews", pa.int64()),
            ("is_page", pa.bool_()),
        ]
    )
    numbered = [{"file": 0, "line": n, "prefetch": False, **row} for n, row in enumerate(rows, 1)]
    return pa.Table.from_pylist(numbered, schema=schema)


def requests_of(
    rows: list[dict[str, object]], records: str = "client_ip user_agent"
) -> list[dict[str, object]]:
    with duckdb.connect() as connection:
        prepare(connection)
        connection.register("parsed", parsed_table(rows))
        query = requests_steps(Steps("parsed"), frozenset(records.split()), privacy=AS_LOGGED).sql()
        relation = connection.sql(f"{query} ORDER BY line")
        found: list[dict[str, object]] = relation.to_arrow_table().to_pylist()
        return found


@cache
def kinds() -> list[object]:
    rows: list[dict[str, object]] = [
        {"path": path, "query": query, "method": method, "status": status}
        for path, query, method, status, _ in CASES
    ]
    return [row["kind"] for row in requests_of(rows)]


@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
def test_kind(number: int) -> None:
    assert kinds()[number] == CASES[number][-1]


def test_a_prefetch_is_no_page_view_but_robots_are_robots() -> None:
    rows = requests_of(
        [
            {"path": path, "method": "GET", "status": 200, "prefetch": True}
            for path in ("/", "/site.css", "/api/x", "/robots.txt")
        ]
    )
    assert [row["kind"] for row in rows] == ["prefetch", "prefetch", "prefetch", "robots"]


def test_a_line_that_is_no_hit_is_no_request() -> None:
    [row] = requests_of([{"reason": "a quote is not closed", "text": "x", "path": "/"}])
    assert (row["kind"], row["visitor"], row["referrer_host"]) == (None, None, None)


def test_every_kind_has_a_case_and_a_line_in_the_docstring() -> None:
    assert {case[-1] for case in CASES} | {"prefetch"} == set(request_kinds.REQUEST_KINDS)
    rows = re.findall(r"^\| ([a-z, ]+) \| ", request_kinds.__doc__ or "", re.M)
    documented = {kind for row in rows for kind in row.split(", ")} - {"kind"}
    assert documented == set(request_kinds.REQUEST_KINDS)
    assert set(request_kinds.ACTIVITY) == set(request_kinds.REQUEST_KINDS) - {
        "api",
        "feed",
        "head",
        "prefetch",
        "probe",
        "robots",
    }


def test_the_patterns_tell_paths_apart() -> None:
    for kind, pattern in request_kinds.path_patterns().items():
        assert kind in request_kinds.REQUEST_KINDS
        assert not re.search(pattern, "/news/story.html")
    rows = data.read("page_rules")
    extensions = [row["value"] for row in rows if row["match"] == "extension"]
    assert len(set(extensions)) == len(extensions)
    assert {"html", "htm", "php", "aspx", "jsp"}.isdisjoint(extensions)


HOSTS = [
    "https://www.google.com/search?q=a",
    "https://www.google.co.uk:443/",
    "HTTPS://News.Example.ORG",
    "http://user:secret@example.org:80/",
    "http://[2001:db8::1]:8080/x",
    "http://192.0.2.7:8080/",
    "http://example.org?u=https://google.com/",
    "http://example.org#a",
    "android-app://com.google.android.gm/",
    "//example.org/x",
    "example.org/x",
    "https://bücher.example/",
    "https://web.archive.org/web/2019/https://www.example.org/page",
    "web.archive.org/web/2019/https://www.example.org/page",
    "https://www.archive.ph/20190126161558/https%3A%2F%2Fexample.org/",
    "https://translate.google.co.uk/translate?sl=de&u=https%3A%2F%2Fwww.example.org%2F",
    "https://translate.google.com/?sl=de",
    "https://web.archive.org/",
]


def test_the_engine_takes_the_same_host_out_of_a_referrer() -> None:
    found = requests_of([{"path": "/", "referrer": referrer} for referrer in HOSTS])
    hosts = [str(row["referrer_host"]).removeprefix("www.") for row in found]
    assert hosts == [referrer_host(referrer) for referrer in HOSTS]


def test_every_rule_is_used_and_stands_once() -> None:
    rules, probes = data.read("page_rules"), data.read("probe_paths")
    assert {row["kind"] for row in rules} <= set(request_kinds.REQUEST_KINDS)
    assert {row["match"] for row in (*rules, *probes)} == {*request_kinds.SHAPES, "parameter"}
    for rows in (rules, probes, data.read("login_pages")):
        assert all(row["value"] and row["source"] for row in rows)
        assert len({(row.get("match"), row["value"]) for row in rows}) == len(rows)


def test_a_visitor_is_an_address_with_an_agent() -> None:
    agents = ("A", "A", "B", None)
    people: list[dict[str, object]] = [
        {"client_ip": "192.0.2.1", "user_agent": agent, "path": "/"} for agent in agents
    ]
    first, again, other_agent, no_agent = (row["visitor"] for row in requests_of(people))
    assert first == again
    assert len({first, other_agent, no_agent}) == 3
    assert requests_of(people, records="client_ip")[3]["visitor"] != no_agent
    assert all(0 <= int(str(row["visitor"])) < 1 << 60 for row in requests_of(people))


def test_only_page_views_keep_what_a_visit_needs() -> None:
    told: dict[str, object] = {
        "query": "a=1",
        "referrer": "https://www.Example.org:443/x",
        "method": "GET",
    }
    page, asset = requests_of([{"path": "/a", **told}, {"path": "/a.css", **told}])
    assert (page["path"], page["query"], page["referrer"]) == ("/a", "a=1", told["referrer"])
    assert (asset["path"], asset["query"], asset["referrer"]) == (None, None, None)
    assert page["referrer_host"] == asset["referrer_host"] == "www.example.org"


@pytest.mark.long
def test_hits_that_are_no_page_views_are_summed_up_by_the_minute(tmp_path: Path) -> None:
    hits = [
        Hit(0),
        Hit(0.1),
        asset(0.1),
        asset(0.5),
        asset(0.9),
        asset(1.1),
        asset(0.2, "192.0.2.7"),
    ]
    lines = [hit.line for hit in hits]
    (tmp_path / "access.log").write_text("\n".join([*lines, "", "", "broken", "broken", ""]))
    with darksocial.analyze([str(tmp_path / "access.log")], secret="x") as analysis:
        asked = analysis.ask_requests(lambda requests: requests.order_by("line")).to_pylist()
    found = [
        (row["kind"], row["line"], row["lines"], (row["last_at"] - row["time"]).total_seconds())
        for row in asked
        if row["reason"] is None
    ]
    assert found == [
        ("page", 1, 1, 0),
        ("page", 2, 1, 0),
        ("asset", 3, 3, 48),
        ("asset", 6, 1, 0),
        ("asset", 7, 1, 0),
    ]
    assert [row["lines"] for row in asked if row["reason"] == "blank"] == [2]
    assert [row["line"] for row in asked if row["text"]] == [10, 11]
    assert sum(row["lines"] for row in asked) == 11
