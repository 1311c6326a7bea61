"""Links shared privately: who shares them, the fetch of the preview, and when the clicks come."""

from collections.abc import Iterator, Mapping
from random import Random

from darksocial.simulation.addresses import Addresses
from darksocial.simulation.arrivals import Arrivals
from darksocial.simulation.log import Fact, Log
from darksocial.simulation.parameters import Choice, Parameters, Source
from darksocial.simulation.site import HOUR_SECONDS, Article, with_query
from darksocial.simulation.visits import ARTICLE_LANDINGS, Share, Visit

# The letter after WhatsApp's version. Which desktop sends N and which W is assumed.
WHATSAPP_MARKS = {"android": "A", "iphone": "i", "ipad": "i", "macos": "N", "linux": "W"}
SHARE_DELAY_SECONDS = (15, 180)
"""How long a page is read before it is shared, at least and at most. Assumed."""
SERVERS_PER_APP = 4


def _geometric(mean: float, rng: Random) -> int:
    more = mean / (1 + mean)
    count = 0
    while rng.random() < more:
        count += 1
    return count


def share_rate(params: Parameters) -> float:
    """Return how often a reader shares an article, so that clicks reach their proportion of visits.

    Clicks per share and cascades are taken into account: a link that is shared again brings
    1 / (1 - cascade * clicks) times its own clicks.
    """
    rates = params.rates
    group = rates["share_group"]
    clicks = (1 - group) * rates["share_small_mean"] + group * rates["share_group_mean"]
    readers = sum(g.share for g in params.groups.values() if g.landing in ARTICLE_LANDINGS)
    wanted = params.groups["private"].share
    return wanted / readers * (1 - rates["cascade"] * clicks) / clicks


class Shares:
    """The private shares that follow some visits, and the times of their clicks."""

    def __init__(
        self, rng: Random, params: Parameters, addresses: Addresses, log: Log, arrivals: Arrivals
    ) -> None:
        self._rng = rng
        self._params = params
        self._log = log
        self._arrivals = arrivals
        self._rate = share_rate(params)
        self._apps: dict[str, Choice[Source]] = {}
        servers = [s for s in params.sources_of("private") if s.preview_by == "server"]
        self._servers = {
            app.name: [addresses.server() for _ in range(SERVERS_PER_APP)] for app in servers
        }
        self._fetched: dict[tuple[str, str], int] = {}
        self._next_purge = 0
        self.count = 0

    def after(self, visit: Visit) -> tuple[Share, list[int]] | None:
        """Share the visit's article, by chance; return the share and the times of its clicks."""
        if visit.article is None:
            return None
        rate = self._params.rates["cascade"] if visit.private else self._rate * visit.source.sharing
        if self._rng.random() >= rate:
            return None
        share = self._share(visit, visit.article)
        if not self._write(share, visit):
            return None
        self.count += 1
        return share, list(self.clicks(share))

    def _share(self, visit: Visit, article: Article) -> Share:
        first, last = SHARE_DELAY_SECONDS
        time = visit.time + first + int(self._rng.random() * (last - first))
        keeps_query = self._rng.random() < self._params.rates["keep_query"]
        query = visit.query if keeps_query else ""
        app = self._app(visit.visitor.platform)
        return Share(f"s{self.count + 1:05d}", time, app, article, query, visit.campaign)

    def _app(self, platform: str) -> Source:
        if platform not in self._apps:
            apps = [s for s in self._params.sources_of("private") if s.reaches(platform)]
            self._apps[platform] = Choice((s, s.weight) for s in apps)
        return self._apps[platform].pick(self._rng)

    def clicks(self, share: Share) -> Iterator[int]:
        """Return the times of the clicks on a shared link."""
        rates = self._params.rates
        group = self._rng.random() < rates["share_group"]
        mean = rates["share_group_mean"] if group else rates["share_small_mean"]
        for _ in range(_geometric(mean, self._rng)):
            yield self.click_time(share)

    def click_time(self, share: Share) -> int:
        """Return when somebody opens a shared link."""
        return share.time + self._params.response.draw(self._rng)

    def _write(self, share: Share, visit: Visit) -> bool:
        fetched = self._preview(share, visit)
        return self._log.note(
            share.time,
            {
                "type": "share",
                "id": share.id,
                "time": self._log.utc(share.time),
                "app": share.source.name,
                "path": share.article.page.path,
                "query": share.query or None,
                "origin": share.source.preview_by or None,
                "preview_time": self._log.utc(share.time) if fetched else None,
                "preview_ip": fetched[0] if fetched else None,
                "preview_agent": fetched[1] if fetched else None,
                "sharer": visit.id,
                "parent": visit.share.id if visit.share else None,
                **self._facts(share),
            },
        )

    def _facts(self, share: Share) -> Mapping[str, Fact]:
        """Return what the truth says of a share beside the usual."""
        return {}

    def _preview(self, share: Share, visit: Visit) -> tuple[str, str] | None:
        """Write the fetch of the link's preview; return who made it, or None if nobody did."""
        app, page = share.source, share.article.page
        target = with_query(page.path, share.query)
        if not app.preview_by or (app.preview_by == "server" and self._cached(share, target)):
            return None
        address, agent = self._fetcher(app, visit)
        steps = self._arrivals.of_preview(share)
        for second, request, status, length, referrer in steps:
            line = f"{request} HTTP/1.1"
            self._log.add(share.time + second, address, line, status, length, referrer, agent)
        shows_page = steps[-1].request == f"GET {target}"
        if shows_page and self._rng.random() < self._params.rates["preview_image"]:
            path, size = page.images[0]
            self._log.add(
                share.time + 1, address, f"GET {path} HTTP/1.1", 200, str(size), "-", agent
            )
        return address, agent

    def _fetcher(self, app: Source, visit: Visit) -> tuple[str, str]:
        mark = WHATSAPP_MARKS.get(visit.visitor.platform, "W")
        agent = app.preview_agent.replace("{mark}", mark)
        if app.preview_by == "device":
            return visit.visitor.address, agent
        servers = self._servers[app.name]
        return servers[int(self._rng.random() * len(servers))], agent

    def _cached(self, share: Share, target: str) -> bool:
        """Return whether the app's servers still hold the preview, and record the fetch if not."""
        keep = int(self._params.rates["preview_cache_h"] * HOUR_SECONDS)
        if share.time >= self._next_purge:
            self._fetched = {k: t for k, t in self._fetched.items() if share.time - t < keep}
            self._next_purge = share.time + keep
        key = share.source.name, target
        if share.time - self._fetched.get(key, -keep) < keep:
            return True
        self._fetched[key] = share.time
        return False
