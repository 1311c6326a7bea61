"""Machines on the simulated site: crawlers, scrapers, previews of public posts, odd requests."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from darksocial.simulation.addresses import Addresses
from darksocial.simulation.assistants import Assistants
from darksocial.simulation.log import Log
from darksocial.simulation.monitors import Monitors
from darksocial.simulation.parameters import Bot, Parameters
from darksocial.simulation.pretenders import Pretenders, Who
from darksocial.simulation.site import DAY_SECONDS, Article, Site
from darksocial.simulation.visitors import People
from darksocial.simulation.visits import Visit

MONITOR_SECONDS = 1_800
ROBOTS_TXT_RATE = 0.15
"""How often a declared crawler reads robots.txt before a run. Assumed."""
ARCHIVE_RATE = 0.7
"""The proportion of a machine's pages that are old articles. Assumed."""
PUBLIC_POST_RATE = 0.7
"""On how many of the networks the publisher posts a new article. Assumed."""
PROBED_PATHS = (
    "/wp-login.php",
    "/.env",
    "/xmlrpc.php",
    "/admin/",
    "/old/index.html",
    "/.git/config",
)
TLS_BYTES = r"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
"""A TLS greeting, as Apache logs it."""
ODD_REQUESTS = ((TLS_BYTES, 400, "226"), (TLS_BYTES, 400, "226"), ("-", 408, "-"))


@dataclass(slots=True)
class Activity:
    """What a machine has done so far."""

    kind: str
    first: int
    hits: int = 0


class Bots:
    """The machines: they write the requests of a day, and are counted for the truth."""

    def __init__(
        self,
        rng: Random,
        params: Parameters,
        addresses: Addresses,
        site: Site,
        people: People,
        log: Log,
    ) -> None:
        self._rng = rng
        self._params = params
        self._addresses = addresses
        self._site = site
        self._people = people
        self._log = log
        self._fixed = {bot.name: addresses.server() for bot in params.bots if bot.agent}
        public = [source for source in params.sources if source.preview_by == "public"]
        self._public = {source.preview_agent: source for source in public}
        self._posting = {agent: addresses.server() for agent in self._public}
        self._activities: dict[tuple[str, str, str], Activity] = {}
        pretenders = Pretenders(rng, addresses, site, people, self._who, self._hit)
        self._assistants = Assistants(rng, params.rates, addresses, site, self._hit)
        monitors = Monitors(rng, addresses, site, people, self._hit)
        self._daily: dict[str, Callable[[Bot, int], None]] = {
            "monitor": self._monitor,
            **monitors.daily,
        }
        self._runs: dict[str, Callable[[Bot, int], None]] = {
            "crawler": self._crawl,
            "scraper": self._scrape,
            "robots_reader": self._read_robots,
            "prober": self._probe,
            "feed": self._read_feed,
            **pretenders.runs,
            **monitors.runs,
            **self._assistants.runs,
        }

    def day(self, day: int, visits: int) -> None:
        """Write the requests of all machines on a day with this number of human visits."""
        for bot in self._params.bots:
            if bot.kind in self._daily:
                self._daily[bot.kind](bot, day)
            else:
                self._bursts(bot, day, visits)
        for article in self._site.articles:
            if article.published // DAY_SECONDS == day:
                self._posts(article)
        self._odd(day)

    def asked(self, visit: Visit) -> None:
        """Let an AI assistant that brings a visit fetch its page before, by chance."""
        self._assistants.before(visit)

    def repost(self, visit: Visit) -> None:
        """Let a visitor from a public network post the page there again, by chance."""
        public = visit.source.preview_by == "public" and visit.article
        if public and self._rng.random() < self._params.rates["public_post"]:
            time = visit.time + 30 + int(self._rng.random() * 300)
            self._fetch_post(visit.source.preview_agent, time, visit.page.path, visit.page.size)

    def summary(self) -> int:
        """Write one truth object for each machine and return how many there are."""
        for (name, address, agent), activity in self._activities.items():
            truth = {"type": "bot", "name": name, "kind": activity.kind}
            when = {
                "time": self._log.utc(activity.first),
                "client_ip": address,
                "user_agent": agent,
            }
            self._log.note(activity.first, {**truth, **when, "hits": activity.hits})
        return len(self._activities)

    def _hit(
        self,
        who: Who,
        time: int,
        request: str,
        status: int,
        size: str,
        referrer: str = "-",
    ) -> None:
        name, kind, address, agent = who
        self._log.add(time, address, request, status, size, referrer, agent)
        activity = self._activities.setdefault((name, address, agent), Activity(kind, time))
        activity.first = min(activity.first, time)
        activity.hits += 1

    def _bursts(self, bot: Bot, day: int, visits: int) -> None:
        expected = bot.bursts * visits / 1000
        count = int(expected) + (self._rng.random() < expected % 1)
        for _ in range(count):
            time = day * DAY_SECONDS + int(self._rng.random() * DAY_SECONDS)
            self._runs[bot.kind](bot, time)

    def _who(self, bot: Bot) -> Who:
        """Return who a machine is in a run."""
        agent = bot.agent or self._people.stranger_agent()
        address = self._fixed.get(bot.name) or self._addresses.visitor(self._rng)
        return bot.name, bot.kind, address, agent

    def _pages(self, who: Who, time: int, pages: float, gap: float) -> None:
        rng = self._rng
        for _ in range(1 + int(rng.expovariate(1 / pages))):
            page = self._site.old_or_fresh(time, ARCHIVE_RATE, rng).page
            self._hit(who, time, f"GET {page.path} HTTP/1.1", 200, str(page.size))
            time += int(gap * (0.5 + rng.random()))

    def _robots(self, who: Who, time: int) -> None:
        self._hit(who, time, "GET /robots.txt HTTP/1.1", 200, "118")

    def _crawl(self, bot: Bot, time: int) -> None:
        who = self._who(bot)
        if self._rng.random() < ROBOTS_TXT_RATE:
            self._robots(who, time)
        self._pages(who, time, bot.pages, gap=12)

    def _scrape(self, bot: Bot, time: int) -> None:
        self._pages(self._who(bot), time, bot.pages, gap=1.4)

    def _read_robots(self, bot: Bot, time: int) -> None:
        who = self._who(bot)
        self._robots(who, time)
        self._pages(who, time + 2, bot.pages, gap=8)

    def _read_feed(self, bot: Bot, time: int) -> None:
        self._hit(self._who(bot), time, "GET /feed.xml HTTP/1.1", 200, "24410")

    def _probe(self, bot: Bot, time: int) -> None:
        who = self._who(bot)
        for second in range(1 + int(self._rng.expovariate(1 / bot.pages))):
            path = PROBED_PATHS[int(self._rng.random() * len(PROBED_PATHS))]
            self._hit(who, time + second, f"GET {path} HTTP/1.1", 404, "196")

    def _monitor(self, bot: Bot, day: int) -> None:
        who = bot.name, bot.kind, self._fixed[bot.name], bot.agent
        for second in range(17, DAY_SECONDS, MONITOR_SECONDS):
            self._hit(who, day * DAY_SECONDS + second, "HEAD / HTTP/1.1", 200, "-")

    def _posts(self, article: Article) -> None:
        for agent in self._public:
            if self._rng.random() < PUBLIC_POST_RATE:
                time = article.published + 30 + int(self._rng.random() * 600)
                self._fetch_post(agent, time, article.page.path, article.page.size)

    def _fetch_post(self, agent: str, time: int, path: str, size: int) -> None:
        who = self._public[agent].name, "public_preview", self._posting[agent], agent
        self._hit(who, time, f"GET {path} HTTP/1.1", 200, str(size))

    def _odd(self, day: int) -> None:
        for request, status, size in ODD_REQUESTS:
            time = day * DAY_SECONDS + int(self._rng.random() * DAY_SECONDS)
            address = self._addresses.visitor(self._rng)
            self._hit(("odd", "odd", address, "-"), time, request, status, size)
        if day == 0:
            time = int(self._rng.random() * DAY_SECONDS)
            self._log.add_truncated(time, self._addresses.visitor(self._rng))
