"""What a page is: parameters that name pages, addresses that are one page, and what is neither."""

from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

import darksocial
from darksocial import Settings
from darksocial.cli._main import darksocial as command
from darksocial.lookups.landing_pages import kind_of
from darksocial.lookups.pages import PageParameters, folded, twins
from darksocial.privacy.urls import Parameters
from darksocial.visits import pages
from tests.logs import ARTICLE, SITE, Hit, analyzed
from tests.nights import night

BY_ID = PageParameters(frozenset({"id"}), Parameters(strip=("member",)).is_personal)
NAMES = [
    ("/", "p=12&utm_source=x", "/?p=12"),
    ("/blog/", "fbclid=1&amp;p=12", "/blog/?p=12"),
    ("/forum/viewtopic.php", "f=2&t=7&sid=ab", "/forum/viewtopic.php?t=7"),
    ("/w/index.php", "title=%d0%af%26&action=edit", "/w/index.php?title=Я%26"),
    ("/show", "b=1&ID=7&id=8", "/show?id=7"),
    ("/show", "id=", "/show"),
    ("/show", "id", "/show"),
    ("/", "s=word&q=word&page=2", "/"),
    ("/news", "p=12", "/news"),
]


@pytest.mark.parametrize(("path", "query", "page"), NAMES)
def test_the_name_of_a_page(path: str, query: str, page: str) -> None:
    assert BY_ID.page_of(path, query) == page


def test_a_parameter_with_personal_data_names_no_page() -> None:
    named = PageParameters(frozenset({"member", "email", "id"}), BY_ID.is_personal)
    assert named.page_of("/show", "member=1&email=a@example.org&id=2") == "/show?id=2"


def test_a_page_in_a_query_is_deep_whatever_its_path() -> None:
    kinds = {page: kind_of(page) for page in ("/", "/?p=1", "/search.php?id=1", "/show?id=a")}
    assert list(kinds.values()) == ["home", "numbered", "account", "numbered"]


ONE_PAGE = [
    ("/news", "/news/", "//news", "/news/index.html", "/news/Default.aspx", "/news/amp/"),
    ("/", "//", "/index.php"),
    ("/?p=1", "/index.php?p=1"),
    ("/amp",),
    ("/news/indexes",),
    ("/show?id=1",),
    ("/show?id=2", "/show/?id=2"),
    (
        "/about-us/viewTopic.php?t=aB",
        "/About-Us/viewtopic.php?t=aB",
        "/ABOUT-US/ViewTopic.PHP?t=aB",
    ),
    ("/s/aB3x",),
    ("/s/Ab3x",),
    ("/s/aBcDe",),
    ("/s/abcde",),
]


def test_addresses_that_servers_answer_alike_have_one_text() -> None:
    texts = [set(folded(pa.array(pages)).to_pylist()) for pages in ONE_PAGE]
    assert [len(text) for text in texts] == [1] * len(ONE_PAGE)
    assert len(set.union(*texts)) == len(ONE_PAGE)


def of_a_shop() -> list[Hit]:
    """Twelve pages in the query, three other parameters, and a page with several addresses."""
    hits = []
    for number in range(12):
        for ip in range(2):
            address = f"198.51.100.{2 * number + ip}"
            query = f"nr={number}&sid={address}&tag=t{number}&next=%2F{number}"
            at = 100 * number + 40 * ip
            hits += [
                Hit(at, "/list", address),
                Hit(at + 1, f"/show?{query}", address, referrer=f"{SITE}/list"),
                Hit(at + 2, f"/more{number % 4}?tag=t{number}", address, referrer=f"{SITE}/list"),
                Hit(at + 3, f"/also{number % 4}?tag=t{number}", address, referrer=f"{SITE}/list"),
            ]
    hits += [Hit(1500, "/show?nr=3&utm_source=x", "192.0.2.1"), Hit(1501, "/", "192.0.2.2")]
    hits += [Hit(1502, "/show?nr=a%40example.org", "192.0.2.3")]
    return [*hits, *(Hit(1600 + n, path, f"192.0.2.{n}") for n, path in enumerate(SPELLINGS, 10))]


SPELLINGS = ("/news/", "/news/", "/news", "//news/", "/news/index.html", "/About/", "/about/")


def test_pages_of_a_log(tmp_path: Path) -> None:
    with analyzed(tmp_path, of_a_shop(), Settings(site=("example.org",))) as analysis:
        table = analysis.to_pandas()
    landed = dict(zip(table.visitor_id, table.landing_path, strict=True))
    assert len(landed) == len(table)
    late = list(table.sort_values("started_at").landing_path)[24:]
    assert late[:3] == ["/show?nr=3", "/", "/show?nr=<email>"]
    assert late[3:8] == ["/news/"] * 5
    # A server that distinguishes the case of words would not have answered both.
    assert late[8:] == ["/About/", "/About/"]


@pytest.mark.long
def test_pages_for_telephones_are_those_of_the_site(tmp_path: Path) -> None:
    """The preview is of the usual address, the click comes to the one for telephones."""
    page, preview = "/news/2026/03/what-all-want-to-know/", "TelegramBot (like TwitterBot)"
    hits = [
        ("www.example.org", Hit(0, page, "203.0.113.1", preview)),
        ("www.example.org", Hit(300, "/", "192.0.2.1")),
        ("m.example.org", Hit(2, page, "192.0.2.2")),
        ("m.example.net", Hit(400, page, "192.0.2.3")),
    ]
    log = tmp_path / "access.log"
    log.write_text("".join(f"{host}:443 {hit.line}\n" for host, hit in hits))
    with darksocial.analyze([str(log)], secret="s") as analysis:
        table = analysis.to_pandas().sort_values("started_at")
    assert list(table.site) == ["www.example.org", "www.example.org", "m.example.net"]
    assert table.app.dropna().to_dict() == {table.index[0]: "telegram"}


def test_a_host_has_a_twin_only_in_the_same_log() -> None:
    hosts = ["m.example.org", "example.org", "mobile.example.net", "m.org", "www.m.org"]
    assert twins([*hosts, "amp.example.com", "www.example.com", "example.com"]) == {
        "m.example.org": "example.org",
        "amp.example.com": "www.example.com",
    }


@pytest.mark.long
def test_a_small_log_needs_the_option(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    hits = [Hit(0, "/show?nr=1", "192.0.2.1"), Hit(1, "/show?nr=2", "192.0.2.2")]
    log.write_text("".join(hit.line + "\n" for hit in hits))
    store = tmp_path / "store"
    settings = Settings(site=("example.org",), page_parameter=("NR",))
    night(log, store, settings=settings)
    arguments = ["analyze", str(log), "--out", str(tmp_path / "out"), "--report", "json"]
    named = CliRunner().invoke(command, [*arguments, "--page-parameter", "nr"]).stdout
    unnamed = CliRunner().invoke(command, arguments).stdout
    assert '"/show?nr=1"' in named and '"/show?nr=2"' in named
    assert '"/show"' in unnamed and "nr=" not in unnamed
    [report] = (store / "reports").glob("*/summary.json")
    assert '"/show?nr=1"' in report.read_text()


@pytest.mark.parametrize(("limit", "hosts"), [(2, {"www"}), (1, {"www", "m"})])
def test_twins_are_sought_among_the_hosts_with_most_views(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, hosts: set[str]
) -> None:
    """What bots ask for by name is no end of hosts, so not all can be looked at."""
    monkeypatch.setattr(pages, "MAX_HOSTS_OF_PAGES", limit)
    asked = {"www": 3, "m": 2, "a": 1}
    hits = [
        Hit(number, f"https://{host}.example.org{ARTICLE}", f"192.0.2.{number}{views}")
        for host, views in asked.items()
        for number in range(views)
    ]
    with analyzed(tmp_path, hits) as analysis:
        sites = analysis.sessions().column("site").to_pylist()
    assert {*sites} - {"a.example.org"} == {f"{host}.example.org" for host in hosts}
