"""Hosts that show pages of other sites, by the address of the page within their own."""

from pathlib import Path

import pytest

from darksocial import data
from darksocial.lookups.mirrors import PATH, QUERY
from darksocial.lookups.referrers import parse_referrer, referrer_host
from tests.logs import ARTICLE, SITE, Hit, analyzed

PAGE = "https://www.example.org/page"
ENCODED = "https%3A%2F%2Fwww.example.org%2Fpage%3Fa%3D1%26b"
COPIES = [
    f"https://web.archive.org/web/2019/{PAGE}",
    "https://web.archive.org/web/20190126161558/http://www.example.org:80/page?a=1#top",
    "https://web.archive.org/web/20190126161558if_/http://example.org/",
    "https://web.archive.org/web/2019/example.org/page",
    "https://web.archive.org:443/web/2019/https%3A//www.example.org/page",
    "web.archive.org/web/2019/https://www.example.org/page",
    "https://WEB.Archive.org/web/2019/https://www.EXAMPLE.org",
    f"https://archive.today/20190126161558/{PAGE}",
    f"https://archive.fo/2019.01.26-161558/{PAGE}",
    f"http://archive.is/20190126161558/{PAGE}",
    f"https://archive.li/20190126161558/{PAGE}",
    f"https://archive.md/2019/{PAGE}",
    f"https://archive.ph/20190126161558/{PAGE}",
    f"https://archive.vn/20190126161558/{PAGE}",
    f"https://translate.google.com/translate?sl=de&tl=en&u={ENCODED}",
    f"https://translate.google.co.uk/website?u={PAGE}&sl=de",
    f"https://translate.googleusercontent.com/translate_c?depth=1&u={PAGE}&usg=ALkJrhg",
    "https://webcache.googleusercontent.com/search?q=cache:tC0v_fFD3lQJ:www.example.org/page+a&cd=7",
    "https://webcache.googleusercontent.com/search?q=cache%3Awww.example.org+some+words",
    f"https://googleweblight.com/?lite_url={PAGE}",
    f"https://googleweblight.com/i?u={ENCODED}&hl=id",
    "https://translated.turbopages.org/proxy_u/pl.en.1-2/https/www.example.org/page",
    "https://translated.turbopages.org/proxy_u/pl.en/www.example.org/page",
    f"https://translate.yandex.ru/translate?url={ENCODED}&lang=ru-en",
    f"https://12ft.io/{PAGE}",
    f"https://12ft.io/proxy?q={ENCODED}",
    f"https://1ft.io/proxy?q={ENCODED}",
    "https://web.archive.org/web/2019/https://www-example-org.translate.goog/page",
]
OWN_PAGES = [
    ("https://web.archive.org/", "web.archive.org"),
    ("https://web.archive.org/web/*/https://www.example.org/", "web.archive.org"),
    ("https://web.archive.org/save/https://www.example.org/", "web.archive.org"),
    ("https://web.archive.org/web/2019/", "web.archive.org"),
    ("https://web.archive.org/web/2019/about", "web.archive.org"),
    ("https://web.archive.org/web/2019/mailto:a@example.org", "web.archive.org"),
    ("https://web.archive.org/about/?url=https://www.example.org/", "web.archive.org"),
    ("https://archive.ph/AbCdE", "archive.ph"),
    ("https://archive.ph/o/AbCdE/https://www.example.org/", "archive.ph"),
    ("https://translate.google.com/?sl=de&text=u", "translate.google.com"),
    ("https://translate.google.com/translate?tl=en&u=", "translate.google.com"),
    ("https://12ft.io/about.html", "12ft.io"),
    ("https://blog.example.net/web/2019/https://www.example.org/", "blog.example.net"),
    ("https://l.facebook.com/l.php?u=https://www.example.org/", "l.facebook.com"),
]


@pytest.mark.parametrize("referrer", COPIES)
def test_a_copy_of_a_page_refers_as_its_site(referrer: str) -> None:
    assert referrer_host(referrer) == "example.org"


@pytest.mark.parametrize(("referrer", "host"), OWN_PAGES)
def test_a_page_that_is_no_copy_refers_as_its_own_host(referrer: str, host: str) -> None:
    assert referrer_host(referrer) == host


def test_every_host_whose_addresses_hold_others_has_a_case() -> None:
    for row in data.read("mirrors"):
        if row["name_in"] in (PATH, QUERY):
            assert any(f"//{row['suffix'].removesuffix('{}')}" in copy for copy in COPIES), row


def test_a_copy_of_a_copy_is_a_page_of_whom_it_was_copied_from() -> None:
    nested = "https://12ft.io/" * 20_000
    assert referrer_host(f"{nested}https://www.example.org/") == "12ft.io"


def test_a_copy_of_search_results_is_a_search() -> None:
    found = parse_referrer("https://web.archive.org/web/2019/https://www.google.com/search?q=a")
    assert found is not None
    assert (found.host, found.kind) == ("google.com", "search")


def test_who_comes_from_a_copy_of_the_site_continues_the_visit(tmp_path: Path) -> None:
    away = Hit(
        0, ip="192.0.2.7", referrer="https://web.archive.org/web/2019/https://a.example.net/"
    )
    back = [Hit(5, "/page", referrer=f"https://web.archive.org/web/2019/{SITE}{ARTICLE}")]
    with analyzed(tmp_path, [Hit(0), *back, away]) as analysis:
        visits = analysis.to_pandas().sort_values("pageviews")
    assert list(visits.pageviews) == [1, 2]
    assert list(visits.source_before) == ["a.example.net", "(direct)"]
