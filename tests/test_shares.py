"""Link previews as share events: who shared, through which app, and the visits that followed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from darksocial import Analysis
from darksocial.schema import SHARES
from tests.logs import ARTICLE, BROWSER, Hit, analyzed, sessions, together

WHATSAPP = "WhatsApp/2.25.31.77 A"
SIGNAL = "WhatsApp/2"
IMESSAGE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) "
    "Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0"
)
TELEGRAM = "TelegramBot (like TwitterBot)"
META = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
ANYTYPE = "WhatsApp/2 (compatible; AnytypeBot/1.0; +https://anytype.io)"
MASTODON = "Mastodon/4.3.2 (http.rb/5.2.0; +https://social.example.net/)"
X = "Twitterbot/1.0"


def shares(folder: Path, hits: list[Hit]) -> pd.DataFrame:
    with analyzed(folder, hits) as analysis:
        return analysis.shares().to_pandas()


FETCHERS = (
    (WHATSAPP, "whatsapp", "device"),
    (SIGNAL, "signal", "device"),
    (IMESSAGE, "imessage", "device"),
    (TELEGRAM, "telegram", "server"),
    (META, "meta", "server"),
    (ANYTYPE, None, None),
    (MASTODON, None, None),
    (X, None, None),
    (BROWSER, None, None),
)
COUNTED = (
    ([Hit(5, agent=WHATSAPP), Hit(5.5, agent=WHATSAPP)], 1),  # typing
    ([Hit(5, agent=WHATSAPP), Hit(5, "/img/a.jpg", agent=WHATSAPP)], 1),  # the image
    ([Hit(5, agent=WHATSAPP), Hit(9, agent=WHATSAPP)], 2),
    ([Hit(5, agent=WHATSAPP), Hit(5, agent=WHATSAPP, ip="192.0.2.2")], 2),  # two devices
    ([Hit(5, agent=TELEGRAM), Hit(5.2, agent=TELEGRAM, ip="192.0.2.2")], 1),  # two servers
    ([Hit(5, agent=WHATSAPP), Hit(5, "/other/page/2026/", agent=WHATSAPP)], 2),
    ([Hit(5, agent=WHATSAPP, status=404)], 0),
)
READING = (
    ([Hit(0), Hit(5, agent=WHATSAPP)], True),
    ([Hit(0), Hit(29, agent=WHATSAPP)], True),
    ([Hit(0), Hit(31, agent=WHATSAPP)], False),  # too long ago
    ([Hit(0), Hit(5, agent=WHATSAPP, ip="192.0.2.2")], False),  # another address
    ([Hit(0, "/other/"), Hit(5, agent=WHATSAPP)], False),  # another page
    ([Hit(9), Hit(5, agent=WHATSAPP)], False),  # afterwards
    ([Hit(0), Hit(5, agent=TELEGRAM)], False),  # a server tells nothing of the sender
)


@dataclass(frozen=True)
class Cases:
    """The shares of all cases in one log, by the number of the case, and all visitors."""

    shares: dict[int, list[dict[str, Any]]]
    visitors: set[str]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    each = [
        *([Hit(), Hit(5, agent=agent)] for agent, _app, _origin in FETCHERS),
        *([Hit(), *hits] for hits, _count in COUNTED),
        *(hits for hits, _known in READING),
    ]
    found: dict[int, list[dict[str, Any]]] = {number: [] for number in range(len(each))}
    folder = tmp_path_factory.mktemp("cases")
    with analyzed(folder, together(each, pages_apart=True)) as analysis:
        for share in analysis.shares().to_pylist():
            found[int(share["path"].split("/")[1])].append(share)
        visitors = set(analysis.sessions().column("visitor_id").to_pylist())
    return Cases(found, visitors)


@pytest.mark.parametrize("number", range(len(FETCHERS)))
def test_who_fetches(cases: Cases, number: int) -> None:
    _agent, app, origin = FETCHERS[number]
    expected = [] if app is None else [(app, origin)]
    assert [(share["app"], share["origin"]) for share in cases.shares[number]] == expected


@pytest.mark.parametrize("number", range(len(COUNTED)))
def test_fetches_that_are_one_share(cases: Cases, number: int) -> None:
    assert len(cases.shares[len(FETCHERS) + number]) == COUNTED[number][1]


@pytest.mark.parametrize("number", range(len(READING)))
def test_the_sharer_was_reading_the_page(cases: Cases, number: int) -> None:
    [share] = cases.shares[len(FETCHERS) + len(COUNTED) + number]
    known = READING[number][1]
    assert (share["sharer_visitor_id"] in cases.visitors) == known
    assert (share["sharer_visitor_id"] is not None) == known


def group_chat(minutes: list[float], fetcher: str = WHATSAPP) -> list[Hit]:
    """A share at minute 5, and strangers who land on the page so many minutes after it."""
    return [
        Hit(0),
        Hit(5, agent=fetcher),
        *(Hit(5 + m, ip=f"198.51.100.{n}") for n, m in enumerate(minutes)),
        *(Hit(m, f"/other/{m}/page", ip=f"203.0.113.{m}") for m in range(40)),
    ]


def test_clicks_are_the_dark_visits_that_followed(tmp_path: Path) -> None:
    with analyzed(tmp_path, group_chat([1, 2, 4, 8])) as analysis:
        [share] = analysis.shares().to_pylist()
        visits = analysis.to_pandas()
        after = visits[(visits.landing_path == ARTICLE) & (visits.started_at > share["time"])]
    assert len(after) == 4
    assert 0.8 * after.p_dark_social.sum() < share["clicks"] <= after.p_dark_social.sum() + 1e-9
    assert share["clicks"] > 2.5
    assert share["first_click_at"] == after.started_at.min()
    assert share["last_click_at"] == after.started_at.max()


@pytest.mark.long
def test_clicks_of_two_shares_sum_to_no_more_than_the_visits(tmp_path: Path) -> None:
    hits = [*group_chat([1, 2, 30]), Hit(20, agent=TELEGRAM, ip="192.0.2.200")]
    with analyzed(tmp_path, hits) as analysis:
        found = analysis.shares().to_pandas()
        dark = analysis.to_pandas().p_dark_social.sum()
    first, second = found.clicks
    assert first > second > 0.2  # two visits came before the second share, one after
    assert first + second <= dark


@pytest.mark.long
def test_nobody_came_before_the_share(tmp_path: Path) -> None:
    [share] = shares(tmp_path, [Hit(0, ip="192.0.2.9"), Hit(5, agent=WHATSAPP)]).to_dict("records")
    assert share["clicks"] == 0
    assert pd.isna(share["first_click_at"])


@pytest.mark.long
def test_a_share_names_the_app_of_the_visits_that_follow(tmp_path: Path) -> None:
    with analyzed(tmp_path, group_chat([1, 2, 4])) as analysis:
        visits = analysis.to_pandas()
        report = analysis.report
    after = visits[visits.landing_path == ARTICLE].iloc[1:]
    assert set(after.app) == {"whatsapp"}
    assert (report.shares.seen, report.shares.sharers) == (1, 1)
    assert [(row.label, row.shares) for row in report.shares.apps] == [("WhatsApp", 1)]
    assert [row.path for row in report.shares.pages] == [ARTICLE]


@pytest.mark.long
def test_meta_is_messenger_only_where_people_come_by_messenger(tmp_path: Path) -> None:
    """Its servers fetch for Messenger, for Instagram and for public posts alike."""
    chat = group_chat([1, 2, 4], fetcher=META)
    by_messenger = Hit(900, "/about/", "198.51.100.9", referrer="https://l.messenger.com/")
    for more, app in (([], "meta"), ([by_messenger], "messenger")):
        visits = sessions(tmp_path, [*chat, *more])
        named = visits[(visits.landing_path == ARTICLE) & visits.app.notna()]
        assert set(named.app) == {app}


@pytest.mark.long
def test_who_came_by_a_link_and_shares_it_again_counts(tmp_path: Path) -> None:
    again = Hit(8, agent=SIGNAL, ip="198.51.100.0")
    with analyzed(tmp_path, [*group_chat([1, 2, 4]), again]) as with_again:
        rate = with_again.report.shares.reshare_rate
    with analyzed(tmp_path, group_chat([1, 2, 4])) as without:
        before = without.report.shares.reshare_rate
    assert rate is not None
    assert before is not None
    assert rate > before + 0.1


def test_shares_are_written(tmp_path: Path) -> None:
    analysis: Analysis
    with analyzed(tmp_path, group_chat([1, 2])) as analysis:
        analysis.write(tmp_path / "out")
        expected = analysis.shares()
    path = tmp_path / "out" / "shares.parquet"
    assert pd.read_parquet(path).share_id.tolist() == expected.column("share_id").to_pylist()
    read = duckdb.sql(f"SELECT * FROM '{path}'").to_arrow_table()
    assert read.column_names == list(SHARES.names)


@pytest.mark.long
def test_without_previews_the_shares_are_empty(tmp_path: Path) -> None:
    with analyzed(tmp_path, [Hit()]) as analysis:
        assert analysis.shares().num_rows == 0
        assert analysis.report.shares.seen == 0
