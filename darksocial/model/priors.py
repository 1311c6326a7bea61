"""What a site's owner knows before any evidence: rates, apps and countries.

All of it is optional (settings.Model); without it the tables and the traffic decide.
"""

import math
from collections.abc import Mapping
from datetime import datetime

from darksocial.lookups.apps import leading_app
from darksocial.lookups.releases import existed
from darksocial.settings import Model

# The apps and the countries that the owner names count as so many visits each: assumed.
PRIOR_APP_VISITS = 10.0


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
