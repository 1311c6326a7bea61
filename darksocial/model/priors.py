"""What a site's owner knows before any evidence: sending times, rates, apps, countries.

All of it is optional (settings.Model); where nothing is said, the tables and the traffic decide.
"""

import math
from collections.abc import Mapping

from darksocial.lookups.apps import leading_app
from darksocial.settings import Model

COUNTRY_VISITS = 10.0
"""The leading app of the countries counts as so many visits in the mix of apps, assumed."""


def with_known_rates(table: Mapping[str, float], model: Model) -> dict[str, float]:
    """Return base rates with those that the owner knows; the others share what is left."""
    known = dict(model.rates)
    left = 1 - math.fsum(known.values())
    others = math.fsum(rate for name, rate in table.items() if name not in known)
    return {name: known.get(name, rate * left / others) for name, rate in table.items()}


def mix_of(named: Mapping[str, float], model: Model) -> dict[str, float]:
    """Return the shares (summing to 1) of the apps, from visits by named app and what is known.

    Empty where nothing speaks: no app was named, and the owner names neither apps nor countries.
    """
    counts = {app: n for app, n in named.items() if not model.apps or app in model.apps}
    for app in model.apps:
        counts[app] = counts.get(app, 0.0) + COUNTRY_VISITS / len(model.apps)
    for country in model.countries:
        app = leading_app(country)
        if not model.apps or app in model.apps:
            counts[app] = counts.get(app, 0.0) + COUNTRY_VISITS / len(model.countries)
    total = math.fsum(counts.values())
    return {app: n / total for app, n in counts.items()} if total else {}
