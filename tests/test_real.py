"""What must be true of whole real logs, where they are present; none of them is in the project."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import darksocial
from darksocial import Report

REAL = Path(__file__).parent.parent.parent / "shared" / "corpora" / "real"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason=f"the real logs are not in {REAL}")


@dataclass(frozen=True)
class Judged:
    """A report, and its sessions with `person`, the probability that it is a person's."""

    report: Report
    sessions: pd.DataFrame


@cache
def judged(name: str) -> Judged:
    with darksocial.analyze(REAL / name, secret="s") as analysis:
        sessions = analysis.to_pandas()
        return Judged(analysis.report, sessions.assign(person=1 - sessions.p_bot.fillna(0)))


@pytest.mark.long
def test_every_visitor_of_a_page_that_nothing_links_to_is_a_bot() -> None:
    """The owner says so (nielsbasjes/logparser). The log has no assets at all."""
    sessions = judged("howto-2015.log.gz").sessions
    assert sessions.person.sum() <= len(sessions) / 20


@pytest.mark.long
def test_few_of_the_direct_visits_of_a_scanned_application_are_people() -> None:
    """161 of 627 load any asset, 107 three or more (WillTheFarmer/apache-logs-to-mysql)."""
    sessions = judged("app-2025.log.gz").sessions
    direct = sessions[(sessions.channel_before == "Direct") & (sessions.began == "arrival")]
    assert 30 <= direct.person.sum() <= 190


def test_a_shop_full_of_people_stays_so() -> None:
    sessions = judged("shop-2019.log.gz").sessions
    assert sessions.person.mean() > 0.9


def test_pages_of_a_shop_are_pages() -> None:
    """Its images have no ending; its frames and background requests look like pages."""
    sessions = judged("shop-2019.log.gz").sessions
    loaded = ("/image", "/settings", "/rapidGrails", "/amp-helper-frame", "/discountLabel")
    assert not sessions.landing_path.str.startswith(loaded).any()
    assert 2 < sessions.pageviews.mean() < 8


@pytest.mark.parametrize("name", ["app-2025.log.gz", "howto-2015.log.gz", "shop-2019.log.gz"])
def test_likely_dark_visits_are_of_people(name: str) -> None:
    """No visit of these logs is likely dark: a scanned application, a page of bots, and 22 minutes
    of a shop without any link preview."""
    sessions = judged(name).sessions
    assert not (sessions.p_dark_social > 0.5).any()
    assert judged(name).report.dark_social.expected < 0.05 * sessions.person.sum()
