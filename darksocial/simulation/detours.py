"""Where people go between two pages of a visit."""

from collections.abc import Mapping
from random import Random

from darksocial.simulation.routes import PageView

PROVIDERS = (
    "https://www.paypal.com/",
    "https://checkout.stripe.com/",
    "https://accounts.google.com/",
    "https://appleid.apple.com/",
    "https://3ds.bank.example/",
)
"""Who is paid or asked who somebody is; the bank stands for those that no table has."""
AWAY_SECONDS = (30, 300)
"""How long people are away, at least and at most. Assumed."""


class Detours:
    """People stay on the site."""

    def after(self, view: PageView) -> tuple[str, int]:
        """Return the referrer of the next page view, and how many seconds later it comes."""
        return view.url, 0


class ToProviders(Detours):
    """Some people pay or log in elsewhere and come back from there."""

    def __init__(self, rng: Random, rates: Mapping[str, float]) -> None:
        self._rng = rng
        self._leaves = rates["leaves_for_provider"]

    def after(self, view: PageView) -> tuple[str, int]:
        """Return the referrer of the next page view, and how many seconds later it comes."""
        if self._rng.random() >= self._leaves:
            return super().after(view)
        first, last = AWAY_SECONDS
        away = first + int(self._rng.random() * (last - first))
        return PROVIDERS[int(self._rng.random() * len(PROVIDERS))], away
