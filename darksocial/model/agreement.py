"""How many dark visits two estimates agree on, and how far from that the truth may be.

The tables (tables.py) say how many of the visits booked as Direct are dark: the sum of their
probabilities. Recapture (recapture.py) says it in another way. The count is their geometric mean,
each weighed by the inverse of its variance, and one change of the base rates of dark social brings
the probabilities to it: it moves the log-odds of all visits alike, so their order stays. Where
recapture says nothing, the count from which the tables were learned takes its place: dark visits
are rare there, and then the step makes them rarer. On nine such sites that count was off by 0.45 in
its logarithm, that of the tables by 0.54, and their mean by 0.39.

Where the two lie far apart one of them is wrong, and nothing says which: the distance adds to the
spread, and the report says so. A newsletter whose links carry no tag is such a case: its readers
come together to one page, and the tables take a part of them for the members of a chat.

Where the owner has asked people how they heard of the site, their answers (answers.py) are one more
estimate. They are surer than what is assumed of a site that taught nothing, and less sure than both
others.
"""

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from darksocial.model.answers import Heard
from darksocial.model.intervals import Z_90
from darksocial.model.learning import Rates
from darksocial.model.recapture import Recapture
from darksocial.model.tables import Numbers

SPREAD_OF_TABLES = 0.3
"""By so much the logarithm of the tables' count is off (standard deviation) on simulated sites."""
SPREAD_WITHOUT_RECAPTURE = 0.45
"""The same for the mean of the counts of the tables and of the start."""
MAX_DARK_PART = 0.9
"""At most this part of the visits booked as Direct is taken for dark social. Assumed."""
MAX_SHIFT, HALVINGS = 6.0, 50
"""The log-odds move by at most this, which is a factor of 400. It is halved so often."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The dark visits among those that taught: how many there are at the start, by the tables, by
    recapture and by answers (null if these say nothing), and how many they agree on.

    spread: the standard deviation of the logarithm of `agreed`.
    """

    at_start: float
    by_tables: float
    recapture: Recapture | None
    agreed: float
    spread: float
    heard: Heard | None = None

    @property
    def disagrees(self) -> bool:
        """Whether the estimates lie further apart than in nine of ten sites."""
        if self.recapture is None:
            return False
        expected = math.hypot(SPREAD_OF_TABLES, self.recapture.spread)
        distance = abs(math.log(self.by_tables / self.recapture.total))
        return distance > Z_90 * expected


def agree(
    at_start: float, by_tables: float, recaptured: Recapture | None, heard: Heard | None = None
) -> Agreement:
    """Return what the estimates agree on."""
    if recaptured is None:
        distance = math.log(at_start / by_tables)
        spread = math.hypot(SPREAD_WITHOUT_RECAPTURE, distance / 2)
        estimates = [(math.sqrt(at_start * by_tables), spread)]
    else:
        estimates = [(by_tables, SPREAD_OF_TABLES), (recaptured.total, recaptured.spread)]
    agreed, spread = together(estimates, heard)
    return Agreement(at_start, by_tables, recaptured, agreed, spread, heard)


def agree_without_tables(expected: float, spread: float, heard: Heard) -> Agreement:
    """Return what the answers and the count that is expected of a site agree on, which taught no
    tables. `spread` is the standard deviation of the logarithm of `expected`."""
    agreed, of_agreed = together([(expected, spread)], heard)
    return Agreement(expected, expected, None, agreed, of_agreed, heard)


def together(estimates: Sequence[tuple[float, float]], heard: Heard | None) -> tuple[float, float]:
    """Return the geometric mean of estimates and answers, weighed by the inverse of the variances
    of their logarithms, and the spread of its logarithm: that of the errors, and of the estimates
    around it."""
    all_of_them = [*estimates, (heard.total, heard.spread)] if heard else estimates
    weights = [1 / spread**2 for _number, spread in all_of_them]
    total = math.fsum(weights)
    logarithms = [math.log(number) for number, _spread in all_of_them]
    mean = math.fsum(map(operator.mul, weights, logarithms)) / total
    around = math.fsum(w * (one - mean) ** 2 for w, one in zip(weights, logarithms, strict=True))
    return math.exp(mean), math.sqrt((1 + around) / total)


def shift_to(count: float, dark: Numbers, visits: Numbers) -> float:
    """Return by how much all log-odds have to move so that `count` visits are dark.

    `dark` is the probability of dark social of each of so many `visits`.
    """
    wanted = min(count, MAX_DARK_PART * float(visits.sum()))
    low, high = -MAX_SHIFT, MAX_SHIFT
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if float(visits @ with_odds(dark, middle)) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def with_odds(dark: Numbers, shift: float) -> Numbers:
    """Return probabilities of dark social with all log-odds moved."""
    factor = math.exp(shift)
    moved: Numbers = factor * dark / (1 + (factor - 1) * dark)
    return moved


def shifted(rates: Mapping[str, Rates], shift: float) -> dict[str, Rates]:
    """Return base rates by device, with the log-odds of dark social moved."""
    moved: dict[str, Rates] = {}
    for device, of_device in rates.items():
        raised = {**of_device, "dark_social": of_device["dark_social"] * math.exp(shift)}
        total = math.fsum(raised.values())
        moved[device] = {name: rate / total for name, rate in raised.items()}
    return moved


def sensitivity(dark: Numbers, visits: Numbers) -> float:
    """Return by how much the logarithm of the count moves with the log-odds: 1 where all are
    improbable, and less the more of them are sure."""
    return float(visits @ (dark * (1 - dark))) / float(visits @ dark)
