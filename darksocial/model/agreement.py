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
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

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
    """The dark visits among those that taught: how many there are at the start, by the tables and
    by recapture (null if that says nothing), and how many they agree on.

    spread: the standard deviation of the logarithm of `agreed`.
    """

    at_start: float
    by_tables: float
    recapture: Recapture | None
    agreed: float
    spread: float

    @property
    def disagrees(self) -> bool:
        """Whether the estimates lie further apart than in nine of ten sites."""
        if self.recapture is None:
            return False
        expected = math.hypot(SPREAD_OF_TABLES, self.recapture.spread)
        distance = abs(math.log(self.by_tables / self.recapture.total))
        return distance > Z_90 * expected


def agree(at_start: float, by_tables: float, recaptured: Recapture | None) -> Agreement:
    """Return what the estimates agree on."""
    if recaptured is None:
        agreed = math.sqrt(at_start * by_tables)
        distance = math.log(at_start / by_tables)
        spread = math.hypot(SPREAD_WITHOUT_RECAPTURE, distance / 2)
        return Agreement(at_start, by_tables, None, agreed, spread)
    weights = 1 / SPREAD_OF_TABLES**2, 1 / recaptured.spread**2
    part = weights[1] / math.fsum(weights)
    distance = math.log(recaptured.total / by_tables)
    agreed = by_tables * math.exp(part * distance)
    variance = 1 / math.fsum(weights) + part * (1 - part) * distance**2
    return Agreement(at_start, by_tables, recaptured, agreed, math.sqrt(variance))


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
