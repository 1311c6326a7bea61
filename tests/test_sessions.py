"""Hits to sessions: what starts one, what prolongs one, and what never counts."""

from pathlib import Path

import pandas as pd
import pytest

import darksocial
from darksocial import Resources, Settings, UsageError
from darksocial.lookups.request_kinds import REQUEST_KINDS, path_patterns
from tests.gate import series
from tests.logs import ARTICLE, BROWSER, SITE, Hit, analyzed, asset, network, sessions, together

INTERNAL = f"{SITE}/"

CASES = {
    "one page is one session": ([Hit()], [1]),
    "half an hour is no pause": ([Hit(0), Hit(30)], [2]),
    "half an hour and a second is": ([Hit(0), Hit(30 + 1 / 60)], [1, 1]),
    "midnight cuts nothing": ([Hit(15 * 60 + 50), Hit(16 * 60 + 10)], [2]),
    "assets prolong": ([Hit(0), asset(25), Hit(50)], [2]),
    "redirects and errors prolong": (
        [Hit(0), Hit(25, "/old", status=301), Hit(50, "/gone", status=404), Hit(75)],
        [2],
    ),
    "open pages that poll do not prolong": (
        [Hit(0), Hit(25, "/api/live"), Hit(50, "/feed/"), Hit(55)],
        [1, 1],
    ),
    "assets alone make none": ([asset(0), asset(1)], []),
    "redirects and errors alone make none": ([Hit(0, status=302), Hit(1, status=404)], []),
    "a post makes none": ([Hit(0, method="POST")], []),
    "a head request does not": ([Hit(0, method="HEAD")], []),
    "a head request prolongs none": ([Hit(0), Hit(29, method="HEAD"), Hit(58)], [1, 1]),
    "a cached page does": ([Hit(0, status=304)], [1]),
    "feeds, downloads and calls make none": (
        [Hit(0, "/feed/"), Hit(0, "/a.pdf"), Hit(0, "/api/x"), Hit(0, "/?feed=rss2")],
        [],
    ),
    "an internal click after a pause is the next": (
        [Hit(0), Hit(31, "/sport/", referrer=INTERNAL)],
        [1, 1],
    ),
    "two people behind one address": ([Hit(0), Hit(1, agent=BROWSER + " Other")], [1, 1]),
    "a fast reader whose browser loads assets is a person": (
        [Hit(i / 60) for i in range(25)] + [asset() for _ in range(25)],
        [25],
    ),
}


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The sessions of all cases, in one log."""
    hits = together(hits for hits, _pageviews in CASES.values())
    return sessions(tmp_path_factory.mktemp("cases"), hits)


@pytest.mark.parametrize(("number", "name"), list(enumerate(CASES)))
def test_sessions(visits: pd.DataFrame, number: int, name: str) -> None:
    own = visits[visits.client_ip.str.startswith(network(number))]
    assert list(own.pageviews) == CASES[name][1]


@pytest.mark.long
def test_an_excluded_referrer_begins_no_visit(tmp_path: Path) -> None:
    hits = [
        Hit(0, "/cart/", referrer="https://www.google.com/"),
        Hit(25, "/thanks/", referrer="https://www.till.example/pay"),
        Hit(70, "/thanks/", referrer="https://www.till.example/pay"),
    ]
    booked = sessions(tmp_path, hits)
    assert list(booked.channel_before) == ["Organic Search", "Referral"]
    excluded = Settings(site=("example.org",), exclude_referrer=("till.example",))
    frame = sessions(tmp_path, hits, excluded)
    assert list(frame.pageviews) == [2, 1]
    assert list(frame.channel_before) == ["Organic Search", "Organic Search"]
    assert list(frame.began) == ["arrival", "continued"]


@pytest.mark.long
def test_the_timeout_can_be_set(tmp_path: Path) -> None:
    hits = [Hit(0), Hit(40)]
    assert len(sessions(tmp_path, hits, Settings(session_timeout=45))) == 1


@pytest.mark.long
def test_a_session_knows_its_landing_page_and_span(tmp_path: Path) -> None:
    hits = [
        Hit(0, f"{ARTICLE}?utm_source=nl&utm_medium=email", referrer="https://mail.google.com/"),
        Hit(3, "/sport/", referrer=INTERNAL),
        asset(5),
    ]
    [row] = sessions(tmp_path, hits).to_dict("records")
    assert row["landing_path"] == ARTICLE
    assert row["landing_query"] == "utm_source=nl&utm_medium=email"
    assert (row["utm_source"], row["channel_before"]) == ("nl", "Email")
    assert (row["ended_at"] - row["started_at"]).total_seconds() == 300
    assert (row["browser"], row["os"], row["device"]) == ("Firefox", "Linux", "desktop")
    assert row["new_visitor"]


@pytest.mark.long
def test_the_landing_page_of_a_busy_second_came_from_outside(tmp_path: Path) -> None:
    hits = [Hit(0, "/a/", referrer=INTERNAL), Hit(0, "/z/", referrer="https://www.google.com/")]
    for order in (hits, hits[::-1]):
        [row] = sessions(tmp_path, order).to_dict("records")
        assert (row["landing_path"], row["channel_before"]) == ("/z/", "Organic Search")


@pytest.mark.long
def test_the_site_is_told_from_the_log(tmp_path: Path) -> None:
    hits = [Hit(0), asset(0), asset(0), Hit(400, "/sport/", referrer=INTERNAL)]
    assert list(sessions(tmp_path, hits, Settings()).began) == ["arrival", "continued"]


@series(
    ("referrer", "channel"),
    [
        ("https://www.google.com/", "Organic Search"),
        ("https://l.facebook.com/", "Organic Social"),
        ("https://chatgpt.com/", "AI Assistant"),
    ],
    in_gate=1,
)
def test_a_network_is_never_told_to_be_the_site(
    tmp_path: Path, referrer: str, channel: str
) -> None:
    hits = [Hit(i, ip=f"192.0.2.{i}", referrer=referrer) for i in range(1, 6)]
    inside = [
        Hit(7, ip="192.0.2.9"),
        Hit(70, "/sport/", ip="192.0.2.9", referrer=f"{SITE}{ARTICLE}"),
    ]
    frame = sessions(tmp_path, [*hits, *inside], Settings())
    assert list(frame.channel_before) == [channel] * 5 + ["Direct"] * 2
    assert list(frame.began) == ["arrival"] * 6 + ["continued"]


@pytest.mark.long
def test_an_excluded_referrer_that_starts_a_session_is_direct_and_not_dark(tmp_path: Path) -> None:
    told = Settings(site=("example.org",), exclude_referrer=("Pay.Example.com",))
    hits = [
        Hit(0, "/thank-you-for-your-order", referrer=f"https://{host}/")
        for host in ("pay.example.com", "eu.pay.example.com")
    ]
    [row] = sessions(tmp_path, hits, told).to_dict("records")
    assert (row["pageviews"], row["channel_before"], row["channel_after"]) == (
        2,
        "Direct",
        "Direct",
    )
    assert row["p_dark_social"] < 0.01


def test_without_referrers_only_tags_and_google_s_click_ids_tell_a_channel(tmp_path: Path) -> None:
    queries = {
        "fbclid=1": "Unassigned",
        "": "Unassigned",
        "gclid=1": "Paid Search",
        "utm_medium=email": "Email",
        "utm_source=nl&utm_medium=email": "Email",
    }
    log = tmp_path / "common.log"
    lines = (Hit(100 * i, f"/?{query}").line for i, query in enumerate(queries))
    log.write_text("".join(line.split(' "-" ')[0] + "\n" for line in lines))
    with darksocial.analyze([str(log)]) as analysis:
        frame, report = analysis.to_pandas(), analysis.report
    assert list(frame.channel_before) == list(queries.values())
    assert frame.p_dark_social.max() < 0.02
    assert report.bots == ()
    assert [note.split(":")[0] for note in report.notes] == ["common", "common"]


@pytest.mark.long
def test_hosts_of_one_server_are_sites_of_their_own(tmp_path: Path) -> None:
    hit = Hit(0, "/a/", referrer="https://www.example.net/page")
    log = tmp_path / "vhosts.log"
    log.write_text(f"www.example.org:443 {hit.line}\nwww.example.net:443 {hit.line}\n")
    with darksocial.analyze([str(log)]) as analysis:
        rows = analysis.to_pandas().set_index("site")
    assert rows.session_id.is_unique
    assert rows.loc["www.example.org"].channel_before == "Referral"
    assert rows.loc["www.example.net"].channel_before == "Direct"


@pytest.mark.parametrize("size", ["2", "GB", "much", "-1GB"])
def test_a_memory_limit_is_a_size(size: str) -> None:
    with pytest.raises(UsageError, match="`memory_limit`"):
        Resources(memory_limit=size)


def test_there_is_a_thread_at_least() -> None:
    with pytest.raises(UsageError, match="threads"):
        Resources(threads=0)


def test_every_kind_of_request_is_known() -> None:
    assert set(path_patterns()) <= set(REQUEST_KINDS)


BOTS = {
    "declared": (
        [Hit(agent="Googlebot/2.1 (+http://www.google.com/bot.html)")],
        "declared crawler",
    ),
    "tool": ([Hit(agent="curl/8.5.0")], "library or tool"),
    "nameless": ([Hit(agent="-")], "no user agent"),
    "robots.txt": ([Hit(0, "/robots.txt"), Hit(1)], "reads robots.txt"),
    "too fast": (
        [asset(ip="192.0.2.9"), asset(ip="192.0.2.9"), *[Hit(i / 60) for i in range(25)]],
        "pages without assets, too fast",
    ),
}


def test_bots_make_no_sessions(tmp_path: Path) -> None:
    padding = [asset(ip="192.0.2.9") for _ in range(10)]
    hits = together(hits for hits, _reason in BOTS.values())
    with analyzed(tmp_path, [*hits, *padding]) as analysis:
        assert analysis.report.sessions == 0
        assert {row.name for row in analysis.report.bots} == {reason for _, reason in BOTS.values()}


def reader(ip: str) -> list[Hit]:
    """A visitor with three pages, whose browser loads their assets."""
    return [hit for n in range(3) for hit in (Hit(n * 5, f"/p{n}/", ip), asset(n * 5, ip))]


@pytest.mark.long
def test_a_slow_scraper_is_told_by_the_assets_that_it_never_loads(tmp_path: Path) -> None:
    scraper = [Hit(n * 9, f"/p{n}/", "192.0.2.9") for n in range(3)]
    with analyzed(tmp_path, [*reader("192.0.2.1"), *reader("192.0.2.2"), *scraper]) as analysis:
        assert analysis.report.sessions == 2
        assert [row.name for row in analysis.report.bots] == ["pages without assets"]
    assert len(sessions(tmp_path, [*reader("192.0.2.1"), *scraper[:2]])) == 2  # too little to tell
    assert len(sessions(tmp_path, scraper)) == 1  # nobody loads assets: another host has them


@pytest.mark.long
def test_where_assets_are_not_logged_four_times_the_pace_is_asked_for(tmp_path: Path) -> None:
    assert len(sessions(tmp_path, [Hit(i / 60) for i in range(25)])) == 1
    assert len(sessions(tmp_path, [Hit(i / 120) for i in range(81)])) == 0


def test_link_previews_are_neither_bots_nor_visits(tmp_path: Path) -> None:
    with analyzed(tmp_path, [Hit(agent="WhatsApp/2.23.20.0 A"), Hit(1)]) as analysis:
        report = analysis.report
    assert report.sessions == 1
    assert [(row.name, row.count) for row in report.previews] == [("whatsapp", 1)]
    assert (report.bots, report.inputs[0].previews) == ((), 1)
