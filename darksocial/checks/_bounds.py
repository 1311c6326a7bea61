"""Bounds that several checks share, as numbers and in words."""

from collections.abc import Callable, Iterable
from itertools import islice

from darksocial.checks import MAX_PLACES, Criteria, Outcome, Place
from darksocial.language import gettext as _
from darksocial.report.numbers import percent, whole

Words = Callable[[float], str]


def count_at_most(
    criteria: Criteria, count: float, actual: str, places: Iterable[Place] = ()
) -> Outcome:
    """Return the outcome of a check that counts rows and allows `at_most` of them."""
    return _at_most(criteria, count, whole, actual, places)


def proportion_at_most(
    criteria: Criteria, proportion: float, actual: str, places: Iterable[Place] = ()
) -> Outcome:
    """Return the outcome of a check of a proportion, which allows `at_most`."""
    return _at_most(criteria, proportion, percent, actual, places)


def _at_most(
    criteria: Criteria, value: float, words: Words, actual: str, places: Iterable[Place]
) -> Outcome:
    highest = criteria["at_most"]
    allowed = _("at most {bound}").format(bound=words(highest))
    return Outcome(value <= highest, actual, allowed, tuple(islice(places, MAX_PLACES)))


def is_within(criteria: Criteria, low: float, high: float, prefix: str = "") -> bool:
    """Return whether a value between `low` and `high` can satisfy the bounds of a rule."""
    lowest, highest = (criteria.get(f"{prefix}{bound}") for bound in ("at_least", "at_most"))
    return (lowest is None or high >= lowest) and (highest is None or low <= highest)


def allowed(criteria: Criteria, words: Words, prefix: str = "") -> str:
    """Return the bounds of a rule in words."""
    lowest, highest = (criteria.get(f"{prefix}{bound}") for bound in ("at_least", "at_most"))
    if lowest is not None and highest is not None:
        return _("{lowest} to {highest}").format(lowest=words(lowest), highest=words(highest))
    if lowest is not None:
        return _("at least {bound}").format(bound=words(lowest))
    if highest is not None:
        return _("at most {bound}").format(bound=words(highest))
    return _("anything")
