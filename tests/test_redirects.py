"""A page is known by the address that was asked for, also by way of redirects."""

from pathlib import Path

import pytest

from tests.logs import ARTICLE, SITE, Hit, analyzed, asset
from tests.nightly_runs import run, tables

SECOND = 1 / 60
WHATSAPP = "WhatsApp/2.24.1 A"
TAGGED = "/s/abc?utm_source=letter&utm_medium=email"

VISITS = [
    # By a short link, whose tag the redirect does not hand on.
    Hit(0, TAGGED, "192.0.2.1", status=301),
    Hit(SECOND, ARTICLE, "192.0.2.1"),
    asset(2 * SECOND, "192.0.2.1"),
    # To a page behind a login, by two redirects; and where a script leads there.
    Hit(3, "/course/7", "192.0.2.2", status=302),
    Hit(3, "/login", "192.0.2.2", status=302),
    Hit(3 + SECOND, "/accounts/login/?next=/course/7", "192.0.2.2"),
    Hit(4, "/accounts/login/?next=%2Fcourse%2F8%3Fpart%3D2", "192.0.2.3"),
    # What comes later, or from another page, was not reached by the redirect.
    Hit(5, "/old", "192.0.2.4", status=301),
    Hit(5.5, "/later", "192.0.2.4"),
    Hit(6, "/old", "192.0.2.5", status=301),
    Hit(6 + SECOND, "/linked", "192.0.2.5", referrer="https://www.google.com/"),
    # No page of the site.
    Hit(7, "/accounts/login/?next=//evil.example/x", "192.0.2.6"),
]
LANDINGS = [
    "/s/abc", "/course/7", "/course/8", "/later", "/linked", "/accounts/login/",
]  # fmt: skip
FETCHES = [
    Hit(8, "/s/abc", "198.51.100.1", WHATSAPP, status=301),
    Hit(8 + SECOND, ARTICLE, "198.51.100.1", WHATSAPP),
    Hit(9, "/s/elsewhere", "198.51.100.2", WHATSAPP, status=302),
]


@pytest.mark.long
def test_the_landing_page_is_what_was_asked_for(tmp_path: Path) -> None:
    with analyzed(tmp_path, [*VISITS, *FETCHES]) as analysis:
        visits = analysis.to_pandas().sort_values("started_at")
        shared = analysis.shares().to_pandas()
    assert list(visits.landing_path) == LANDINGS
    assert list(visits.landing_query.fillna(""))[:3] == [TAGGED.partition("?")[2], "", "part=2"]
    assert visits.channel_before.iloc[0] == "Email"
    assert set(visits.pageviews) == {1}
    assert list(shared.path) == ["/s/abc", "/s/elsewhere"]


@pytest.mark.long
def test_a_store_has_the_same_landings_and_shares(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("".join(f"{hit.line}\n" for hit in [*VISITS, *FETCHES]), "utf-8")
    run([log], tmp_path / "store")
    stored = tables(tmp_path / "store")
    assert list(stored["sessions"].sort_values("started_at").landing_path) == LANDINGS
    assert list(stored["shares"].path) == ["/s/abc", "/s/elsewhere"]


def test_a_page_of_the_site_stays_the_referrer_of_the_next(tmp_path: Path) -> None:
    follows = Hit(1, "/next", "192.0.2.1", referrer=f"{SITE}{ARTICLE}")
    with analyzed(tmp_path, [*VISITS[:3], follows]) as analysis:
        assert list(analysis.to_pandas().pageviews) == [2]
