"""Tabs that stay open for days and reload their page at equal distances.

The truth about them is the visit that opened the tab; a reload is no visit.
"""

from collections.abc import Mapping
from random import Random

from darksocial.simulation.agents import MOBILE
from darksocial.simulation.log import Log
from darksocial.simulation.routes import PageView
from darksocial.simulation.site import DAY_SECONDS, assets
from darksocial.simulation.visits import Visit

RELOAD_SECONDS = (300, 600, 900, 1_800, 3_600)
"""Pauses of pages and extensions that reload. Assumed; the longest ones are as long as the pause
that ends a visit, or longer."""
NAMES_ITSELF_RATE = 0.5
"""How often a reload names the page itself as its referrer, in place of the page's. Assumed."""
NEW_RATE = 0.02
"""How often an asset that is asked for again has changed: 200 in place of 304. Assumed."""


class OpenTabs:
    """The tabs that stay open after a visit, by the rates of the world that has them."""

    def __init__(self, rng: Random, rates: Mapping[str, float], log: Log) -> None:
        self._rng = rng
        self._rates = rates
        self._log = log
        self._assets = assets()

    def after(self, visit: Visit, last: PageView) -> None:
        """Leave the tab of the last page view open, by chance."""
        if visit.visitor.platform in MOBILE or self._rng.random() >= self._rates["open_tab"]:
            return
        pause = RELOAD_SECONDS[int(self._rng.random() * len(RELOAD_SECONDS))]
        names_itself = self._rng.random() < NAMES_ITSELF_RATE
        referrer = last.url if names_itself else last.referrer
        open_seconds = int(self._rng.expovariate(1 / self._rates["open_days"]) * DAY_SECONDS)
        for time in range(last.time + pause, last.time + open_seconds, pause):
            self._reload(time, last, referrer)

    def _reload(self, time: int, view: PageView, referrer: str) -> None:
        add, address, agent = self._log.add, view.route.address, view.route.agent
        size = str(view.page.size)
        add(time, address, f"GET {view.target} {view.protocol}", 200, size, referrer, agent)
        for path, asset_size in (*self._assets, *view.page.images):
            if self._rng.random() < self._rates["revalidated"]:
                new = self._rng.random() < NEW_RATE
                status, sent = (200, str(asset_size)) if new else (304, "-")
                add(time, address, f"GET {path} {view.protocol}", status, sent, view.url, agent)
