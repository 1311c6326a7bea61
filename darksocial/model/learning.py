"""Base rates learned from the site: how its visits divide among the causes, before any evidence.

The base rates of data/base_rates.csv hold for no site in particular. Expectation-maximisation
corrects them: weigh all visits with the rates at hand, take the sums of the probabilities as new
rates, and repeat. It runs over the distinct patterns of levels with their numbers, so its cost
does not grow with traffic. It goes in two steps: one correction of each class for all devices of
a site, then one for each device. The rates of the table count as `PRIOR_VISITS` visits, and as a
part of the site's own (`PRIOR_PART`), because the weights of the signals are no measurement of this
site: the more a site differs, the more the table gives way, but never completely.

A. P. Dempster, N. M. Laird, D. B. Rubin, "Maximum Likelihood from Incomplete Data via the EM
Algorithm", Journal of the Royal Statistical Society B 39, 1977.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from darksocial.signals import CLASSES

PRIOR_VISITS = 100.0
PRIOR_PART = 0.7
# It ends after so many rounds, or once no rate changes by more than MAX_CHANGE.
MAX_ROUNDS = 200
MAX_CHANGE = 1e-7
# A site with fewer direct visits is judged together with the others: assumed.
MIN_VISITS_TO_LEARN = 200

Rates = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PatternCount:
    """A pattern: its device, its number of visits, its log-odds by class, and the levels of its
    signals in the order of the registry."""

    device: str
    visits: float
    log_odds: Rates
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Learned:
    """Base rates by device, and how certain they are.

    `information` is the Fisher information of the visits about the log-odds of dark social;
    `visits` is their number.
    """

    rates: Mapping[str, Rates]
    visits: float
    information: float


def learn(table: Mapping[str, Rates], counts: Sequence[PatternCount]) -> Learned:
    """Return the table's base rates (by device) as the visits of the site correct them."""
    by_device: dict[str, list[PatternCount]] = {device: [] for device in table}
    for count in counts:
        by_device[count.device].append(count)
    rates = {device: _maximised(table[device], rows) for device, rows in by_device.items()}
    visits = math.fsum(count.visits for count in counts)
    return Learned(rates, visits, _information(rates, counts))


def prior_share(visits: float) -> float:
    """Return which part of the base rates is the table's, 0 to 1, given the number of visits."""
    prior = PRIOR_VISITS + PRIOR_PART * visits
    return prior / (prior + visits)


def posterior(rates: Rates, log_odds: Rates) -> dict[str, float]:
    """Return the probability of each class, given base rates (which sum to 1) and log-odds."""
    scores = {
        name: math.log(rate) + log_odds.get(name, 0.0) for name, rate in rates.items() if rate > 0
    }
    highest = max(scores.values())
    weights = {name: math.exp(score - highest) for name, score in scores.items()}
    total = math.fsum(weights.values())
    return {name: weights.get(name, 0.0) / total for name in CLASSES}


def _maximised(prior: Rates, rows: Sequence[PatternCount]) -> Rates:
    """Return the base rates of one device after expectation-maximisation."""
    visits = math.fsum(row.visits for row in rows)
    if not visits:
        return prior
    part = prior_share(visits)
    names = list(prior)
    counts = np.array([row.visits for row in rows])
    odds = np.array([[row.log_odds.get(name, 0.0) for name in names] for row in rows])
    likelihood = np.exp(odds - odds.max(axis=1, keepdims=True))
    table = np.array([prior[name] for name in names])
    rates = table
    for _ in range(MAX_ROUNDS):
        joint = likelihood * rates
        sums = counts @ (joint / joint.sum(axis=1, keepdims=True))
        new = part * table + (1 - part) * sums / visits
        moved = np.abs(new - rates).max()
        rates = new
        if moved < MAX_CHANGE:
            break
    return dict(zip(names, map(float, rates), strict=True))


def _information(rates: Mapping[str, Rates], counts: Sequence[PatternCount]) -> float:
    """Return the information about the log-odds of dark social: the likelihood's curvature."""
    return math.fsum(
        row.visits
        * (
            posterior(rates[row.device], row.log_odds)["dark_social"]
            - rates[row.device]["dark_social"]
        )
        ** 2
        for row in counts
    )
