"""Credit for conversions: closed forms against all cases, and sums that lose and invent nothing."""

from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pytest

from darksocial.campaigns.credit import Crediting, credited, factors_of
from darksocial.campaigns.groupings import MODELS
from darksocial.campaigns.origins import BY_MIX, NO_KEY, TRACED, origins
from darksocial.campaigns.parts import booked_parts, parts_of
from darksocial.campaigns.paths import expected_shares, shares_of
from darksocial.campaigns.report import lookback_notes
from darksocial.campaigns.stored import DarkCount, Key, StoredShares, StoredVisits
from darksocial.model.weighing import PROBABILITIES

AGES = np.array([20.0, 6.0, 1.0, 0.0])
DIRECT = Key("(direct)", "(none)", None, "Direct")
CAMPAIGN = Key("news", "email", "spring", "Email")
SEARCH = Key("google", "organic", None, "Organic Search")
KEYS = (DIRECT, CAMPAIGN, SEARCH)
PAGES = tuple(("", f"/{number}") for number in range(12))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("with_source", [(0.3, 1.0, 0.5, 0.2), (0.0, 0.7, 0.0, 0.1), (0, 0, 0, 0)])
def test_expected_shares_are_those_of_all_cases(model: str, with_source: tuple[float, ...]) -> None:
    p = np.array(with_source, np.float64)
    expected = np.zeros(len(p))
    for case in product((False, True), repeat=len(p)):
        has_source = np.array([case])
        chance = np.where(has_source[0], p, 1 - p).prod()
        expected += chance * shares_of(model, has_source, AGES)[0]
    np.testing.assert_allclose(expected_shares(model, p, AGES), expected, atol=1e-12)
    assert expected.sum() == pytest.approx(1 - (1 - p).prod())


@pytest.mark.parametrize(
    ("model", "shares"),
    [
        ("last", [0, 0, 1, 0]),
        ("first", [1, 0, 0, 0]),
        ("linear", [1 / 3, 1 / 3, 1 / 3, 0]),
        ("position", [0.4, 0.2, 0.4, 0]),
    ],
)
def test_models_share_among_visits_with_a_source(model: str, shares: list[float]) -> None:
    has_source = np.array([[True, True, True, False]])
    np.testing.assert_allclose(shares_of(model, has_source, AGES)[0], shares)


def test_decay_halves_in_a_week() -> None:
    shares = shares_of("decay", np.array([[True, True]]), np.array([7.0, 0.0]))[0]
    np.testing.assert_allclose(shares, [1 / 3, 2 / 3])


def world(seed: int, count: int = 400) -> tuple[StoredVisits, StoredShares]:
    """Visits whose probabilities, pages and visitors are drawn at random, and shares of them."""
    rng = np.random.default_rng(seed)
    key = rng.integers(0, len(KEYS), count)
    drawn = rng.dirichlet(np.full(len(PROBABILITIES) + 2, 0.4), count)
    tagged = key == KEYS.index(CAMPAIGN)
    visitor = rng.integers(0, count // 3, count)
    conversions = (rng.random(count) < 0.1).astype(np.float64)
    visits = StoredVisits(
        second=(second := np.sort(rng.uniform(0, 20 * 86_400, count)).round()),
        last_second=second,
        visitor=visitor,
        page=rng.integers(0, 12, count),
        pages=PAGES,
        key=key,
        keys=KEYS,
        tagged=tagged,
        again=tagged & (rng.random(count) < 0.1),
        in_app=rng.random(count) < 0.2,
        weight=np.ones(count),
        conversions=conversions,
        revenue=conversions * rng.uniform(1, 90, count).round(2),
        bot=drawn[:, 0],
        classes=drawn[:, 1:-1].T,
        has_conversions=True,
        has_revenue=True,
    )
    shares = StoredShares(
        second=np.sort(rng.uniform(0, 20 * 86_400, 60)).round(),
        page=rng.integers(0, 12, 60),
        sharer=rng.choice(np.append(visitor, -1), 60),
        mixed=rng.random(60) < 0.3,
    )
    return visits, shares


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sums_are_conserved(model: str, seed: int) -> None:
    visits, shares = world(seed)
    parts = parts_of(visits, shares)
    rules = Crediting(model, 30)
    factors = factors_of(visits, DarkCount(50, 30, 80), draws=20)
    after = credited(visits, parts, rules, factors)
    before = credited(visits, booked_parts(visits, parts.keys), rules)
    for credit in (before, after):
        assert credit.visits.sum() == pytest.approx(len(visits.key))
        for name in ("conversions", "revenue"):
            total = getattr(visits, name).sum()
            assert credit.measures[name].sum() == pytest.approx(total, abs=0.001)
    for name in ("conversions", "revenue"):
        np.testing.assert_allclose(after.drawn[name].sum(axis=1), getattr(visits, name).sum())


def test_visitors_drawn_anew_bring_the_revenue_on_average_and_vary_it() -> None:
    visits, shares = world(2)
    parts = parts_of(visits, shares)
    factors = factors_of(visits, DarkCount(50, 30, 80), draws=400)
    resampled = credited(visits, parts, Crediting("last", 30), factors).resampled.sum(axis=1)
    by_visitor = np.bincount(visits.visitor, visits.revenue)
    # Exponential weights: mean 1, variance 1, the same for all conversions of a visitor.
    spread = np.sqrt((by_visitor**2).sum())
    assert resampled.mean() == pytest.approx(visits.revenue.sum(), abs=4 * spread / 20)
    assert resampled.std() == pytest.approx(spread, rel=0.25)


def test_what_a_visit_can_be_sums_to_one() -> None:
    visits, shares = world(4)
    parts = parts_of(visits, shares)
    np.testing.assert_allclose(np.bincount(parts.visit, parts.part), 1)


def one_page(
    *visits: tuple[float, int, Key, float], sharer: int | None = None
) -> tuple[StoredVisits, StoredShares]:
    """Visits to one page: second, visitor, key and probability of dark social; one may share it,
    30 seconds after it began."""
    second, visitor, keys, dark = (list(column) for column in zip(*visits, strict=True))
    count = len(visits)
    classes = np.zeros((len(PROBABILITIES), count))
    classes[0] = dark
    classes[1] = [1 - p if key == DIRECT else 0 for p, key in zip(dark, keys, strict=True)]
    key = np.array([KEYS.index(each) for each in keys])
    numbers = np.zeros(count)
    times = [] if sharer is None else [second[sharer] + 30]
    return StoredVisits(
        np.array(second), np.array(second), np.array(visitor), numbers.astype(np.int64), PAGES, key,
        KEYS,
        key == KEYS.index(CAMPAIGN), numbers > 0, numbers > 0, numbers + 1, numbers, numbers,
        numbers, classes, False, False,
    ), StoredShares(
        np.array(times, np.float64),
        np.zeros(len(times), np.int64),
        np.array([] if sharer is None else [visitor[sharer]], np.int64),
        np.zeros(len(times), np.bool_),
    )  # fmt: skip


def test_a_share_is_traced_to_what_had_brought_the_sharer() -> None:
    visits, shares = one_page((0.0, 1, CAMPAIGN, 0.0), (90.0, 2, DIRECT, 1.0), sharer=0)
    ((visit, origin),) = origins(visits, shares, np.array([1]))
    assert visit == 1
    assert origin[1, TRACED] == pytest.approx(1, abs=0.01)
    assert sum(origin.values()) == pytest.approx(1)


def test_a_chain_is_traced_to_its_beginning() -> None:
    """Visitor 2 came by the link of visitor 1, whom the campaign had brought, and shares it."""
    visits, _shares = one_page(
        (0.0, 1, CAMPAIGN, 0.0), (90.0, 2, DIRECT, 1.0), (200.0, 3, DIRECT, 1.0), sharer=0
    )
    both = StoredShares(
        np.array([30.0, 120.0]), np.zeros(2, np.int64), np.array([1, 2]), np.zeros(2, np.bool_)
    )
    *_first, (visit, origin) = origins(visits, both, np.array([1, 2]))
    assert visit == 2
    assert origin[1, TRACED] == pytest.approx(1, abs=0.02)


def test_without_a_known_sharer_any_reader_can_be_it() -> None:
    visits, shares = one_page(
        (0.0, 1, CAMPAIGN, 0.0),
        (0.0, 2, SEARCH, 0.0),
        (0.0, 3, DIRECT, 0.0),
        (90.0, 4, DIRECT, 1.0),
    )
    ((_visit, origin),) = origins(visits, shares, np.array([3]))
    assert origin == pytest.approx({(key, BY_MIX): 1 / 3 for key in (1, 2, NO_KEY)})


def test_readers_of_a_source_that_shares_often_are_asked_more() -> None:
    """Somebody whom the campaign had brought shares another page; of this one nobody knows."""
    visits, _shares = one_page(
        (0.0, 1, CAMPAIGN, 0.0), (0.0, 2, SEARCH, 0.0), (90.0, 4, DIRECT, 1.0), sharer=0
    )
    other = StoredShares(np.array([30.0]), np.array([5]), np.array([1]), np.zeros(1, np.bool_))
    ((_visit, origin),) = origins(visits, other, np.array([2]))
    assert origin[1, BY_MIX] > 1.2 * origin[2, BY_MIX]
    assert sum(origin.values()) == pytest.approx(1)


def test_a_tab_that_is_loaded_again_is_no_click() -> None:
    visits, shares = one_page((0.0, 1, CAMPAIGN, 0.0), (90.0, 1, CAMPAIGN, 0.0))
    again = replace(visits, again=np.array([False, True]))
    parts = parts_of(again, shares)
    assert [parts.keys[key] for key in parts.key] == [CAMPAIGN, DIRECT]


def returning(in_app: bool) -> tuple[StoredVisits, StoredShares]:
    """Of 40 visitors by the campaign ten come back by a bookmark and buy; as many others buy whom
    the log knows from nowhere; 40 more came by search, in the browser of an app if `in_app`."""
    rows = [(float(n), n, CAMPAIGN, 0.0) for n in range(40)]
    rows += [(100.0 + n, 100 + n, SEARCH, 0.0) for n in range(40)]
    rows += [(1000.0 + n, n if n < 10 else 300 + n, DIRECT, 0.0) for n in range(20)]
    visits, shares = one_page(*rows)
    is_order = np.arange(len(rows)) >= 80
    return replace(
        visits,
        in_app=np.repeat([False, in_app, False], [40, 40, 20]),
        conversions=is_order.astype(np.float64),
        revenue=is_order * 40.0,
        has_conversions=True,
        has_revenue=True,
    ), shares


@pytest.mark.parametrize("in_app", [False, True])
def test_orders_of_unknown_visitors_go_to_what_brings_those_who_return(in_app: bool) -> None:
    """Nobody returns in an app's browser, so the orders of its visitors are of unknown ones."""
    visits, shares = returning(in_app)
    parts = parts_of(visits, shares)
    factors = factors_of(visits, DarkCount(0, 0, 0), draws=50)
    credit = credited(visits, parts, Crediting("last", 30), factors)
    of_key = dict(zip(parts.keys, credit.measures["conversions"][:, BY_MIX], strict=True))
    assert bool(of_key[SEARCH] > 2 * of_key[CAMPAIGN]) is in_app
    assert of_key[DIRECT] == 0
    assert credit.measures["conversions"].sum() == pytest.approx(20)
    low, high = np.quantile(credit.drawn["conversions"][:, parts.keys.index(SEARCH)], (0.05, 0.95))
    assert low <= of_key[SEARCH] <= high


def test_who_comes_later_set_nothing_off() -> None:
    visits, shares = one_page((0.0, 4, DIRECT, 1.0), (90.0, 1, CAMPAIGN, 0.0))
    ((_visit, origin),) = origins(visits, shares, np.array([0]))
    assert origin == {(NO_KEY, BY_MIX): 1.0}


@pytest.mark.parametrize(
    ("lookback", "changes", "said"),
    [
        (30, (), ["visits cover 20 days, so the lookback of 30 days ends at 1970-01-01"]),
        (10, (), ["begin on 1970-01-01", "10 days is shorter for conversions before 1970-01-11"]),
        (10, (date(1970, 1, 5),), ["key of visitor ids changed on 1970-01-05", "ends there, too"]),
        (10, (date(1970, 1, 5), date(1970, 1, 9)), ["on 1970-01-05 first", "at each of them"]),
    ],
)
def test_it_is_said_where_the_lookback_ends(
    lookback: int, changes: tuple[date, ...], said: list[str]
) -> None:
    visits, _shares = world(1)
    notes = " ".join(lookback_notes(visits, lookback, changes))
    assert [each for each in said if each not in notes] == []
