"""Referrers against tables of cases: hosts, networks, private apps, and what is no referrer."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darksocial import data
from darksocial.lookups.mirrors import HYPHENS, PATH, POINTS, QUERY, mirrored
from darksocial.lookups.referrers import (
    Referrer,
    is_spam,
    parse_referrer,
    referrer_host,
    registrable_domain,
)

KINDS = {"search", "social", "shopping", "video", "ai", "email", "messenger"}
SPAM = data.read("spam_referrers")
ROWS = (*data.read("networks"), *data.read("messengers"))

NETWORKS = [
    ("https://www.google.com/", "google.com", "google", "search", None),
    ("https://www.google.co.uk:443/search?q=a", "google.co.uk", "google", "search", None),
    ("HTTPS://WWW.Google.DE", "google.de", "google", "search", None),
    ("www.google.com.", "google.com", "google", "search", None),
    ("https://images.google.fr/", "images.google.fr", "google", "search", None),
    ("https://duckduckgo.com/", "duckduckgo.com", "duckduckgo", "search", None),
    ("https://cn.bing.com/", "cn.bing.com", "bing", "search", None),
    ("https://de.search.yahoo.com/", "de.search.yahoo.com", "yahoo", "search", None),
    ("https://yandex.com.tr/", "yandex.com.tr", "yandex", "search", None),
    ("http://image.baidu.com/i", "image.baidu.com", "baidu", "search", None),
    ("https://search.brave.com/", "search.brave.com", "brave", "search", None),
    (
        "android-app://com.google.android.googlequicksearchbox/https/www.google.com",
        "com.google.android.googlequicksearchbox",
        "google",
        "search",
        None,
    ),
    ("https://l.facebook.com/l.php?u=x", "l.facebook.com", "facebook", "social", None),
    ("http://m.facebook.com", "m.facebook.com", "facebook", "social", None),
    ("https://de-de.facebook.com/", "de-de.facebook.com", "facebook", "social", None),
    ("https://t.co/abc", "t.co", "x", "social", None),
    ("https://x.com/", "x.com", "x", "social", None),
    ("android-app://com.twitter.android", "com.twitter.android", "x", "social", None),
    ("https://lnkd.in/abc", "lnkd.in", "linkedin", "social", None),
    ("https://de.linkedin.com/", "de.linkedin.com", "linkedin", "social", None),
    ("https://t.me/s/channel", "t.me", "telegram", "social", None),
    ("https://m.youtube.com/watch", "m.youtube.com", "youtube", "video", None),
    ("https://clips.twitch.tv/", "clips.twitch.tv", "twitch", "video", None),
    ("https://www.amazon.com/dp/1", "amazon.com", "amazon", "shopping", None),
    ("https://www.etsy.com/", "etsy.com", "etsy", "shopping", None),
    ("https://chatgpt.com/", "chatgpt.com", "chatgpt", "ai", None),
    ("https://www.perplexity.ai/search", "perplexity.ai", "perplexity", "ai", None),
    ("https://gemini.google.com/", "gemini.google.com", "gemini", "ai", None),
    ("https://l.messenger.com/", "l.messenger.com", "messenger", "messenger", "messenger"),
    ("https://web.whatsapp.com/", "web.whatsapp.com", "whatsapp", "messenger", "whatsapp"),
    ("https://wa.me/", "wa.me", "whatsapp", "messenger", "whatsapp"),
    ("https://web.telegram.org/k/", "web.telegram.org", "telegram", "messenger", "telegram"),
    ("https://app.slack.com/", "app.slack.com", "slack", "messenger", "slack"),
    ("https://discord.com/channels/1", "discord.com", "discord", "messenger", "discord"),
    ("https://teams.microsoft.com/", "teams.microsoft.com", "teams", "messenger", "teams"),
    ("android-app://com.Slack/", "com.slack", "slack", "messenger", "slack"),
    (
        "android-app://org.telegram.messenger/",
        "org.telegram.messenger",
        "telegram",
        "messenger",
        "telegram",
    ),
    ("android-app://com.viber.voip", "com.viber.voip", "viber", "messenger", "viber"),
    ("https://mail.google.com/mail/u/0/", "mail.google.com", "gmail", "email", "email_fwd"),
    ("https://outlook.live.com/", "outlook.live.com", "outlook", "email", "email_fwd"),
    ("https://mg5.mail.yahoo.com/", "mg5.mail.yahoo.com", "yahoo mail", "email", "email_fwd"),
    (
        "android-app://com.google.android.gm/",
        "com.google.android.gm",
        "gmail",
        "email",
        "email_fwd",
    ),
]

# Other sites: names that resemble a network's, and the ways in which a host is written.
OTHER_SITES = [
    ("https://docs.google.com/document/d/1", "docs.google.com"),
    ("https://blog.discord.com/", "blog.discord.com"),
    ("https://faq.whatsapp.com/", "faq.whatsapp.com"),
    ("https://google.github.io/", "google.github.io"),
    ("https://google.internal/", "google.internal"),
    ("https://notfacebook.com/", "notfacebook.com"),
    ("https://facebook.com.example.org/", "facebook.com.example.org"),
    ("abc.com", "abc.com"),
    ("abc.com:8080/x", "abc.com"),
    ("www.x.org/path", "x.org"),
    ("//www.x.org/path", "x.org"),
    ("  https://example.org/ ", "example.org"),
    ("http://user:secret@example.org:80/", "example.org"),
    ("http://example.org\\@google.com/", "example.org"),
    ("http://example.org?u=https://google.com/", "example.org"),
    ("http://example.org#@google.com", "example.org"),
    ("http://[::1]:8080/x", "[::1]"),
    ("http://[2001:DB8::1]/", "[2001:db8::1]"),
    ("http://192.0.2.7:8080/", "192.0.2.7"),
    ("http://intranet/wiki", "intranet"),
    ("localhost:3000", "localhost"),
    ("http://bücher.example/", "bücher.example"),
    ("http://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ("http://my_site.example.org/", "my_site.example.org"),
    ("android-app://com.example.reader/", "com.example.reader"),
]

NO_REFERRER = [
    None,
    "",
    " ",
    "-",
    "(direct)",
    "word",
    "about:blank",
    "about:srcdoc",
    "javascript:alert(1)",
    "data:text/html,x",
    "mailto:someone@example.org",
    "file:///C:/page.html",
    "chrome-extension://abcdef/page.html",
    "https://",
    "https:///example.org",
    "http:/example.org",
    "http://.example.org/",
    "http://a..example.org/",
    "http://[::1",
    "http://ex ample.org/",
    "http://exam\x00ple.org/",
    "http://<script>/",
    "http://example.org:port/",
    "http://" + "a" * 254 + "/",
]


@pytest.mark.parametrize(("text", "host", "network", "kind", "app"), NETWORKS)
def test_network(text: str, host: str, network: str, kind: str, app: str | None) -> None:
    assert parse_referrer(text) == Referrer(host, network, kind, app)


@pytest.mark.parametrize(("text", "host"), OTHER_SITES)
def test_other_site(text: str, host: str) -> None:
    assert parse_referrer(text) == Referrer(host)


@pytest.mark.parametrize("text", NO_REFERRER)
def test_no_referrer(text: str | None) -> None:
    assert parse_referrer(text) is None


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("WWW.Example.ORG.", "example.org"),
        ("someone.github.io", "someone.github.io"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("shop.xn--bcher-kva.de", "xn--bcher-kva.de"),
    ],
)
def test_registrable_domain(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("www-example-org.cdn.ampproject.org", "example.org"),
        ("my--shop-example-co-uk.translate.goog", "my-shop.example.co.uk"),
        ("example-org.bing-amp.com", "example.org"),
        ("08-shop-example-org.turbopages.org", "08.shop.example.org"),
        ("my--shop-example-org.turbopages.org", "my-shop.example.org"),
        ("translated.turbopages.org", "translated.turbopages.org"),
        ("www2.my-shop.example.org.googleweblight.com", "www2.my-shop.example.org"),
        ("www.example.org.googleweblight.com", "example.org"),
        ("www.googleweblight.com", "googleweblight.com"),
        ("my-shop.googleweblight.com", "my-shop.googleweblight.com"),
        ("example.org.notgoogleweblight.com", "example.org.notgoogleweblight.com"),
        ("cdn.ampproject.org", "cdn.ampproject.org"),
        ("my-shop.example.org", "my-shop.example.org"),
    ],
)
def test_who_shows_the_page_of_a_site_refers_as_that_site(host: str, shown: str) -> None:
    assert referrer_host(f"https://{host}/c/s/page") == shown
    assert registrable_domain(host) == registrable_domain(shown)


def test_every_mirror_says_where_the_name_of_the_site_is() -> None:
    shown = {HYPHENS: "www-example-org", POINTS: "www.example.org"}
    for row in data.read("mirrors"):
        assert row["source"]
        assert row["name_in"] in (*shown, PATH, QUERY)
        assert bool(row["behind"]) == (row["name_in"] in (PATH, QUERY))
        if name := shown.get(row["name_in"]):
            assert mirrored(f"{name}.{row['suffix']}") == "www.example.org"


@given(st.text() | st.from_regex(r"(https?|android-app)://[^/]{0,30}(/.*)?", fullmatch=True))
def test_nothing_raises(text: str) -> None:
    found = parse_referrer(text)
    if found:
        assert found.host == found.host.lower().strip()
        assert found.kind is None or found.kind in {*KINDS, "spam"}
        assert registrable_domain(found.host)


@given(st.text())
def test_every_host_has_a_domain(host: str) -> None:
    assert isinstance(registrable_domain(host), str)


def test_every_row_has_network_kind_and_source() -> None:
    assert all(row["network"] and row["source"] and row["kind"] in KINDS for row in ROWS)


def test_an_app_stands_where_the_kind_is_private() -> None:
    private = {row["host"] for row in ROWS if row["kind"] in ("messenger", "email")}
    assert private == {row["host"] for row in ROWS if row.get("app")}


def test_no_host_appears_twice() -> None:
    hosts = [row["host"] for row in ROWS]
    assert len(set(hosts)) == len(hosts)
    assert all(host == host.lower().removeprefix("www.") and "/" not in host for host in hosts)


@pytest.mark.parametrize("row", ROWS, ids=[row["host"] for row in ROWS])
def test_every_row_is_found(row: dict[str, str]) -> None:
    host = re.sub(r"\{\}$", "co.uk", re.sub(r"^\{\}", "anything", row["host"]))
    expected = Referrer(host, row["network"], row["kind"], row.get("app") or None)
    assert parse_referrer(f"https://{host}/") == expected


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("https://example.org/", True),
        ("android-app://com.slack/", True),
        ("http://semalt.com/project", False),
        ("http://www.semalt.com/", False),
        ("http://site7.free-share-buttons.com/", False),
        ("https://notsemalt.com/", True),
        ("http://192.0.2.1/", False),
        ("http://192.0.2.1:8080/x", False),
        ("http://[2001:db8::1]/", False),
        ("http://192.0.2.1.example.org/", True),
    ],
)
def test_what_no_site_is_does_not_link(text: str, links: bool) -> None:
    referrer = parse_referrer(text)
    assert referrer is not None
    assert referrer.links == links


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("http://forum.example.com/%EF%F0%E8%E2%E5%F2", "forum.example.com"),
        (r"http://forum.example.com/\xef\xf0\xe8?q=\xef", "forum.example.com"),
        (r"http://\xef\xf0\xe8\xec\xe5\xf0.\xf0\xf4/a", "пример.рф"),
        ("http://%EF%F0%E8%EC%E5%F0.%F0%F4", "пример.рф"),
        ("http://%d0%bf%d1%80%d0%b8%d0%bc%d0%b5%d1%80.%d1%80%d1%84/", "пример.рф"),
        (r"http://example.com\path", "example.com"),
        (r"http://\x98.example.com/", None),
    ],
)
def test_a_referrer_in_windows_1251_is_one(text: str, host: str | None) -> None:
    assert referrer_host(text) == host


def test_each_host_of_spam_is_a_domain_of_its_own_and_no_network() -> None:
    hosts = [row["host"] for row in SPAM]
    assert hosts == sorted({*hosts} - {row["host"] for row in ROWS})
    assert all(registrable_domain(host) == host for host in hosts)
    assert all(is_spam(f"www.{host}") for host in hosts)
