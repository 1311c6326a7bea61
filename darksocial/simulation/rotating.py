"""Visits whose address changes while they last: by mobile carriers, VPNs and relays.

A page comes from one address, what it loads from others, the next page from another. Most changes
stay within a carrier's network (an IPv4 /16, an IPv6 /48); some lead to one that has nothing in
common with it, as from Wi-Fi to the carrier or from IPv6 to IPv4. The user agent and the referrers
stay. The truth about such a visit is that of its first hit.
"""

from collections.abc import Iterator, Mapping
from random import Random

from darksocial.simulation.addresses import Addresses, neighbour
from darksocial.simulation.agents import MOBILE
from darksocial.simulation.routes import Route, Routes, straight
from darksocial.simulation.visits import Visit

CONNECTIONS = 4
"""By so many connections the assets of a page are loaded. Assumed."""


class RotatingAddresses(Routes):
    """Routes of which some change their address between page views, and from page to asset."""

    def __init__(self, rng: Random, rates: Mapping[str, float]) -> None:
        self._rng = rng
        self._rates = rates
        self._networks = Addresses(rng, rates["v4_share"])

    def by_view(self, visit: Visit) -> Iterator[Route]:
        """Return the routes of the page views of a visit; the first has the visitor's address."""
        mobile = visit.visitor.platform in MOBILE
        part = self._rates["rotating_mobile" if mobile else "rotating_desktop"]
        rotates = self._rng.random() < part
        return self._rotating(visit) if rotates else super().by_view(visit)

    def _rotating(self, visit: Visit) -> Iterator[Route]:
        address = straight(visit).address
        while True:
            assets = tuple(self._next(address, "asset_changes") for _ in range(CONNECTIONS))
            yield Route(address, assets, visit.agent)
            address = self._next(address, "page_changes")

    def _next(self, address: str, change: str) -> str:
        """Return the address after this one, the same one if nothing changes."""
        if self._rng.random() >= self._rates[change]:
            return address
        if self._rng.random() < self._rates["other_network"]:
            return self._networks.visitor(self._rng)
        return neighbour(address, self._rng)
