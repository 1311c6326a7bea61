"""When browsers were released, by their user agents."""

from datetime import date, timedelta
from itertools import groupby

import pytest

from darksocial import data
from darksocial.lookups.agents import classify
from darksocial.lookups.browser_releases import release_day

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
RELEASES = {
    f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/41.0.2272.89 Safari/537.36": "2015-03-03",
    f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/136.0.0.0 Safari/537.36 Edg/136.0.0.0": (
        "2025-04-29"
    ),
    f"{MOZILLA} (Linux; Android 4.4.2; A1) {WEBKIT} Version/4.0 Chrome/30.0.0.0 Mobile": (
        "2013-10-01"
    ),
    f"{MOZILLA} (iPhone; CPU iPhone OS 9_2 like Mac OS X) {WEBKIT} CriOS/47.0.2526.70 Mobile": (
        "2015-12-01"
    ),
    f"{MOZILLA} (X11; U; Linux i686; rv:1.9.0.5) Gecko/2008121622 Firefox/3.0.5": "2010-01-21",
    f"{MOZILLA} (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko": "2013-10-17",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/5.0)": "2011-03-14",
    "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)": "2001-08-27",
    f"{MOZILLA} (iPad; CPU OS 9_3_5 like Mac OS X) {WEBKIT} Version/9.0 Mobile/13G36": "2016-03-21",
    f"{MOZILLA} (Linux; U; Android 2.3.6; en-us) {WEBKIT} Version/4.0 Mobile Safari/533.1": (
        "2010-05-20"
    ),
    f"{MOZILLA} (Macintosh; Intel Mac OS X 10_6_8) {WEBKIT} Version/5.1.9 Safari/534.59.8": (
        "2011-07-20"
    ),
    "Opera/9.80 (Windows NT 6.1; U; en) Presto/2.7.62 Version/11.00": "2011-12-06",
    "Mozilla/4.0 (compatible; MSIE 6.0; Windows 98) Opera 7.03 [de]": "2004-05-12",
}
UNKNOWN = [
    "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16",
    f"{MOZILLA} (iPhone; CPU iPhone OS 18_7 like Mac OS X) {WEBKIT} Version/26.0 Mobile Safari",
    f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/999.0.0.0 Safari/537.36",
    "Lynx/2.8.9rel.1 libwww-FM/2.14",
    "",
]


@pytest.mark.parametrize(("agent", "day"), RELEASES.items())
def test_an_agent_names_a_browser_of_a_day(agent: str, day: str) -> None:
    found = release_day(agent)
    assert found is not None
    assert date(1970, 1, 1) + timedelta(days=found) == date.fromisoformat(day)


@pytest.mark.parametrize("agent", UNKNOWN)
def test_an_agent_without_a_known_version_has_no_age(agent: str) -> None:
    assert release_day(agent) is None


def test_apps_previews_and_declared_bots_have_no_age() -> None:
    old = next(iter(RELEASES))
    agents = [f"{old} {name}" for name in ("Line/15.3.0", "WhatsApp/2.25", "Googlebot/2.1")]
    assert [agent.browser_released for agent in classify(agents)] == [None] * 3
    assert classify([old])[0].browser_released == release_day(old)


def test_the_releases_of_a_browser_are_in_order_and_come_once() -> None:
    for _, rows in groupby(data.read("browser_releases"), lambda row: row["browser"]):
        releases = [(int(row["version"]), date.fromisoformat(row["released"])) for row in rows]
        assert releases == sorted(dict(releases).items())
        assert [day for _, day in releases] == sorted(day for _, day in releases)
