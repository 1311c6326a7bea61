"""Who sent the hits: the edges of the rules on behaviour, all visitors in one log."""

from pathlib import Path

import pytest

from darksocial.visits.visitors import (
    MIN_BOT_PAGES_PER_HOUR,
    MIN_BOT_PAGES_PER_MINUTE,
    READS_ROBOTS,
    TOO_FAST,
    WITHOUT_ASSETS_FACTOR,
)
from tests.gate import series
from tests.logs import BROWSER, Hit, addresses, analyzed

GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
HEADLESS = BROWSER.replace("Firefox/136.0", "HeadlessChrome/133.0.0.0 Safari/537.36")
PREVIEW = "WhatsApp/2.23.20.0 A"


def pages(ip: str, count: int, minutes: float, agent: str = BROWSER) -> list[Hit]:
    """So many page views spread over the minutes, from the beginning of one."""
    return [Hit(n * minutes / count, f"/page/{n}", ip, agent) for n in range(count)]


def assets(ip: str, count: int) -> list[Hit]:
    return [Hit(0, f"/static/{n}.css", ip) for n in range(count)]


def test_people_and_machines_of_a_log_with_assets(tmp_path: Path) -> None:
    people, machines = [f"192.0.2.{n}" for n in range(1, 6)], [f"198.51.100.{n}" for n in range(8)]
    hits = [
        *pages(people[0], MIN_BOT_PAGES_PER_MINUTE - 1, 1),
        *pages(people[1], MIN_BOT_PAGES_PER_MINUTE * 3, 1),
        *assets(people[1], 1),
        *pages(people[2], MIN_BOT_PAGES_PER_HOUR - 1, 60),
        *pages(people[3], MIN_BOT_PAGES_PER_MINUTE, 2),
        *pages(people[4], 1, 1),
        *assets("203.0.113.1", 300),
        *pages(machines[0], MIN_BOT_PAGES_PER_MINUTE, 1),
        *pages(machines[1], MIN_BOT_PAGES_PER_HOUR, 60),
        *pages(machines[2], 2, 1, GOOGLEBOT),
        Hit(0, "/robots.txt", machines[2], GOOGLEBOT),
        Hit(9, "/robots.txt", machines[3], status=404),
        *pages(machines[3], 3, 1),
        *pages(machines[4], 1, 1, "curl/8.5.0"),
        *pages(machines[5], 1, 1, "-"),
        *pages(machines[6], 1, 1, HEADLESS),
    ]
    found, bots = addresses(tmp_path, hits)
    assert found == set(people)
    assert bots == {
        TOO_FAST: MIN_BOT_PAGES_PER_MINUTE + MIN_BOT_PAGES_PER_HOUR,
        READS_ROBOTS: 4,
        "declared crawler": 3,
        "library or tool": 1,
        "no user agent": 1,
        "automated browser": 1,
    }


@pytest.mark.long
def test_without_assets_in_the_log_the_pace_has_to_be_four_times_as_high(tmp_path: Path) -> None:
    minute, hour = (
        MIN_BOT_PAGES_PER_MINUTE * WITHOUT_ASSETS_FACTOR,
        MIN_BOT_PAGES_PER_HOUR * WITHOUT_ASSETS_FACTOR,
    )
    hits = [
        *pages("192.0.2.1", minute - 1, 1),
        *pages("192.0.2.2", hour - 1, 60),
        *pages("198.51.100.1", minute, 1),
        *pages("198.51.100.2", hour, 60),
    ]
    found, bots = addresses(tmp_path, hits)
    assert found == {"192.0.2.1", "192.0.2.2"}
    assert bots == {TOO_FAST: minute + hour}


@pytest.mark.long
@series(
    ("extra", "is_bot"),
    [([], False), ([Hit(1, "/robots.txt", agent=BROWSER + " Other")], False),
     ([Hit(1, "/robots.txt")], True)], in_gate=1,
)  # fmt: skip
def test_a_robot_does_not_stain_others_behind_its_address(
    tmp_path: Path, extra: list[Hit], is_bot: bool
) -> None:
    found, _ = addresses(tmp_path, [Hit(0), *extra])
    assert (found == set()) == is_bot


@pytest.mark.long
def test_a_preview_fetcher_is_no_bot_whatever_it_does(tmp_path: Path) -> None:
    fetches = pages("192.0.2.1", MIN_BOT_PAGES_PER_MINUTE * 5, 1, PREVIEW)
    with analyzed(tmp_path, [*fetches, Hit(0, "/robots.txt", agent=PREVIEW)]) as analysis:
        report = analysis.report
    assert (report.sessions, report.bots) == (0, ())
    assert [(row.name, row.count) for row in report.previews] == [("whatsapp", len(fetches) + 1)]
    assert report.inputs[0].previews == report.inputs[0].hits
