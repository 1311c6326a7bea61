"""How many uses of a partner's code came without a visit by the partner's link or its echo.

Orders and visits are joined by time, and only in sums. An order with a code can be any conversion
of the log within some minutes. A conversion has a partner's visit with some probability: that of
its visitor's visits of the lookback, of which each can be one of the partner's (parts.py), and that
of an unlinked visit in another browser, on another device or network (devices.py).

How much more often those use the code who came by the partner is learned from all orders together.
Each draw alternates between two steps (Gibbs sampling): which orders came with a visit, given the
rate of those with one and of those without; and these rates, given the orders.

An order without a conversion of the log near it says nothing: it is counted apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from darksocial.campaigns.build import INTERVAL
from darksocial.campaigns.credit import paths
from darksocial.campaigns.devices import Path, unlinked
from darksocial.campaigns.orders import Order
from darksocial.campaigns.parts import Parts
from darksocial.campaigns.stored import Numbers, Places, StoredVisits

SLACK_SECONDS = 300
"""How far the clocks of shop and server may be apart, and an order from its visit. Assumed."""
FACTOR_STEPS = 9
"""At how many factors of the odds of dark social the part is computed; between them it is
interpolated."""
ROUNDS = 30
"""Of the sampling; the mean leak of simulated sites changes by less than 0.01 after ten."""
PRIOR = 0.5
"""Jeffreys' prior of a rate: half a case on each side."""


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
    """The conversions of the log in the order of time: first and last second, and their paths of
    so many days."""

    first: Numbers
    last: Numbers
    paths: Sequence[Path]
    lookback_days: int


def conversions_of(visits: StoredVisits, lookback_days: int) -> Conversions:
    """Return the conversions of visits that are not sums."""
    own = [
        path
        for path in paths(visits, lookback_days)
        if visits.weight[path.visits[-1]] == 1 and path.conversions > 0
    ]
    last = np.array([path.visits[-1] for path in own], np.int64)
    return Conversions(visits.second[last], visits.last_second[last], own, lookback_days)


@dataclass(frozen=True, slots=True)
class Reached:
    """How probable it is that each conversion (columns) had a visit that the partner's links set
    off: `linked` by the same visitor, for each factor (rows) of the odds of dark social; `unlinked`
    by nobody whom the log knows for the same person, as expected; `factors`, by what this is
    multiplied in each draw."""

    linked: Numbers
    unlinked: Numbers
    factors: Numbers


def reached(
    visits: StoredVisits,
    parts: Parts,
    conversions: Conversions,
    partner: str,
    factors: Numbers,
) -> Reached:
    """Return how probable it is that each conversion had a visit by the partner's links; `factors`
    of the odds of dark social has a value for each draw."""
    of_keys = np.array([key.partner == partner for key in parts.keys], np.bool_)
    is_own, count = of_keys[parts.key], len(visits.key)
    steps = steps_of(factors)
    without = np.ones((len(steps), len(conversions.paths)))
    for row, factor in enumerate(steps):
        weight = parts.part * np.where(parts.is_dark, factor, 1.0)
        whole = np.bincount(parts.visit, weight, minlength=count)
        own = np.bincount(parts.visit, weight * is_own, minlength=count)
        part = (own / np.where(whole > 0, whole, 1.0)).clip(0, 1)
        for column, path in enumerate(conversions.paths):
            without[row, column] = np.prod(1 - part[path.visits])
    hidden = unlinked(visits, parts, conversions.paths, conversions.lookback_days, len(factors))
    of_partner = hidden.expected * hidden.origin[:, of_keys].sum(axis=1)
    return Reached(1 - without, of_partner, hidden.factors)


def code_use(
    orders: Sequence[Order], conversions: Conversions, probable: Reached | None, factors: Numbers
) -> CodeUse:
    """Return the use of one partner's codes in `orders`, all of which have one. `probable` is None
    for a partner without a link."""
    near = [_near(order.second, conversions) for order in orders]
    used, value = len(orders), float(sum(order.value for order in orders))
    in_log = [places for places in near if len(places)]
    if probable is None or not in_log:
        return CodeUse(used, value, len(in_log), None, None, None, None)
    everyone = np.arange(len(conversions.paths))
    cases = [_with_visit(places, probable, factors) for places in (everyone, *in_log)]
    some = np.stack(cases[1:], axis=1)
    sizes = np.array([len(places) for places in in_log], np.float64)
    with_some = _sampled(some, sizes - some, cases[0], len(everyone) - cases[0])
    count = len(in_log)
    rng = np.random.default_rng(5)
    # Of the rate behind the orders, of which these are some, and of these themselves.
    rates = rng.beta(count - with_some + PRIOR, with_some + PRIOR)
    bounds = np.quantile([rates, 1 - with_some / count], INTERVAL, axis=1)
    counted = float(with_some.mean())
    leak = 1 - counted / count
    low, high = min(float(bounds[0].min()), leak), max(float(bounds[1].max()), leak)
    return CodeUse(used, value, count, counted, leak, low, high)


def _with_visit(places: Places, probable: Reached, factors: Numbers) -> Numbers:
    """Return, for each draw, how many of some conversions had a visit by the partner's links."""
    linked = probable.linked[:, places]
    hidden = ((1 - linked) * probable.unlinked[places]).sum(axis=1)
    steps = np.log(steps_of(factors))
    of_visitors, of_others = (
        np.interp(np.log(factors), steps, sums) for sums in (linked.sum(axis=1), hidden)
    )
    counts: Numbers = (of_visitors + of_others * probable.factors).clip(0, len(places))
    return counts


def _sampled(some: Numbers, none: Numbers, all_some: Numbers, all_none: Numbers) -> Numbers:
    """Return how many orders came with a visit, for each draw.

    `some` and `none` have a row for each draw and a column for each order: how many of the
    conversions near it have a visit by the partner's links, and how many have none. `all_some` and
    `all_none` are those of all conversions. Who has one uses the code at one rate, others at
    another.
    """
    rng = np.random.default_rng(4)
    rates = np.ones(len(some)), np.ones(len(some))
    with_some = np.zeros(len(some))
    for _round in range(ROUNDS):
        weights = rates[0][:, None] * some, rates[1][:, None] * none
        is_some = rng.random(some.shape) * (weights[0] + weights[1]) < weights[0]
        with_some = is_some.sum(axis=1).astype(np.float64)
        without = some.shape[1] - with_some
        rates = (
            rng.beta(with_some + PRIOR, (all_some - with_some).clip(0) + PRIOR),
            rng.beta(without + PRIOR, (all_none - without).clip(0) + PRIOR),
        )
    return with_some


def steps_of(factors: Numbers) -> Numbers:
    """Return FACTOR_STEPS factors from the least to the greatest."""
    logs: Numbers = np.linspace(np.log(factors).min(), np.log(factors).max(), FACTOR_STEPS)
    return np.exp(logs)


def _near(second: float, conversions: Conversions) -> Places:
    is_near = (conversions.first - SLACK_SECONDS <= second) & (
        second <= conversions.last + SLACK_SECONDS
    )
    return np.flatnonzero(is_near)
