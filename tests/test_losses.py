"""What a site's own tagged links say about lost referrers."""

from pathlib import Path

import pytest

from darksocial.engines import open_engine
from darksocial.model.losses import MAX_LOST_PART, PRIOR_TAGGED, Loss, corrected, losses
from darksocial.model.priors import base_rates
from darksocial.settings import Resources
from tests.logs import ARTICLE, Hit, analyzed

RATES = base_rates()["direct", "mobile"]
TAG = "utm_source=nl&utm_medium=email"
MAIL, POST, SEARCH = "https://mail.google.com/", "https://t.co/x", "https://www.google.com/"


@pytest.mark.long
def test_visits_are_counted_by_origin(tmp_path: Path) -> None:
    hits = [
        *(Hit(n, f"{ARTICLE}?{TAG}", f"192.0.2.{n}") for n in range(3)),
        Hit(10, f"{ARTICLE}?{TAG}", "192.0.2.10", referrer=MAIL),
        *(Hit(n, ARTICLE, f"192.0.2.{n}", referrer=MAIL) for n in (20, 21)),
        Hit(30, f"{ARTICLE}?utm_source=x&utm_medium=social", "192.0.2.30", referrer=POST),
        Hit(31, ARTICLE, "192.0.2.31", referrer=POST),
        Hit(32, f"{ARTICLE}?gclid=a", "192.0.2.32", referrer=SEARCH),
        Hit(33, ARTICLE, "192.0.2.33", referrer=SEARCH),
        Hit(34, ARTICLE, "192.0.2.34"),
    ]
    with analyzed(tmp_path, hits) as analysis:
        visits = analysis.ask(lambda visits: visits)
    engine = open_engine(Resources())
    found = losses(engine, engine.load("visits", visits))[""]
    engine.close()
    assert found == {
        "lost_email": Loss(1, 3, 2),
        "lost_social": Loss(1, 0, 1),
        "lost_search": Loss(1, 0, 1),
        "lost_ai": Loss(0, 0, 0),
    }


def test_many_lost_links_raise_the_rate() -> None:
    # 900 of 1,000 tagged visits lost their referrer; 100 untagged ones kept theirs: 892 lost.
    found = corrected(RATES, {"lost_email": Loss(100, 900, 100)}, direct=2000)
    assert sum(found.values()) == pytest.approx(1)
    measured = 100 * 900 / 101 / 2000
    weight = 1000 / (1000 + PRIOR_TAGGED)
    raised = measured**weight * RATES["lost_email"] ** (1 - weight)
    share = raised / (1 - RATES["lost_email"] + raised)
    assert found["lost_email"] == pytest.approx(share)
    assert found["direct"] / found["dark_social"] == pytest.approx(
        RATES["direct"] / RATES["dark_social"]
    )


def test_no_class_takes_all() -> None:
    found = corrected(RATES, {"lost_email": Loss(1, 10**6, 10**6)}, direct=100)
    assert found["lost_email"] < MAX_LOST_PART


@pytest.mark.parametrize("loss", [Loss(0, 0, 500), Loss(1000, 10, 100), Loss(100, 900, 0)], ids=str)
def test_few_lost_links_lower_nothing(loss: Loss) -> None:
    assert corrected(RATES, {"lost_email": loss}, direct=2000) == pytest.approx(RATES)
