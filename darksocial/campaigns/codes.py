"""How many uses of a partner's code came without a visit by the partner's link or its echo.

Orders and visits are joined by time, and only in sums. An order with a code can be any conversion
of the log within some minutes. A conversion has a partner's visit with some probability: that of
its visitor's visits of the lookback, of which each can be one of the partner's (parts.py). How much
more often those use the code who came by the partner is learned from all orders together
(expectation-maximisation of two rates), which says of orders that several conversions fit to what
part they came with a visit.

An order without a conversion of the log near it says nothing: it is counted apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from darksocial.campaigns.build import INTERVAL
from darksocial.campaigns.credit import Path, paths
from darksocial.campaigns.orders import Order
from darksocial.campaigns.parts import Parts
from darksocial.campaigns.stored import Numbers, Places, StoredVisits

SLACK_SECONDS = 300
"""How far the clocks of shop and server may be apart, and an order from its visit. Assumed."""
FACTOR_STEPS = 9
"""At how many factors of the odds of dark social the part is computed; between them it is
interpolated."""
RATE_ROUNDS = 60
"""Of the two rates; they change by less than 1e-4 after some twenty."""


@dataclass(frozen=True, slots=True)
class CodeUse:
    """The uses of a partner's codes, and what they were worth.

    in_log: those near which the log has a conversion; with_visit: the expected number of these that
    came with a visit by the partner's link or its echo. leak: the part without, with its 90%
    interval. All but `used` and `value` are None where the partner has no link.
    """

    used: int
    value: float
    in_log: int
    with_visit: float | None
    leak: float | None
    leak_low: float | None
    leak_high: float | None


@dataclass(frozen=True, slots=True)
class Conversions:
    """The conversions of the log in the order of time: first and last second, and their paths."""

    first: Numbers
    last: Numbers
    paths: Sequence[Path]


def conversions_of(visits: StoredVisits, lookback_days: int) -> Conversions:
    """Return the conversions of visits that are not sums."""
    own = [
        path
        for path in paths(visits, lookback_days)
        if visits.weight[path.visits[-1]] == 1 and path.conversions > 0
    ]
    last = np.array([path.visits[-1] for path in own], np.int64)
    return Conversions(visits.second[last], visits.last_second[last], own)


def reached(parts: Parts, conversions: Conversions, partner: str, factors: Numbers) -> Numbers:
    """Return how probable it is that each conversion (columns) had a visit that the partner's links
    set off, for each factor (rows) of the odds of dark social."""
    is_own = np.array([key.partner == partner for key in parts.keys], np.bool_)[parts.key]
    visits = int(parts.visit.max(initial=-1)) + 1
    without = np.ones((len(factors), len(conversions.paths)))
    for row, factor in enumerate(factors):
        weight = parts.part * np.where(parts.is_dark, factor, 1.0)
        whole = np.bincount(parts.visit, weight, minlength=visits)
        own = np.bincount(parts.visit, weight * is_own, minlength=visits)
        part = (own / np.where(whole > 0, whole, 1.0)).clip(0, 1)
        for column, path in enumerate(conversions.paths):
            without[row, column] = np.prod(1 - part[path.visits])
    return 1 - without


def code_use(
    orders: Sequence[Order], conversions: Conversions, probable: Numbers | None, factors: Numbers
) -> CodeUse:
    """Return the use of one partner's codes in `orders`, all of which have one.

    `probable` has a row for each of FACTOR_STEPS factors (`steps_of`), as `reached` returns it;
    None for a partner without a link.
    """
    near = [_near(order.second, conversions) for order in orders]
    used, value = len(orders), float(sum(order.value for order in orders))
    in_log = [places for places in near if len(places)]
    if probable is None or not in_log:
        return CodeUse(used, value, len(in_log), None, None, None, None)
    with_visit = np.stack([_with_visit(in_log, row) for row in probable])
    steps = np.log(steps_of(factors))
    expected = np.interp(np.log(factors), steps, with_visit.sum(axis=1))
    spread = np.interp(np.log(factors), steps, (with_visit * (1 - with_visit)).sum(axis=1))
    rng = np.random.default_rng(4)
    count = len(in_log)
    with_some = (expected + rng.normal(size=len(factors)) * np.sqrt(spread)).clip(0, count)
    # Jeffreys' prior: the rate behind the orders, of which these are some.
    leaks = rng.beta(count - with_some + 0.5, with_some + 0.5)
    low, high = np.quantile(leaks, INTERVAL)
    counted = float(_with_visit(in_log, _at_one(probable, factors)).sum())
    leak = 1 - counted / count
    return CodeUse(used, value, count, counted, leak, min(float(low), leak), max(float(high), leak))


def steps_of(factors: Numbers) -> Numbers:
    """Return FACTOR_STEPS factors from the least to the greatest."""
    logs: Numbers = np.linspace(np.log(factors).min(), np.log(factors).max(), FACTOR_STEPS)
    return np.exp(logs)


def _at_one(probable: Numbers, factors: Numbers) -> Numbers:
    """Return what is probable without a factor."""
    steps = np.log(steps_of(factors))
    return np.array([np.interp(0.0, steps, column) for column in probable.T])


def _near(second: float, conversions: Conversions) -> Places:
    is_near = (conversions.first - SLACK_SECONDS <= second) & (
        second <= conversions.last + SLACK_SECONDS
    )
    return np.flatnonzero(is_near)


def _with_visit(near: Sequence[Places], probable: Numbers) -> Numbers:
    """Return, of each order, to what part it came with a partner's visit.

    A conversion with such a visit uses the code at one rate, one without at another.
    """
    all_with, all_without = probable.sum(), (1 - probable).sum()
    near_with = np.array([probable[places].sum() for places in near])
    near_without = np.array([(1 - probable[places]).sum() for places in near])
    rate_with = rate_without = 1.0
    of_orders = np.zeros(len(near))
    for _round in range(RATE_ROUNDS):
        with_visit, without = rate_with * near_with, rate_without * near_without
        whole = with_visit + without
        of_orders = with_visit / np.where(whole > 0, whole, 1.0)
        rate_with = of_orders.sum() / all_with if all_with > 0 else 0.0
        rate_without = (len(near) - of_orders.sum()) / all_without if all_without > 0 else 0.0
    return of_orders
