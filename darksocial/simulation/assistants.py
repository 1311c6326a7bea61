"""AI assistants that fetch a page because a person asks just now: before a visit, and without one.

Most answers bring no visit, so most fetches stay alone. The agents are those that their operators
publish (data/assistant_fetchers.csv). Before a visit by an assistant that has none (Gemini and
Copilot read what Google and Bing have) there is no fetch.
"""

from collections.abc import Mapping
from random import Random

from darksocial import data
from darksocial.simulation.addresses import Addresses
from darksocial.simulation.parameters import Bot
from darksocial.simulation.pretenders import Send, Who
from darksocial.simulation.site import DAY_SECONDS, Page, Site
from darksocial.simulation.visits import Visit

READING_SECONDS = (15, 240)
"""How long after the fetch its answer's link is opened, at least and at most. Assumed."""
ASKED_OLD_PART = 0.7
"""The proportion of old articles among the pages of answers. Assumed."""
SERVERS = 6
"""Each assistant fetches from so many addresses in turn. Assumed."""


class Assistants:
    """The fetchers of AI assistants. `runs` are what they do from a time on, by kind."""

    def __init__(
        self,
        rng: Random,
        rates: Mapping[str, float],
        addresses: Addresses,
        site: Site,
        send: Send,
    ) -> None:
        self._rng = rng
        self._rate = rates.get("assistant_fetches", 0.0)
        self._addresses = addresses
        self._site = site
        self._send = send
        self._agents = {row["assistant"]: row["example"] for row in data.read("assistant_fetchers")}
        self._servers: dict[str, list[str]] = {}
        self.runs = {"assistant": self._answer}

    def before(self, visit: Visit) -> None:
        """Fetch the page of a visit that an assistant brings, by chance, before it begins."""
        if not self._rate or visit.group.name != "ai":
            return
        name = visit.source.name.partition("_")[0]
        if name in self._agents and self._rng.random() < self._rate:
            least, most = READING_SECONDS
            wait = least + int(self._rng.random() * (most - least))
            midnight = visit.time - visit.time % DAY_SECONDS
            self._fetch(name, max(visit.time - wait, midnight), visit.page)

    def _answer(self, bot: Bot, time: int) -> None:
        """Fetch a page for an answer that nobody opens."""
        names = list(self._agents)
        name = names[int(self._rng.random() * len(names))]
        self._fetch(name, time, self._site.old_or_fresh(time, ASKED_OLD_PART, self._rng).page)

    def _fetch(self, name: str, time: int, page: Page) -> None:
        request = f"GET {page.path} HTTP/1.1"
        self._send(self._who(name), time, request, 200, str(page.size), "-")

    def _who(self, name: str) -> Who:
        if name not in self._servers:
            self._servers[name] = [self._addresses.server() for _ in range(SERVERS)]
        servers = self._servers[name]
        address = servers[int(self._rng.random() * len(servers))]
        return name, "assistant", address, self._agents[name]
