"""Base rates as a site corrects them."""

import math

import pytest

from darksocial.model.learning import (
    PRIOR_PART,
    PRIOR_VISITS,
    PatternCount,
    learn,
    posterior,
    prior_share,
)
from darksocial.model.priors import base_rates

TABLE = {device: rates for (kind, device), rates in base_rates().items() if kind == "direct"}
SURE = {"dark_social": 12.0}
SURELY_NOT = {"direct": 12.0}


def test_a_site_without_visits_has_the_table_s_rates() -> None:
    learned = learn(TABLE, [])
    assert learned.rates["mobile"] == pytest.approx(TABLE["mobile"])
    assert (learned.visits, learned.information) == (0, 0)


def test_visits_that_say_nothing_teach_nothing() -> None:
    learned = learn(TABLE, [PatternCount("desktop", 5000, {})])
    assert learned.rates["desktop"] == pytest.approx(TABLE["desktop"])
    assert learned.information == pytest.approx(0)


@pytest.mark.parametrize("visits", [10, 1000, 100_000])
def test_sure_visits_count_beside_the_table_by_hand(visits: float) -> None:
    """Half of the visits are surely dark: the rate is the mean of theirs and the table's."""
    seen = [
        PatternCount("mobile", visits / 2, SURE),
        PatternCount("mobile", visits / 2, SURELY_NOT),
    ]
    learned = learn(TABLE, seen)
    prior = PRIOR_VISITS + PRIOR_PART * visits
    expected = (prior * TABLE["mobile"]["dark_social"] + visits / 2) / (prior + visits)
    assert learned.rates["mobile"]["dark_social"] == pytest.approx(expected, rel=1e-3)
    assert learned.rates["desktop"] == pytest.approx(TABLE["desktop"])


def test_rates_sum_to_one_and_do_not_depend_on_the_order() -> None:
    seen = [
        PatternCount(device, n, {"dark_social": x, "lost_search": -x})
        for n, (device, x) in enumerate([("mobile", 2.0), ("desktop", -1.0), ("mobile", 0.3)], 50)
    ]
    there, back = learn(TABLE, seen), learn(TABLE, seen[::-1])
    for device in TABLE:
        assert math.fsum(there.rates[device].values()) == pytest.approx(1)
        assert there.rates[device] == pytest.approx(back.rates[device], abs=1e-9)
    assert there.information == pytest.approx(back.information)


def test_more_evidence_is_more_information() -> None:
    vague = learn(
        TABLE, [PatternCount("mobile", 500, {"dark_social": 0.2}), PatternCount("mobile", 500, {})]
    )
    sharp = learn(
        TABLE, [PatternCount("mobile", 500, {"dark_social": 5.0}), PatternCount("mobile", 500, {})]
    )
    assert sharp.information > 10 * vague.information > 0


def test_posterior_by_hand() -> None:
    found = posterior({"dark_social": 0.2, "direct": 0.8}, {"dark_social": math.log(4)})
    assert found["dark_social"] == pytest.approx(0.5)
    assert found["booked"] == 0


@pytest.mark.parametrize(("visits", "share"), [(0, 1.0), (100, 170 / 270), (1e9, 0.7 / 1.7)])
def test_how_much_is_assumed(visits: float, share: float) -> None:
    assert prior_share(visits) == pytest.approx(share)
