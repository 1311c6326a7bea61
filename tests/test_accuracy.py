"""The stored evaluations, the page that is made of them, and that they can be had again."""

import pytest

from tests.accuracy import SEEDS, SITES, measured, stored
from tests.generate.accuracy import PAGE, page


def test_the_page_is_what_was_measured() -> None:
    assert PAGE.read_text("utf-8") == page()


def test_every_site_was_measured_with_every_seed() -> None:
    assert {site: len(runs) for site, runs in stored().items()} == dict.fromkeys(SITES, SEEDS)


@pytest.mark.parametrize(("site", "seed"), [("shop", 2), ("saas", 7)])
def test_a_run_comes_out_the_same_again(site: str, seed: int) -> None:
    again = measured(site, seed)["evaluation"]
    before = stored()[site][seed - 1]
    assert (again["sessions"], again["direct"], again["dark"]) == (
        before.sessions,
        before.direct,
        before.dark,
    )
    assert again["expected"] == pytest.approx(before.expected)
    assert again["rules"][0]["auc"] == pytest.approx(before.model.auc)
