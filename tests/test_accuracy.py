"""The stored evaluations, the page that is made of them, and that they can be had again."""

import pytest

from tests.accuracy import (
    SEEDS,
    SITES,
    measured,
    measured_world,
    of_worlds,
    run_of_world,
    stored,
)
from tests.generate.accuracy import PAGE, page


def test_the_page_is_what_was_measured() -> None:
    assert PAGE.read_text("utf-8") == page()


def test_every_site_was_measured_with_every_seed() -> None:
    assert {site: len(runs) for site, runs in stored().items()} == dict.fromkeys(SITES, SEEDS)


RUNS = [("shop", 2), ("saas", 7), ("publisher", 3), ("blog", 1), ("documentation", 5)]


@pytest.mark.long
def test_a_run_comes_out_the_same_again(full: bool) -> None:
    for site, seed in RUNS if full else RUNS[:1]:
        again = measured(site, seed)["evaluation"]
        before = stored()[site][seed - 1]
        assert (again["sessions"], again["direct"], again["dark"]) == (
            before.sessions,
            before.direct,
            before.dark,
        )
        assert again["expected"] == pytest.approx(before.expected)
        assert again["rules"][0]["auc"] == pytest.approx(before.model.auc)


WORLDS = [("sums-by-page", 1), ("viral-day", 2), ("common-format", 3)]


def test_a_world_comes_out_the_same_again(full: bool) -> None:
    for world, seed in WORLDS if full else WORLDS[:1]:
        again, before = run_of_world(measured_world(world, seed)), of_worlds()[world][seed - 1]
        counts = (before.visits, before.dark, before.sessions, before.cannot_tell)
        assert (again.visits, again.dark, again.sessions, again.cannot_tell) == counts
        assert again.expected == pytest.approx(before.expected)
        assert (again.low, again.high) == pytest.approx((before.low, before.high))
