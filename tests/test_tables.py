"""What a site's visits teach: tables of levels, a second count, and what both agree on."""

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from darksocial.model.agreement import (
    MAX_DARK_PART,
    SPREAD_OF_TABLES,
    SPREAD_WITHOUT_RECAPTURE,
    agree,
    sensitivity,
    shift_to,
    shifted,
    with_odds,
)
from darksocial.model.learning import PatternCount
from darksocial.model.lessons import Stated, lesson
from darksocial.model.levels import CAUSES_OF_DIRECT, decisive_levels, summed
from darksocial.model.priors import base_rates
from darksocial.model.recapture import MIN_CAUGHT, MIN_RECALL, Recapture, recapture
from darksocial.model.tables import (
    DEEP,
    DEVICE,
    FIXED_GROUPS,
    MAX_BY_IDS,
    MAX_LABELLED,
    MIN_VISITS_FOR_TABLES,
    PRIOR_VISITS,
    TYPED,
    Labelled,
    LevelAt,
    known_by_ids,
    soft_step,
)
from darksocial.model.weighing import Lesson, spread_factor, weigh
from darksocial.signals import registry

RATES = {device: rates for (kind, device), rates in base_rates().items() if kind == "direct"}
TABLE = base_rates()
DARK, SEARCH = CAUSES_OF_DIRECT.index("dark_social"), CAUSES_OF_DIRECT.index("lost_search")
IN_MESSENGER = ("messenger_browser", "private")
SOON = ("preview", "at_once")
DAYS = LevelAt(TYPED, "days")


def row(visits: float, *found: tuple[str, str], device: str = "mobile") -> PatternCount:
    levels = tuple(dict(found).get(name, "") for name in registry())
    return PatternCount(device, visits, summed(decisive_levels(levels)), levels)


def landed_deep(one: PatternCount) -> PatternCount:
    """The same visits, landed on an article."""
    found = zip(registry(), one.levels, strict=True)
    return row(one.visits, *found, ("landing_page", "article"), device=one.device)


def pattern(one: PatternCount) -> str:
    return "|".join(["direct", one.device, "sessions", *one.levels])


def judged(one: PatternCount, learned: Mapping[str, Lesson]) -> dict[str, Any]:
    return weigh(pattern(one), "site", learned, TABLE)


# A site whose dark visits, which messengers' browsers name, come from strangers on old pages.
SITE = [
    row(60, IN_MESSENGER, SOON, ("page_age", "old")),
    row(20, IN_MESSENGER, ("preview", "none"), ("page_age", "old")),
    row(150, SOON, ("page_age", "old")),
    row(100, ("preview", "none"), ("page_age", "old")),
    row(500, ("preview", "none"), ("page_age", "days")),
    row(170, ("landing_page", "home"), device="desktop"),
]


def test_each_table_s_parts_sum_to_one_by_cause_assumed_and_learned() -> None:
    step = soft_step(SITE, RATES, [])
    learned = {name for name, s in registry().items() if s.group not in FIXED_GROUPS}
    assert set(step.tables) == {*learned, DEVICE}
    for table in step.tables.values():
        for parts, landing in product(("assumed", "learned"), {at.landing for at in table}):
            levels = [getattr(level, parts) for at, level in table.items() if at.landing == landing]
            assert np.array(levels).sum(axis=0) == pytest.approx(np.ones(len(CAUSES_OF_DIRECT)))
        counts = [n for level in table.values() for n in level.visits]
        assert math.fsum(counts) == pytest.approx(1000)
    assert step.probabilities.sum(axis=1) == pytest.approx(np.ones(len(SITE)))
    for rates in step.rates.values():
        assert math.fsum(rates.values()) == pytest.approx(1)


def test_a_level_that_dark_visits_have_here_speaks_for_them_whatever_is_assumed() -> None:
    """Old pages are assumed to speak against dark social; on this site messengers open them."""
    assert registry()["page_age"].levels["old"].log_odds["dark_social"] < 0
    old = soft_step(SITE, RATES, []).tables["page_age"][LevelAt(TYPED, "old")]
    assert old.by_class[DARK] > 0
    assert old.learned[DARK] > old.assumed[DARK]


def test_home_pages_do_not_change_what_signals_say_of_visits_that_landed_deep() -> None:
    deep = [landed_deep(one) for one in SITE[:-1]]
    few, many = (
        soft_step([*deep, row(visits, ("landing_page", "home"))], RATES, []).tables
        for visits in (100, 10_000)
    )
    for signal in ("page_age", "preview", "known_visitor"):
        says = [
            {at: n for at, n in each[signal].items() if at.landing == DEEP} for each in (few, many)
        ]
        assert says[0].keys() == says[1].keys() != set()
        for at, level in says[0].items():
            assert level.by_class == pytest.approx(says[1][at].by_class), (signal, at)
    home = LevelAt("", "home")
    assert many["landing_page"][home].learned != few["landing_page"][home].learned


def test_labelled_visits_count_beside_the_soft_ones_by_hand() -> None:
    without = soft_step(SITE, RATES, []).tables["page_age"]
    soft = without[DAYS].learned[SEARCH], without[DAYS].assumed[SEARCH]
    levels = row(0, ("page_age", "days")).levels
    for visits, counted in ((100.0, 100.0), (2000.0, MAX_LABELLED)):
        labelled = [Labelled("lost_search", "mobile", levels, visits)]
        level = soft_step(SITE, RATES, labelled).tables["page_age"][DAYS]
        # Of x soft visits in all, (PRIOR * assumed + s) / (PRIOR + x) was learned.
        assert level.learned[DARK] == pytest.approx(without[DAYS].learned[DARK])
        total = _soft_total(SEARCH)
        s = soft[0] * (PRIOR_VISITS + total) - PRIOR_VISITS * soft[1]
        expected = (PRIOR_VISITS * soft[1] + s + counted) / (PRIOR_VISITS + total + counted)
        assert level.learned[SEARCH] == pytest.approx(expected)


def test_visits_by_share_ids_count_as_dark_within_bounds_and_not_in_what_surrounds_them() -> None:
    place = list(registry()).index("share_id")
    levels = ("page_age", "days"), ("preview", "none"), ("share_id", "shared")
    for visits, counted in ((20.0, 20.0), (500.0, MAX_BY_IDS)):
        labelled = known_by_ids([row(visits, *levels)], place)
        tables, without = (soft_step(SITE, RATES, each).tables for each in (labelled, []))
        more = [
            sum(level.visits[DARK] for level in tables[name].values())
            - sum(level.visits[DARK] for level in without[name].values())
            for name in ("page_age", "landing_page", DEVICE, "preview", "strangers")
        ]
        assert more == pytest.approx([counted, counted, counted, 0, 0])
        days = tables["page_age"][DAYS].visits[DARK] - without["page_age"][DAYS].visits[DARK]
        assert days == pytest.approx(counted)
    assert known_by_ids([], place) == []


def _soft_total(cause: int) -> float:
    """The soft visits of a cause: by what is assumed of their levels."""
    name = CAUSES_OF_DIRECT[cause]
    return math.fsum(one.visits * judged(one, {})[f"p_{name}"] for one in SITE)


def test_recapture_by_hand() -> None:
    """Of 80 visits in messengers' browsers 60 came soon; so did 150 others that are dark. At odds
    of 20 clicks for each other visit 200 of these 210 are expected."""
    dark = np.array([60.0, 20.0, 150.0, 30.0, 0.0, 0.0])
    caught = recapture(SITE, dark)
    assert caught is not None
    assert (caught.in_messenger, caught.in_messenger_soon) == (80, 60)
    assert caught.soon == pytest.approx(math.sqrt(210 * 200))
    assert caught.total == pytest.approx(math.sqrt(210 * 200) / (60.5 / 81))


FEW = [replace(SITE[0], visits=MIN_CAUGHT - 1)]
SELDOM = [
    replace(SITE[0], visits=100 * MIN_RECALL / 2),
    replace(SITE[1], visits=100 - 100 * MIN_RECALL / 2),
]


@pytest.mark.parametrize("rows", [FEW, SELDOM, SITE[3:]])
def test_where_too_little_is_caught_recapture_says_nothing(rows: list[PatternCount]) -> None:
    assert recapture(rows, np.array([one.visits for one in rows])) is None


def test_the_count_lies_between_both_estimates_nearer_to_the_surer_one() -> None:
    sure, vague = Recapture(1000, 700, 140), Recapture(10, 7, 140)
    for caught in (sure, vague):
        both = agree(50.0, 100.0, caught)
        assert 100 < both.agreed < caught.total
    assert agree(50.0, 100.0, sure).agreed > agree(50.0, 100.0, vague).agreed


def test_estimates_that_disagree_are_less_sure_and_the_report_learns_of_it() -> None:
    near, far = (agree(1.0, tables, Recapture(100, 75, 150)) for tables in (190.0, 900.0))
    assert near.spread < SPREAD_OF_TABLES < far.spread
    assert (near.disagrees, far.disagrees) == (False, True)


def test_without_recapture_the_count_is_between_the_start_and_the_tables() -> None:
    near, far = agree(100.0, 100.0, None), agree(50.0, 200.0, None)
    assert near.agreed == far.agreed == pytest.approx(100)
    assert SPREAD_OF_TABLES < SPREAD_WITHOUT_RECAPTURE == near.spread < far.spread
    assert not far.disagrees


@pytest.mark.parametrize("count", [1.0, 30.0, 80.0])
def test_one_shift_brings_the_probabilities_to_the_count_in_their_order(count: float) -> None:
    dark, visits = np.array([0.01, 0.2, 0.9]), np.array([60.0, 30.0, 10.0])
    moved = with_odds(dark, shift_to(count, dark, visits))
    assert float(visits @ moved) == pytest.approx(count)
    assert list(moved) == sorted(moved)


def test_there_is_a_highest_count() -> None:
    dark, visits = np.array([0.5]), np.array([100.0])
    moved = with_odds(dark, shift_to(1000.0, dark, visits))
    assert float(visits @ moved) == pytest.approx(MAX_DARK_PART * 100)


def test_base_rates_shift_as_probabilities_do() -> None:
    for rates in shifted(RATES, math.log(2)).values():
        assert math.fsum(rates.values()) == pytest.approx(1)
    before, after = RATES["mobile"], shifted(RATES, math.log(2))["mobile"]
    odds = [r["dark_social"] / r["direct"] for r in (before, after)]
    assert odds[1] == pytest.approx(2 * odds[0])


def test_a_lesson_s_probabilities_sum_to_what_was_agreed() -> None:
    taught = lesson(SITE, RATES, [])
    assert taught.agreement is not None
    weighed = [judged(one, {"site": taught}) for one in SITE]
    dark = [each["p_dark_social"] for each in weighed]
    total = math.fsum(p * one.visits for p, one in zip(dark, SITE, strict=True))
    assert total == pytest.approx(taught.agreement.agreed, rel=1e-6)
    visits = np.array([one.visits for one in SITE])
    assert taught.sensitivity == pytest.approx(sensitivity(np.array(dark), visits), rel=1e-6)
    assert all(each["odds_factor"] == spread_factor(taught) for each in weighed)


def test_a_level_that_taught_nothing_says_what_is_assumed_of_it() -> None:
    taught = {"site": lesson(SITE, RATES, [])}
    assert "crowd" not in {at.level for at in taught["site"].tables["strangers"]}
    moved = judged(row(1, ("strangers", "crowd")), taught)
    assert [item["signal"] for item in moved["evidence"]] == ["strangers"]
    assert moved["evidence"][0]["log_odds"] > 0


def test_without_previews_nothing_is_learned_of_levels() -> None:
    unseen = [
        row(one.visits, ("page_age", one.levels[list(registry()).index("page_age")]))
        for one in SITE
    ]
    assert lesson(unseen, RATES, []).tables == {}


def test_too_few_visits_make_no_tables_and_stated_rates_no_count() -> None:
    few = [replace(one, visits=one.visits * MIN_VISITS_FOR_TABLES / 1001) for one in SITE]
    assert lesson(few, RATES, []).tables == {}
    stated = lesson(SITE, RATES, [], Stated(rates=True))
    assert stated.tables and stated.agreement is None
    assert spread_factor(stated) == spread_factor(
        Lesson(stated.rates, stated.visits, stated.information)
    )
