"""Whose an id is: who made it comes back by it, and a scanner of mails is no person."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from darksocial import Analysis, shares
from tests.logs import ARTICLE, BROWSER, SITE, Hit, analyzed

OTHER_BROWSER = BROWSER.replace("Chrome/", "Chrome/9")
TELEGRAM, TELEGRAM_SERVER = "TelegramBot (like TwitterBot)", "149.154.161.1"
MAKER, MOVED, FRIEND, AGAIN, SCANNER, TWICE, OWNER, READER = (
    f"192.0.2.{number}" for number in range(1, 9)
)
FIRST, SECOND, THIRD = "aaaaa.1.aaaaa", "aaaaa.2.bbbbb", "aaaaa.2.ccccc"


def page(value: str) -> str:
    return f"{ARTICLE}?sh={value}"


def beacon(at: float, value: str, ip: str, source: str = "", agent: str = BROWSER) -> Hit:
    made_from = f"&from={source}" if source else ""
    return Hit(at, f"/ds.txt?sh={value}{made_from}", ip, agent, SITE + ARTICLE)


HITS = [
    # The maker of the first id opens it from the history, which gives an id of generation 2.
    Hit(0, ip=MAKER),
    beacon(0.1, f"{FIRST}.a", MAKER),
    Hit(100, page(f"{FIRST}.a"), MAKER),
    beacon(100.1, f"{SECOND}.a", MAKER, "aaaaa"),
    Hit(101, page(f"{SECOND}.c"), TELEGRAM_SERVER, TELEGRAM),
    # The same browser at another address, by the history.
    Hit(200, page(f"{FIRST}.a"), MOVED),
    # A scanner opens the link as soon as it is copied; a friend who has read the page comes later.
    Hit(210, ip=FRIEND, agent=OTHER_BROWSER),
    beacon(300, f"{FIRST}.c", MAKER),
    Hit(300.1, page(f"{FIRST}.c"), SCANNER, OTHER_BROWSER),
    Hit(330, page(f"{FIRST}.c"), FRIEND, OTHER_BROWSER),
    beacon(330.1, f"{THIRD}.a", FRIEND, "aaaaa", OTHER_BROWSER),
    Hit(331, page(f"{THIRD}.b"), TELEGRAM_SERVER, TELEGRAM),
    # Who comes back by the same link is one click.
    Hit(340, page(f"{THIRD}.b"), AGAIN, OTHER_BROWSER),
    Hit(400, page(f"{THIRD}.b"), AGAIN, OTHER_BROWSER),
    # Within one visit somebody opens two links, and shares what the second one brought, by an app
    # that fetches no preview.
    Hit(500, page(f"{THIRD}.b"), TWICE, OTHER_BROWSER),
    beacon(500.1, "aaaaa.3.ddddd.a", TWICE, "ccccc", OTHER_BROWSER),
    Hit(505, page(f"{SECOND}.c"), TWICE, OTHER_BROWSER),
    beacon(505.1, "aaaaa.3.eeeee.a", TWICE, "bbbbb", OTHER_BROWSER),
    Hit(530, page("aaaaa.3.eeeee.c"), READER),
    # So shares somebody who had come back by the own bookmark.
    Hit(600, ip=OWNER),
    beacon(600.1, "ooooo.1.ooooo.a", OWNER),
    Hit(700, page("ooooo.1.ooooo.a"), OWNER),
    beacon(700.1, "ooooo.2.ppppp.a", OWNER, "ooooo"),
    Hit(730, page("ooooo.2.ppppp.c"), READER),
]


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analysis]:
    with analyzed(tmp_path_factory.mktemp("makers"), HITS) as done:
        yield done


@pytest.fixture(scope="module")
def visits(analysis: Analysis) -> list[dict[str, Any]]:
    return analysis.sessions().to_pylist()


def ids_of(visits: list[dict[str, Any]], address: str) -> list[str | None]:
    return [row["share_id"] for row in visits if row["client_ip"] == address]


def test_who_made_an_id_comes_by_no_share(visits: list[dict[str, Any]]) -> None:
    assert ids_of(visits, MAKER) == [None, None]
    assert ids_of(visits, MOVED) == [None]


def test_a_friend_who_had_read_the_page_comes_by_the_share(visits: list[dict[str, Any]]) -> None:
    assert ids_of(visits, FRIEND) == [None, "aaaaa"]


def test_a_link_that_is_opened_again_is_one_click(visits: list[dict[str, Any]]) -> None:
    assert ids_of(visits, AGAIN) == ["ccccc", None]


def test_a_scanner_is_no_person(visits: list[dict[str, Any]]) -> None:
    assert [row["p_bot"] for row in visits if row["client_ip"] == SCANNER] == [1.0]
    assert max(row["p_bot"] or 0 for row in visits if row["client_ip"] != SCANNER) < 0.5


def test_the_script_says_whose_child_a_share_is(analysis: Analysis) -> None:
    parents = {row["tracked_id"]: row["parent"] for row in analysis.shares().to_pylist()}
    assert parents == {"bbbbb": None, "ccccc": "aaaaa"}


def test_a_share_without_a_preview_has_its_parent(
    analysis: Analysis, visits: list[dict[str, Any]], tmp_path: Path
) -> None:
    came = [(row["share_id"], row["share_parent"]) for row in visits if row["client_ip"] == READER]
    assert came == [("eeeee", "bbbbb"), ("ppppp", None)]
    analysis.write(tmp_path / "out")
    assert {share.key: share.parent for share in shares(tmp_path / "out").shares} == {
        "aaaaa": None, "bbbbb": None, "ccccc": "aaaaa", "eeeee": "bbbbb", "ppppp": None,
    }  # fmt: skip


def test_what_the_script_asks_for_makes_no_visit(visits: list[dict[str, Any]]) -> None:
    assert len(visits) == 13
    assert {row["landing_path"] for row in visits} == {ARTICLE}
