"""From a visit to its hits: pages, the assets each page loads, internal referrers."""

from random import Random

from darksocial.simulation.log import Log
from darksocial.simulation.site import ORIGIN, Article, Page, Site, assets, words
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


def with_query(path: str, query: str) -> str:
    """Return the request target for a path and a query string, which may be empty."""
    return f"{path}?{query}" if query else path


class Browsing:
    """What browsers do during a visit: it writes the hits."""

    def __init__(self, rng: Random, rates: dict[str, float], site: Site, log: Log) -> None:
        self._rng = rng
        self._rates = rates
        self._site = site
        self._log = log
        self._assets = assets()
        self._sheet = ORIGIN + self._assets[0][0]  # the style sheet asks for the fonts
        self._words = words()

    def run(self, visit: Visit) -> list[Article]:
        """Write the hits of a visit and return the articles that were read."""
        rng = self._rng
        read = [visit.article] if visit.article else []
        time, page, query, referrer = visit.time, visit.page, visit.query, visit.referrer or "-"
        protocol = "HTTP/1.1" if rng.random() < HTTP_1_RATE else "HTTP/2.0"
        self._redirect(visit, protocol, referrer)
        for number in range(MAX_PAGES_OF_VISIT):
            target = with_query(page.path, query)
            self._page(visit, time, page, target, referrer, protocol, first=number == 0)
            if rng.random() * visit.group.pages < 1:
                break
            time += 4 + int(rng.expovariate(1 / self._rates["dwell_s"]))
            referrer = ORIGIN + target
            page, query, article = self._next(time)
            if article:
                read.append(article)
        return read

    def _redirect(self, visit: Visit, protocol: str, referrer: str) -> None:
        if visit.article and self._rng.random() < self._rates["landing_redirect"]:
            request = f"GET {with_query(visit.article.short, visit.query)} {protocol}"
            self._log.add(
                visit.time, visit.visitor.address, request, 301, "239", referrer, visit.agent
            )

    def _page(
        self,
        visit: Visit,
        time: int,
        page: Page,
        target: str,
        referrer: str,
        protocol: str,
        *,
        first: bool,
    ) -> None:
        add, address, agent = self._log.add, visit.visitor.address, visit.agent
        add(time, address, f"GET {target} {protocol}", 200, str(page.size), referrer, agent)
        url = ORIGIN + target
        if first:
            self._load_assets(visit, time, url, protocol)
        later = time + int(self._rng.random() * 2)
        for path, size in page.images:
            add(later, address, f"GET {path} {protocol}", 200, str(size), url, agent)
        if page.kind == "article":
            add(later + 1, address, f"POST {VIEWS_API} {protocol}", 204, "-", url, agent)

    def _load_assets(self, visit: Visit, time: int, page_url: str, protocol: str) -> None:
        add, address, agent = self._log.add, visit.visitor.address, visit.agent
        cached = visit.is_returning and agent == visit.visitor.agent
        for path, size in self._assets:
            url = self._sheet if path.endswith(".woff2") else page_url
            if not cached:
                add(time, address, f"GET {path} {protocol}", 200, str(size), url, agent)
            elif self._rng.random() < self._rates["revalidated"]:
                add(time, address, f"GET {path} {protocol}", 304, "-", url, agent)
        if visit.visitor.platform == "iphone" and self._rng.random() < TOUCH_ICON_RATE:
            request = f"GET /apple-touch-icon-precomposed.png {protocol}"
            add(time + 1, address, request, 404, "196", "-", agent)

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
