"""What is known before any evidence: base rates, and what a site's owner knows of its own.

The latter is optional (settings.Model); without it the tables and the traffic decide.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from functools import cache

from darksocial import data
from darksocial.lookups.apps import leading_app
from darksocial.lookups.releases import existed
from darksocial.settings import Model
from darksocial.signals import CLASSES

# Base rates of the classes, by kind ('direct', 'booked') and device.
RateTable = Mapping[tuple[str, str], Mapping[str, float]]

# The apps and the countries that the owner names count as so many visits each: assumed.
PRIOR_APP_VISITS = 10.0


def starting_rates(model: Model) -> RateTable:
    """Return the base rates before the site's visits count: the table's, or the owner's own."""
    return {
        (kind, device): with_known_rates(rates, model) if kind == "direct" else rates
        for (kind, device), rates in base_rates().items()
    }


@cache
def base_rates() -> dict[tuple[str, str], dict[str, float]]:
    """Return data/base_rates.csv: class to rate, by kind ('direct', 'booked') and device."""
    return {
        (row["kind"], row["device"]): {name: float(row[name]) for name in CLASSES}
        for row in data.read("base_rates")
    }


def with_known_rates(table: Mapping[str, float], model: Model) -> dict[str, float]:
    """Return base rates with those that the owner knows; the others divide the rest."""
    rates = dict(model.rates)
    rest = 1 - math.fsum(rates.values())
    others = math.fsum(rate for name, rate in table.items() if name not in rates)
    return {name: rates.get(name, rate * rest / others) for name, rate in table.items()}


def mix_of(
    visits_by_app: Mapping[str, float], model: Model, until: datetime | None = None
) -> dict[str, float]:
    """Return the proportions of the apps, which sum to 1.

    They follow from the visits whose app is known, and from the apps and countries that the owner
    names, without apps that did not exist by the time of the last visit (`until`). The result is
    empty if there is nothing of these.
    """
    counts = {app: n for app, n in visits_by_app.items() if not model.apps or app in model.apps}
    for app in model.apps:
        counts[app] = counts.get(app, 0.0) + PRIOR_APP_VISITS / len(model.apps)
    for country in model.countries:
        app = leading_app(country)
        if not model.apps or app in model.apps:
            counts[app] = counts.get(app, 0.0) + PRIOR_APP_VISITS / len(model.countries)
    counts = {app: n for app, n in counts.items() if existed(app, until)}
    total = math.fsum(counts.values())
    return {app: n / total for app, n in counts.items()} if total else {}
