"""The script of `darksocial snippet` in real browsers, on a site that writes a log."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

import darksocial
from darksocial.tracking.share_id import ShareId, parse
from darksocial.tracking.snippet import snippet
from tests.browsers import CONTROL, INSTALLED, Browser, browser
from tests.static_site import Site, serving

CSP = {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "no-store"}
WORDS = "One two three four five six seven eight words to copy."
PAGE = f"""\
<!doctype html><html lang="en"><head><title>A story</title>
<link rel="canonical" href="/story"><link rel="icon" href="data:,">
<script src="/ds.js"></script><script src="/app.js"></script></head>
<body><p id="words">{WORDS}</p><p id="few">One two three</p>
<a id="button" data-share="/to?text={{url}}">Share</a> <button id="menu">Share</button>
<button id="route">Next</button> <textarea id="text"></textarea>
<h2 id="part">Part</h2></body></html>"""
APP = """\
navigator.share = what => { document.title = what.url; return Promise.resolve(); };
addEventListener("DOMContentLoaded", () => {
  document.querySelector("#menu").onclick = () => navigator.share({ title: "A story" });
  document.querySelector("#route").onclick = () => history.pushState({ route: 2 }, "", "/next");
});
"""
FILES = dict.fromkeys(("/story", "/next", "/", "/to", "/cart", "/taken"), PAGE)
ID = re.compile(r"[?&]sh=([^&#]*)")


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def page(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    if not INSTALLED[request.param]:
        pytest.skip(f"{request.param} is not installed")
    with browser(request.param, tmp_path_factory.mktemp(request.param)) as started:
        yield started


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    # The stub of navigator.share comes before the script, as the browser's own does.
    share, rest = APP.split("\n", 1)
    script = share + "\n" + snippet(extras=("buttons", "share")).text
    files = {**FILES, "/ds.js": script, "/app.js": rest, "/ds.txt": ""}
    with serving(files, CSP) as started:
        yield started


def own(page: Browser) -> ShareId:
    """The id in the address bar."""
    match = ID.search(page.address)
    assert match, page.address
    share = parse(match[1])
    assert share, match[1]
    return share


def opened(page: Browser, url: str) -> ShareId:
    """The id that a page has once a pointer has moved."""
    page.open(url)
    page.point("#few")
    page.point("#words")
    return own(page)


def beacon(site: Site, start: str) -> str:
    """The line that the script asked for; it is sent beside everything else."""
    end = time.monotonic() + 10
    while not (lines := site.requests(f"/ds.txt?sh={start}")):
        assert time.monotonic() < end, site.lines
        time.sleep(0.02)
    return lines[-1]


def test_a_page_has_an_id_after_the_pointer_moved(page: Browser, site: Site) -> None:
    page.open(f"{site.url}/story?a=b+c&flag#part")
    assert "sh=" not in page.address
    assert (
        page.run("return document.querySelector('link[rel=canonical]').href") == f"{site.url}/story"
    )
    page.point("#words")
    share = own(page)
    assert (share.generation, share.root, share.method) == (1, share.key, "address_bar")
    assert page.address == f"{site.url}/story?a=b+c&flag&sh={share}#part"
    canonical = page.run("return document.querySelector('link[rel=canonical]').href")
    assert canonical == f"{site.url}/story?sh={str(share)[:-1]}m"
    assert beacon(site, str(share)) == f"/ds.txt?sh={share}"


def test_an_id_stays_over_reload_and_back(page: Browser, site: Site) -> None:
    share = opened(page, f"{site.url}/story")
    page.reload()
    page.point("#few")
    assert own(page) == share
    other = opened(page, f"{site.url}/next")
    page.back()
    page.point("#few")
    assert own(page) == share != other


def test_who_comes_with_an_id_shares_in_the_next_generation(page: Browser, site: Site) -> None:
    first = opened(page, f"{site.url}/story")
    page.open(f"{site.url}/")
    second = opened(page, f"{site.url}/story?sh={str(first)[:-1]}c&a=1")
    assert (second.root, second.generation) == (first.root, 2)
    assert second.key != first.key
    assert page.address == f"{site.url}/story?a=1&sh={second}"
    assert beacon(site, str(second)) == f"/ds.txt?sh={second}&from={first.key}"


def test_a_copy_takes_the_link_along(page: Browser, site: Site) -> None:
    share = opened(page, f"{site.url}/story#part")
    pasted = [_pasted(page, selector) for selector in ("#words", "#few")]
    assert pasted == [f"{WORDS}\n{site.url}/story?sh={str(share)[:-1]}c#part", "One two three"]
    assert beacon(site, f"{str(share)[:-1]}c")


def _pasted(page: Browser, selector: str) -> str:
    """What comes out of a text field after the text of an element was copied."""
    page.run("document.activeElement.blur()")
    page.run(f"getSelection().selectAllChildren(document.querySelector('{selector}'))")
    page.press(CONTROL, "c")
    page.point("#text", click=True)
    page.press(CONTROL, "a")
    page.press(CONTROL, "v")
    return str(page.run("return document.querySelector('#text').value")).replace("\r", "")


def test_buttons_and_the_share_menu_have_their_methods(page: Browser, site: Site) -> None:
    share = opened(page, f"{site.url}/story")
    start = str(share)[:-1]
    page.point("#menu", click=True)
    assert page.run("return document.title") == f"{site.url}/story?sh={start}n"
    page.point("#button", click=True)
    assert beacon(site, f"{start}b")
    page.open(f"{site.url}/next")
    assert any(f"sh%3D{start}b" in target for target in site.requests("/to"))


def test_a_router_keeps_its_state_and_its_page_gets_an_id(page: Browser, site: Site) -> None:
    first = opened(page, f"{site.url}/story")
    page.point("#route", click=True)
    page.point("#few")
    second = own(page)
    assert page.address.startswith(f"{site.url}/next?sh=")
    assert second.generation == 1 and second.key != first.key
    assert page.run("return history.state.route") == 2
    page.back()
    page.point("#words")
    assert own(page) == first


LEFT_ALONE = (
    "/",
    "/cart",
    "/story?token=1",
    "/taken?sh=what",
    "/story?d=0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
)


def test_some_pages_are_left_alone(page: Browser, site: Site) -> None:
    for path in LEFT_ALONE:
        page.open(site.url + path)
        page.point("#few")
        page.point("#words")
        assert page.address == site.url + path


def test_nothing_is_kept_on_the_device(page: Browser, site: Site) -> None:
    opened(page, f"{site.url}/story")
    kept = "return [document.cookie, localStorage.length, sessionStorage.length]"
    assert page.run(kept) == ["", 0, 0]


READERS = ("192.0.2.11", "192.0.2.12", "192.0.2.13")
WHATSAPP, TELEGRAM = "WhatsApp/2.25.31.77 A", "TelegramBot (like TwitterBot)"


def fetched(site: Site, path: str, address: str, agent: str) -> None:
    """Fetch the preview of a link, as the app does into which it is sent."""
    site.reader = address
    with urlopen(Request(site.url + path, headers={"User-Agent": agent})) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    "page", ["chromium", pytest.param("firefox", marks=pytest.mark.long)], indirect=True
)
def test_the_log_says_who_shared_what_with_whom(page: Browser, site: Site, tmp_path: Path) -> None:
    """Three readers: the first reloads, goes back and copies a text, the second came by that link
    and sends on the own address bar, the third came by this one."""
    begun = len(site.lines)
    site.reader = READERS[0]
    first = opened(page, f"{site.url}/story")
    page.reload()
    page.open(f"{site.url}/next")
    page.back()
    page.point("#few")
    copied = _pasted(page, "#words").rpartition(site.url)[2]
    assert copied == f"/story?sh={str(first)[:-1]}c"
    beacon(site, copied.partition("=")[2])
    fetched(site, copied, READERS[0], WHATSAPP)
    site.reader = READERS[1]
    second = opened(page, site.url + copied)
    assert second.generation == 2
    beacon(site, str(second))
    fetched(site, f"/story?sh={second}", "149.154.161.1", TELEGRAM)
    site.reader = READERS[2]
    # The address that a browser shows already would be loaded again, as the same page.
    page.open("about:blank")
    beacon(site, str(opened(page, f"{site.url}/story?sh={second}")))
    log = tmp_path / "access.log"
    # A browser without a window says so in its name, and is no person's.
    text = "\n".join(site.lines[begun:]).replace("HeadlessChrome", "Chrome") + "\n"
    log.write_text(text.replace(site.url, "https://www.example.org"), "utf-8")
    site.reader = "192.0.2.1"
    settings = darksocial.Settings(site=("www.example.org",), keep_identifiers=True)
    with darksocial.analyze(log, settings=settings, secret="s") as analysis:
        visits = {row["client_ip"]: row for row in analysis.sessions().to_pylist()}
        shares = {row["tracked_id"]: row for row in analysis.shares().to_pylist()}
    names = ("share_id", "share_generation", "share_method", "app")
    assert {address: tuple(row[name] for name in names) for address, row in visits.items()} == {
        READERS[0]: (None, None, None, None),
        READERS[1]: (first.key, 1, "copy", "whatsapp"),
        READERS[2]: (second.key, 2, "address_bar", "telegram"),
    }
    assert visits[READERS[0]]["pageviews"] >= 3
    assert len(visits) == len(READERS)
    tree = {key: (row["root"], row["parent"], row["clicks"]) for key, row in shares.items()}
    one = pytest.approx(1, abs=0.3)  # some of the probability is a bot's
    assert tree == {first.key: (first.key, None, one), second.key: (first.key, first.key, one)}
