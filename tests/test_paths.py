"""Percent-encoded paths: decoded once, the same in every server's spelling, and readable."""

from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import darksocial
from darksocial import Goal, Settings
from darksocial.engines.duckdb import DuckDBEngine
from darksocial.lookups.paths import decoded_path, decoded_referrer
from darksocial.settings import Resources
from darksocial.store.days.paths import with_decoded_paths
from tests.logs import BROWSER, Hit, analyzed

DECODED = {
    "/news": "/news",
    "/%D0%BD%d0%be%D0%B2": "/нов",
    "/%7Euser/%61%2Db%5Fc%2ehtml": "/~user/a-b_c.html",
    "/a%2fb%3Fc%23d%25e%40f": "/a%2Fb%3Fc%23d%25e%40f",
    "/100%2540": "/100%2540",
    "/two%20words": "/two%20words",
    "/caf%C3%A9": "/café",
    "/caf%e9": "/caf%E9",
    "/%E6%96%B0%E9%97": "/新%E9%97",
    "/%ED%A0%80": "/%ED%A0%80",
    "/a%0Ab%1Bc%C2%85": "/a%0Ab%1Bc%C2%85",
    "/%E2%80%AEfdp.exe": "/%E2%80%AEfdp.exe",
    "/a%E2%80%8Bb%E3%80%80c": "/a%E2%80%8Bb%E3%80%80c",
    "/%CD%B8": "/%CD%B8",
    "/%D9%85%DB%8C%E2%80%8C%D8%AE%D9%88%D8%A7%D9%87%D9%85": "/می\N{ZERO WIDTH NON-JOINER}خواهم",
    "/100%": "/100%",
    "/%zz%4": "/%zz%4",
    "/новости": "/новости",
}


@pytest.mark.parametrize(("path", "readable"), DECODED.items())
def test_a_path_is_decoded_where_it_keeps_its_meaning(path: str, readable: str) -> None:
    assert decoded_path(path) == readable


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_second_round_changes_nothing(text: str) -> None:
    for path in (text, quote(text), quote(text.encode("utf-16"))):
        assert decoded_path(decoded_path(path)) == decoded_path(path)


@given(st.text(st.characters(categories=["L", "N"])))
def test_words_of_all_scripts_are_readable(text: str) -> None:
    assert decoded_path(f"/{quote(text)}") == f"/{text}"


@pytest.mark.parametrize(
    ("referrer", "decoded"),
    [
        ("https://e.org/%D1%8F?q=%D1%8F#%D1%8F", "https://e.org/я?q=%D1%8F#%D1%8F"),
        ("https://%65.org/%65", "https://%65.org/e"),
        ("https://e.org?q=%65", "https://e.org?q=%65"),
        ("%65", "%65"),
        ("android-app://org.%65/", "android-app://org.%65/"),
    ],
)
def test_referrers_have_their_path_decoded(referrer: str, decoded: str) -> None:
    assert decoded_referrer(referrer) == decoded


W3C = "#Fields: date time cs-method cs-uri-stem c-ip cs(User-Agent) cs(Referer) sc-status\n"
PATHS = ("/новости/", "/محصول/لباس-شویی", "/新闻/中文")


def visits(spelled: bool) -> list[Hit]:
    """Three pages, each viewed by four visitors who go on to the next page."""
    hits = []
    for number in range(12):
        first, second = (PATHS[(number + step) % 3] for step in (0, 1))
        hex_digits = quote(first).lower() if number % 2 else quote(first)
        ip = f"192.0.2.{number}"
        hits.append(Hit(60 * number, hex_digits if spelled else first, ip))
        referrer = f"https://www.example.org{hex_digits}"
        hits.append(Hit(60 * number, quote(second) if spelled else second, ip, referrer=referrer))
    return hits


def as_iis_logs(hit: Hit) -> str:
    time = hit.line.split("[")[1][12:20]
    day = 2 + hit.at // 1440 + (hit.at % 1440 >= 16 * 60)
    agent = BROWSER.replace(" ", "+")
    return f"2026-03-{day:02.0f} {time} GET {hit.path} {hit.ip} {agent} {hit.referrer} 200\n"


@pytest.mark.long
def test_a_page_is_the_same_as_apache_and_as_iis_log_it(tmp_path: Path) -> None:
    goals = (Goal(path="/новости/"), Goal(path=f"{quote('/新闻')}/*"))
    settings = Settings(site=("example.org",), goals=goals)
    with analyzed(tmp_path, visits(spelled=True), settings) as analysis:
        apache, table = analysis.report, analysis.to_pandas()
    log = tmp_path / "iis.log"
    log.write_text(W3C + "".join(map(as_iis_logs, visits(spelled=False))), "utf-8")
    with darksocial.analyze([str(log)], settings=settings, secret="tests") as analysis:
        iis = analysis.report
    assert {page.path for page in apache.pages} == set(PATHS)
    assert apache.pages == iis.pages
    assert apache.dark_social == iis.dark_social
    assert apache.evidence == iis.evidence
    assert apache.conversions == iis.conversions
    # The page that a hit names as its referrer came first, also within one second.
    assert list(table.landing_path) == [PATHS[number % 3] for number in range(12)]
    assert table.conversions.sum() == 16


def test_decoding_uncovers_no_personal_data(tmp_path: Path) -> None:
    paths = {
        "/u/ann%40example.org/": "/u/<email>/",
        "/u/ann%2540example.org/": "/u/<email>/",
        "/u/%61nn%40example%2Eorg/": "/u/<email>/",
        "/u/%D1%8F%40%D1%8F.%D1%80%D1%84/": "/u/<email>/",
        "/reset/%61bcdefgh12345678%69jkl": "/reset/<token>",
    }
    hits = [
        Hit(100 * number, path, referrer=f"https://www.example.org{path}")
        for number, path in enumerate(paths)
    ]
    with analyzed(tmp_path, hits, Settings(site=("example.org",))) as analysis:
        table = analysis.to_pandas()
    assert list(table.landing_path) == list(paths.values())
    assert list(table.referrer) == [f"https://www.example.org{path}" for path in paths.values()]


def test_hits_that_were_stored_encoded_are_decoded() -> None:
    versions = {5: "/%D1%8F", None: "/%D1%8F?", 6: "/я"}
    rows = [
        {
            "path": path,
            "request_path": f"{path}x",
            "referrer": f"//e{path}",
            "schema_version": version,
        }
        for version, path in versions.items()
    ]
    engine = DuckDBEngine(Resources())
    try:
        hits = engine.load("stored", pa.Table.from_pylist(rows))
        decoded = with_decoded_paths(engine, hits).order_by("path")
        found = engine.fetch(
            decoded.select("path", "request_path", "referrer"), "decoded"
        ).to_pylist()
    finally:
        engine.close()
    assert found == [
        {"path": path, "request_path": f"{path}x", "referrer": f"//e{path}"}
        for path in ("/я", "/я", "/я?")
    ]
