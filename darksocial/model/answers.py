"""How many visits are dark by what people answered to the question how they heard of the site.

Of people who name an origin a part came by a private link. Those who came by search, networks,
mailings and assistants can be counted: they kept their referrer or a tag, or lost it in about the
numbers that the tables expect. So the dark visits are these visits, times the odds of a private
link among the answers.

It is rough. Who answers has mostly bought or signed up; people forget; and a first contact in a
messenger may be followed by visits of other origins. So `SPREAD_OF_ANSWERS` is added to the error
of the sample, and the answers move the count less than what visits show (agreement.py).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from darksocial.model.losses import Loss
from darksocial.settings import NO_ORIGIN

DARK = "dark_social"
MIN_ANSWERS = 20
"""Fewer answers that name an origin say nothing. Assumed."""
SPREAD_OF_ANSWERS = 0.5
"""By so much the logarithm of the odds among answers may differ from that among visits (standard
deviation): in nine of ten sites by no more than a factor of 2.3. Assumed: nothing measured was
found."""
HALF_AN_ANSWER = 0.5
"""Added to both sides, so that no odds are 0."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What answers say: how many name a private link, how many another origin, and the number of
    visits that came by these other origins, and of those that were booked as Direct."""

    private: float
    others: float
    visits_of_others: float
    direct: float

    @property
    def total(self) -> float:
        """How many dark visits there are: not more than are booked as Direct."""
        odds = (self.private + HALF_AN_ANSWER) / (self.others + HALF_AN_ANSWER)
        return min(self.visits_of_others * odds, self.direct)

    @property
    def spread(self) -> float:
        """The standard deviation of the logarithm of `total`."""
        of_sample = 1 / (self.private + HALF_AN_ANSWER) + 1 / (self.others + HALF_AN_ANSWER)
        return math.sqrt(of_sample + SPREAD_OF_ANSWERS**2)


def heard(
    answers: Sequence[tuple[str, int]], losses_of: Mapping[str, Loss], lost: float, direct: float
) -> Heard | None:
    """Return what answers say of a site; None if they are too few, or no visit has an origin.

    `answers` counts answers by origin (settings.Model), `losses_of` the visits whose origin is
    known, by the class that those without referrer have, and `lost` is how many of the `direct`
    visits are expected to be of these classes.
    """
    counts = {origin: number for origin, number in answers if origin != NO_ORIGIN}
    number = math.fsum(counts.values())
    of_origin = math.fsum(
        loss.with_referrer + loss.lost + loss.untagged for loss in losses_of.values()
    )
    if number < MIN_ANSWERS or of_origin + lost <= 0:
        return None
    private = counts.get(DARK, 0)
    return Heard(private, number - private, of_origin + lost, direct)
