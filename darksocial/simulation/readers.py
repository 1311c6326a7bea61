"""Services between people and the site, each with what it leaves in a log.

- **Telegram Instant View**: Telegram's server fetches the page when the link is shared and shows it
  in the app from its cache, so that a reader never reaches the site
  (https://instantview.telegram.org/).
- **Opera Mini**: a server of Opera asks for the page and renders it, so that many people have the
  few addresses of these servers and an agent that names Opera Mini
  (https://dev.opera.com/articles/opera-mini-request-headers/). That it mostly asks for the page
  alone, since it has the assets in its cache, is assumed.
- **Private prefetch proxy**: Chrome on Android fetches results of Google's search ahead of a click,
  by a proxy of Google and for people without cookies of the site
  (https://developer.chrome.com/blog/private-prefetch-proxy). What the page loads comes from the
  person's own address, after the click. That the page alone is prefetched is assumed.
- **iCloud Private Relay**: Safari's requests come from addresses of the relay, each shared by
  people of the same area
  (https://developer.apple.com/support/prepare-your-network-for-icloud-private-relay/).
  How often the exit changes within a visit is assumed.
"""

from collections.abc import Iterator, Mapping
from itertools import chain, repeat
from random import Random
from zlib import crc32

from darksocial.simulation.addresses import SERVER_NETWORK
from darksocial.simulation.routes import Route, Routes, straight
from darksocial.simulation.visits import Visit

PREFETCH_PROXIES = tuple(f"{SERVER_NETWORK}.{host}" for host in range(201, 209))
RELAYS = tuple(f"{SERVER_NETWORK}.{host}" for host in range(209, 233))
OPERA_SERVERS = tuple(f"{SERVER_NETWORK}.{host}" for host in range(233, 241))
OPERA_MINI_AGENTS = tuple(
    f"Opera/9.80 (Android; Opera Mini/{client}/{server}; U; en) Presto/2.12.423 Version/12.16"
    for client in ("36.2.2254", "51.0.2254", "69.0.2254")
    for server in ("119.132", "191.249", "191.308")
)
"""The form is Opera's (dev.opera.com); the versions are assumed."""
CLICK_SECONDS = (2, 60)
"""How long after its prefetch a page is opened, at least and at most. Assumed."""
APPLE = frozenset({"iphone", "ipad", "macos"})
STRAIGHT, OPERA_MINI, RELAY = "straight", "opera mini", "private relay"


def is_chrome_on_android(agent: str) -> bool:
    """Return whether a simulated browser's agent is that of Chrome on Android."""
    return "Android" in agent and "Chrome/" in agent and "SamsungBrowser/" not in agent


class Readers(Routes):
    """Routes by services; which one a person uses, if any, stays the same."""

    def __init__(self, rng: Random, rates: Mapping[str, float]) -> None:
        self._rng = rng
        self._rates = rates

    def reaches_site(self, visit: Visit) -> bool:
        """Return whether a visit reaches the site: by Instant View it does not."""
        app = visit.source.name if visit.private else ""
        return app != "telegram" or self._rng.random() >= self._rates["instant_view"]

    def by_view(self, visit: Visit) -> Iterator[Route]:
        """Return the routes of the page views of a visit; apps' own browsers have straight ones."""
        if visit.agent != visit.visitor.agent:
            return super().by_view(visit)
        if self._is_prefetched(visit):
            return self._prefetched(visit)
        service = self._service(visit)
        if service == OPERA_MINI:
            return self._by_opera_mini(visit)
        return self._by_relay(visit) if service == RELAY else super().by_view(visit)

    def _service(self, visit: Visit) -> str:
        visitor = visit.visitor
        if not visitor.service:
            visitor.service = STRAIGHT
            if visitor.platform == "android" and self._happens("opera_mini"):
                visitor.service = OPERA_MINI
            if visitor.platform in APPLE and "Version/" in visitor.agent:
                visitor.service = RELAY if self._happens("private_relay") else STRAIGHT
        return visitor.service

    def _is_prefetched(self, visit: Visit) -> bool:
        google = visit.source.name == "google" and visit.referrer is not None
        new = not visit.is_returning and not visit.visitor.service
        return google and new and is_chrome_on_android(visit.agent) and self._happens("prefetched")

    def _prefetched(self, visit: Visit) -> Iterator[Route]:
        visit.visitor.service = STRAIGHT
        own, (least, most) = straight(visit), CLICK_SECONDS
        wait = least + int(self._rng.random() * (most - least))
        first = Route(self._pick(PREFETCH_PROXIES), (own.address,), visit.agent, wait)
        return chain((first,), repeat(own))

    def _by_opera_mini(self, visit: Visit) -> Iterator[Route]:
        agent = OPERA_MINI_AGENTS[crc32(visit.agent.encode()) % len(OPERA_MINI_AGENTS)]
        address = self._pick(OPERA_SERVERS)
        while True:
            assets = (address,) if self._happens("opera_mini_loads") else ()
            yield Route(address, assets, agent)

    def _by_relay(self, visit: Visit) -> Iterator[Route]:
        address = self._pick(RELAYS)
        while True:
            yield Route(address, (address,), visit.agent)
            if self._happens("relay_changes"):
                address = self._pick(RELAYS)

    def _happens(self, rate: str) -> bool:
        return self._rng.random() < self._rates[rate]

    def _pick(self, values: tuple[str, ...]) -> str:
        return values[int(self._rng.random() * len(values))]
