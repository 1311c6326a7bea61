"""How the requests of a visit reach the site: the addresses they come from, the agent they name.

In the usual traffic a visit has one address and loads what its pages need. In some worlds there is
a carrier or a service between a person and the site (`rotating.py`, `readers.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat

from darksocial.simulation.site import ORIGIN, Page
from darksocial.simulation.visits import Visit


@dataclass(frozen=True, slots=True)
class Route:
    """How one page view reaches the site.

    address: asks for the page.
    asset_addresses: ask for what the page loads, in turn; none if nothing is loaded.
    wait_seconds: from the request for the page to those for what it loads.
    """

    address: str
    asset_addresses: tuple[str, ...]
    agent: str
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class PageView:
    """A page view of a visit; `time` is in seconds since local midnight of the first day."""

    time: int
    page: Page
    target: str
    referrer: str
    protocol: str
    route: Route

    @property
    def url(self) -> str:
        """The absolute address, as a referrer has it."""
        return ORIGIN + self.target


def straight(visit: Visit) -> Route:
    """Return the route of a browser that has one address."""
    address = visit.visitor.address
    return Route(address, (address,), visit.agent)


class Routes:
    """The routes of visits; here all are straight."""

    def reaches_site(self, visit: Visit) -> bool:
        """Return whether any request of the visit reaches the site."""
        return True

    def by_view(self, visit: Visit) -> Iterator[Route]:
        """Return the routes of the page views of a visit, without end."""
        return repeat(straight(visit))
