"""The people behind the simulated visits: known ones come back, with the pages they have read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from darksocial.simulation.addresses import Addresses
from darksocial.simulation.agents import PHONES, Agents
from darksocial.simulation.parameters import Group, Source
from darksocial.simulation.site import Article, Site

MAX_KNOWN_VISITORS = 50_000
"""So that memory does not grow with the log."""
MAX_READ_ARTICLES = 5
SUBSCRIBER_RATE = 0.4
"""The proportion of known visitors who get the newsletters. Assumed."""
MAX_DRAWS = 12
CROWD_PLATFORMS = ("windows", "windows", "android", "iphone", "macos")
"""Where many people look like one visitor: offices with one image of a browser, carriers."""


@dataclass(slots=True)
class Visitor:
    """One person on one device; changes as the person reads and moves between networks.

    `query` is what the address of the article read last had after the question mark. `service` is
    the one between the person and the site (`readers.py`), empty until it is known. `person` is a
    name for the truth, where the site has campaigns (`campaigns.py`). Where pages give ids
    (`scripts.py`), `runs_script` is whether the browser lets them (None: not drawn yet), and `held`
    has the query of each page as the history of each browser (its agent) has it; `brought` is the
    key of the share that had brought the page.
    """

    address: str
    agent: str
    platform: str
    reads: list[Article] = field(default_factory=list)
    query: str = ""
    in_app: dict[str, str] = field(default_factory=dict)
    service: str = ""
    person: str = ""
    runs_script: bool | None = None
    held: dict[tuple[str, str], str] = field(default_factory=dict)
    brought: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, article: Article) -> None:
        """Remember an article, and forget the oldest."""
        self.reads.append(article)
        del self.reads[:-MAX_READ_ARTICLES]


class People:
    """The visitors: of each visit either a known one or a new one."""

    def __init__(
        self, rng: Random, agents: Agents, addresses: Addresses, rates: Mapping[str, float]
    ) -> None:
        self._rng = rng
        self._agents = agents
        self._addresses = addresses
        self._change = rates["address_change"]
        self._crowd_share = rates["crowd_share"]
        self._nat_share = rates.get("nat_share", 0.0)
        self._carrier = [addresses.v4() for _ in range(int(rates.get("nat_addresses", 0)))]
        self._crowds = [
            (addresses.visitor(rng), agents.browser(platform, rng), platform)
            for platform in CROWD_PLATFORMS
        ]
        self._known: list[Visitor] = []
        self._subscribers: list[Visitor] = []

    def add_known(self, count: int, site: Site) -> None:
        """Add people who had read an article of the archive before the log begins."""
        for _ in range(count):
            visitor = self._new(None)
            visitor.read(site.archive.pick(self._rng))
            self.remember(visitor)

    def find(self, group: Group, source: Source) -> tuple[Visitor, bool]:
        """Return a visitor for a visit of this group and source, and whether it is a known one."""
        if self._rng.random() < group.known_share:
            pool = self._subscribers if group.landing == "issue" else self._known
            for _ in range(MAX_DRAWS if pool else 0):
                visitor = pool[int(self._rng.random() * len(pool))]
                if source.reaches(visitor.platform):
                    return self._returning(visitor), True
        return self._new(source), False

    def agent(self, visitor: Visitor, source: Source) -> str:
        """Return the agent a click from this source carries: the browser's or the app's own."""
        app = source.in_app
        if not app or visitor.platform not in PHONES or self._rng.random() >= source.in_app_share:
            return visitor.agent
        if app not in visitor.in_app:
            variant = self._agents.in_app(app, visitor.platform, self._rng)
            visitor.in_app[app] = variant or visitor.agent
        return visitor.in_app[app]

    def stranger_agent(self, platform: str = "windows") -> str:
        """Return the agent of a browser, for machines that pretend to be one."""
        return self._agents.browser(platform, self._rng)

    def remember(self, visitor: Visitor) -> None:
        """Add a visitor to the known ones."""
        pools = [self._known]
        if self._rng.random() < SUBSCRIBER_RATE:
            pools.append(self._subscribers)
        for pool in pools:
            if len(pool) < MAX_KNOWN_VISITORS:
                pool.append(visitor)
            else:
                pool[int(self._rng.random() * MAX_KNOWN_VISITORS)] = visitor

    def _returning(self, visitor: Visitor) -> Visitor:
        if self._rng.random() < self._change:
            visitor.address = self._address(visitor.platform)
        return visitor

    def _new(self, source: Source | None) -> Visitor:
        rng = self._rng
        if source and rng.random() < self._crowd_share:
            crowd = self._crowds[int(rng.random() * len(self._crowds))]
            if source.reaches(crowd[2]):
                return Visitor(*crowd)
        wanted = source.platforms if source else None
        platform = wanted.pick(rng) if wanted else self._agents.platform(rng)
        return Visitor(self._address(platform), self._agents.browser(platform, rng), platform)

    def _address(self, platform: str) -> str:
        """Return the address of a visitor: a carrier's, of which it has few, or one of its own."""
        rng = self._rng
        if self._carrier and platform in PHONES and rng.random() < self._nat_share:
            return self._carrier[int(rng.random() * len(self._carrier))]
        return self._addresses.visitor(rng)
