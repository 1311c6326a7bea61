"""Where visits begin and end, in one analysis and in a store of the same lines."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from darksocial import Analysis
from tests.logs import BROWSER, SETTINGS, SITE, Hit, analyzed
from tests.nights import night, results

GOOGLE = "https://www.google.com/"
HOME = f"{SITE}/"
OTHER_BROWSER = BROWSER.replace("136.0", "135.0")
"""A browser that nobody else has: whose visit begins from the site continues nobody's."""
DAY_MINUTES = 24 * 60
MANUAL_RELOADS = (1, 2, 9, 11, 30, 31, 36, 50, 51, 70, 72, 90, 99, 101)
"""Minutes at which a person loads a page again."""


def steady(ip: str, hours: int) -> list[Hit]:
    """Somebody opens another page each 20 minutes for so many hours."""
    return [
        Hit(20 * n, f"/page-{n}/", ip, referrer=f"{SITE}/page-{n - 1}/" if n else GOOGLE)
        for n in range(3 * hours + 1)
    ]


HITS = [
    # Left open, and a click in the afternoon; the visit after that came from elsewhere.
    Hit(0, "/", "192.0.2.1", referrer=GOOGLE),
    Hit(7 * 60, "/sport/", "192.0.2.1", referrer=HOME),
    Hit(8 * 60, "/news/", "192.0.2.1", referrer=HOME),
    Hit(9 * 60, "/news/", "192.0.2.1"),
    # Direct, and then a click after a pause.
    Hit(0, "/", "192.0.2.2"),
    Hit(60, "/sport/", "192.0.2.2", referrer=HOME),
    # No arrival is logged, until one is.
    Hit(0, "/sport/", "192.0.2.3", OTHER_BROWSER, HOME),
    Hit(60, "/news/", "192.0.2.3", OTHER_BROWSER, HOME),
    Hit(120, "/", "192.0.2.3", OTHER_BROWSER, GOOGLE),
    # From a page of the site itself, but by a mailing.
    Hit(0, "/?utm_source=n&utm_medium=email", "192.0.2.4", referrer=HOME),
    *steady("192.0.2.5", 23),
    *steady("192.0.2.6", 60),
    # A tab that loads itself every five minutes for three days, and a person who does so.
    Hit(0, "/live/", "192.0.2.7", referrer=GOOGLE),
    *[
        Hit(5 * n + n % 2 / 60, "/live/", "192.0.2.7", referrer=f"{SITE}/live/")
        for n in range(1, 864)
    ],
    Hit(0, "/live/", "192.0.2.8", referrer=GOOGLE),
    *[Hit(at, "/live/", "192.0.2.8", referrer=f"{SITE}/live/") for at in MANUAL_RELOADS],
    # What they load, so that nobody is taken for a program.
    *[
        Hit(0, "/static/site.css", f"192.0.2.{n}", OTHER_BROWSER if n == 3 else BROWSER, HOME)
        for n in range(1, 9)
    ],
]
ARRIVED, CONTINUED, NOT_LOGGED = "arrival", "continued", "not_logged"
EXPECTED = {
    "192.0.2.1": [
        (1, ARRIVED, "Organic Search"),
        (1, CONTINUED, "Organic Search"),
        (1, CONTINUED, "Organic Search"),
        (1, ARRIVED, "Direct"),
    ],
    "192.0.2.2": [(1, ARRIVED, "Direct"), (1, CONTINUED, "Direct")],
    "192.0.2.3": [
        (1, NOT_LOGGED, "Direct"),
        (1, NOT_LOGGED, "Direct"),
        (1, ARRIVED, "Organic Search"),
    ],
    "192.0.2.4": [(1, ARRIVED, "Email")],
    "192.0.2.5": [(70, ARRIVED, "Organic Search")],
    # From 08:00 for 60 hours: 16 hours, a whole day, and 20 hours.
    "192.0.2.6": [
        (48, ARRIVED, "Organic Search"),
        (72, CONTINUED, "Organic Search"),
        (61, CONTINUED, "Organic Search"),
    ],
    "192.0.2.7": [(1, ARRIVED, "Organic Search")],
    "192.0.2.8": [(15, ARRIVED, "Organic Search")],
}
COLUMNS = ["client_ip", "started_at", "ended_at", "pageviews", "began", "channel_before"]


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analysis]:
    with analyzed(tmp_path_factory.mktemp("bounds"), HITS) as found:
        yield found


@pytest.fixture(scope="module")
def frame(analysis: Analysis) -> pd.DataFrame:
    return analysis.to_pandas()


@pytest.mark.parametrize("ip", EXPECTED)
def test_visits(frame: pd.DataFrame, ip: str) -> None:
    rows = frame[frame.client_ip == ip].sort_values("started_at")
    found = list(zip(rows.pageviews, rows.began, rows.channel_before, strict=True))
    assert found == EXPECTED[ip]


def test_what_is_no_arrival_is_not_judged(frame: pd.DataFrame) -> None:
    others = frame[frame.began != ARRIVED]
    assert len(others) == 7
    assert (others.p_dark_social == 0).all()
    assert (others.channel_after.astype(str) == others.channel_before.astype(str)).all()
    assert not others.new_visitor.any()
    assert [len(evidence) for evidence in others.evidence] == [0] * len(others)


def test_what_is_not_logged_is_no_part_of_direct(analysis: Analysis) -> None:
    rows = {row.channel: (row.before, row.after) for row in analysis.report.channels}
    assert rows["Beginning not logged"] == (2, 2)
    assert rows["Direct"][0] == analysis.report.dark_social.direct_sessions == 3


@pytest.mark.long
def test_a_store_has_the_same_visits(frame: pd.DataFrame, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("".join(hit.line + "\n" for hit in HITS))
    night(log, tmp_path / "store", settings=SETTINGS)
    tables = [
        table
        for place, table in results(tmp_path / "store").items()
        if place.startswith("sessions") and isinstance(table, pd.DataFrame)
    ]
    stored = pd.concat(tables).sort_values("session_id")[COLUMNS[1:]].reset_index(drop=True)
    one_run = frame.sort_values(["started_at", "pageviews", "began", "channel_before"])
    stored = stored.sort_values(["started_at", "pageviews", "began", "channel_before"])
    assert stored.astype(str).values.tolist() == one_run[COLUMNS[1:]].astype(str).values.tolist()
