"""From a visit to its hits: pages, the assets each page loads, internal referrers."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from random import Random

from darksocial.simulation.arrivals import Arrivals
from darksocial.simulation.detours import Detours
from darksocial.simulation.loads import Loads
from darksocial.simulation.log import Log
from darksocial.simulation.open_tabs import OpenTabs
from darksocial.simulation.routes import PageView, Route
from darksocial.simulation.scripts import Scripts
from darksocial.simulation.site import ORIGIN, Article, Page, Site, assets, with_query, words
from darksocial.simulation.visits import Visit

MAX_PAGES_OF_VISIT = 20
NEXT_PAGE_BOUNDS = (0.55, 0.8, 0.95)
"""Below these random numbers an article follows, a section front, the home page, else a search.
Assumed."""
TOUCH_ICON_RATE = 0.03
"""How often an iPhone asks for an icon that does not exist. Assumed."""
HTTP_1_RATE = 0.06
"""The proportion of visits over HTTP/1.1. Assumed."""
VIEWS_API = "/api/v1/views"


@dataclass(frozen=True, slots=True)
class Customs:
    """What differs between worlds in how people browse."""

    arrivals: Arrivals
    detours: Detours
    loads: Loads
    open_tabs: OpenTabs | None
    scripts: Scripts


class Browsing:
    """What browsers do during a visit: it writes the hits."""

    def __init__(
        self,
        rng: Random,
        rates: dict[str, float],
        site: Site,
        log: Log,
        customs: Customs,
    ) -> None:
        self._rng = rng
        self._rates = rates
        self._site = site
        self._log = log
        self._customs = customs
        self._assets = assets()
        self._sheet = ORIGIN + self._assets[0][0]  # the style sheet asks for the fonts
        self._words = words()

    def run(self, visit: Visit, routes: Iterator[Route]) -> list[Article]:
        """Write the hits of a visit and return the articles that were read.

        `routes` has the route of each page view.
        """
        rng = self._rng
        read = [visit.article] if visit.article else []
        protocol = "HTTP/1.1" if rng.random() < HTTP_1_RATE else "HTTP/2.0"
        arrival = self._customs.arrivals.of_visit(visit)
        view = PageView(
            visit.time + arrival.second,
            visit.page,
            with_query(visit.page.path, visit.query),
            arrival.referrer,
            protocol,
            next(routes),
        )
        for second, request, status, size, referrer in arrival.steps:
            time = visit.time + second
            self._ask(view, view.route.address, time, request, status, size, referrer)
        for number in range(MAX_PAGES_OF_VISIT):
            self._page(visit, view, first=number == 0)
            view = self._customs.scripts.after(visit, view)
            if rng.random() * visit.group.pages < 1:
                break
            begun = view.time + view.route.wait_seconds
            referrer, away = self._customs.detours.after(view)
            time = begun + away + 4 + int(rng.expovariate(1 / self._rates["dwell_s"]))
            page, query, article = self._next(time)
            target = with_query(page.path, query)
            view = PageView(time, page, target, referrer, protocol, next(routes))
            if article:
                read.append(article)
        if self._customs.open_tabs:
            self._customs.open_tabs.after(visit, view)
        return read

    def _page(self, visit: Visit, view: PageView, *, first: bool) -> None:
        request, length = f"GET {view.target}", str(view.page.size)
        self._ask(view, view.route.address, view.time, request, 200, length, view.referrer)
        senders = cycle(view.route.asset_addresses)
        time = view.time + view.route.wait_seconds
        if first:
            self._load_assets(visit, view, time, senders)
        later = time + int(self._rng.random() * 2)
        for path, size in self._customs.loads.loaded_by(view.page):
            self._ask(view, next(senders, None), later, f"GET {path}", 200, str(size), view.url)
        if view.page.kind == "article":
            post = f"POST {VIEWS_API}"
            self._ask(view, next(senders, None), later + 1, post, 204, "-", view.url)

    def _load_assets(self, visit: Visit, view: PageView, time: int, senders: Iterator[str]) -> None:
        cached = visit.is_returning and visit.agent == visit.visitor.agent
        for path, size in self._assets:
            url = self._sheet if path.endswith(".woff2") else view.url
            if not cached:
                self._ask(view, next(senders, None), time, f"GET {path}", 200, str(size), url)
            elif self._rng.random() < self._rates["revalidated"]:
                self._ask(view, next(senders, None), time, f"GET {path}", 304, "-", url)
        if visit.visitor.platform == "iphone" and self._rng.random() < TOUCH_ICON_RATE:
            icon = "GET /apple-touch-icon-precomposed.png"
            self._ask(view, next(senders, None), time + 1, icon, 404, "196", "-")

    def _ask(
        self,
        view: PageView,
        address: str | None,
        time: int,
        request: str,
        status: int,
        size: str,
        referrer: str,
    ) -> None:
        """Write a request of a page view, if it has an address that sends it."""
        if address:
            line = f"{request} {view.protocol}"
            self._log.add(time, address, line, status, size, referrer, view.route.agent)

    def _next(self, time: int) -> tuple[Page, str, Article | None]:
        """Choose the page that follows inside a visit, with its query and its article."""
        article, section, home = NEXT_PAGE_BOUNDS
        u = self._rng.random()
        if u < article:
            chosen = self._site.fresh(time, self._rng)
            return chosen.page, "", chosen
        if u < section:
            return self._site.sections.pick(self._rng), "", None
        if u < home:
            return self._site.home, "", None
        word = self._words[int(self._rng.random() * len(self._words))]
        return Page("/search/", 9_100, "page"), f"q={word}", None
