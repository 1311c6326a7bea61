"""Machines that pass for people: they have a browser's name, and load no asset."""

from collections.abc import Callable
from functools import cache
from random import Random

from darksocial import data
from darksocial.simulation.addresses import Addresses
from darksocial.simulation.parameters import Bot
from darksocial.simulation.readers import PREFETCH_PROXIES, is_chrome_on_android
from darksocial.simulation.site import DAY_SECONDS, Page, Site
from darksocial.simulation.visitors import People

LOGIN = "/wp-login.php"
ANSWERED_PATHS = (
    "/.env",
    "/.git/config",
    "/phpinfo.php",
    "/actuator/health",
    "/vendor/eval-stdin.php",
)
FOLLOWERS = 8
"""From so many addresses all new articles are read."""
FOLLOWED_SECONDS = 600
"""So soon after an article is published."""

OLD_PART = 0.5
"""The proportion of old articles among those that the others read. Assumed."""

ADVICE_RATE = 0.2
"""How often the prefetch proxy asks for the site's advice before it fetches a page. Assumed."""
ADVICE_AGENT = "Chrome Privacy Preserving Prefetch Proxy"
"""As logs have it (https://aruljohn.com/blog/traffic-advice-web-server-logs)."""

Who = tuple[str, str, str, str]
"""Name and kind of a machine, its address and its user agent."""
Send = Callable[[Who, int, str, int, str, str], None]
"""Write a request: who sent it, when, the request, status, size, referrer."""


@cache
def spam_hosts() -> tuple[str, ...]:
    """Return the hosts of referrer spam."""
    return tuple(row["host"] for row in data.read("spam_referrers"))


class Pretenders:
    """The machines of worlds. `runs` are what they do from a time on, by kind."""

    def __init__(
        self,
        rng: Random,
        addresses: Addresses,
        site: Site,
        people: People,
        who: Callable[[Bot], Who],
        send: Send,
    ) -> None:
        self._rng = rng
        self._addresses = addresses
        self._site = site
        self._people = people
        self._who = who
        self._send = send
        self._servers: list[str] = []
        self.runs: dict[str, Callable[[Bot, int], None]] = {
            "reader": self._read,
            "follower": self._follow,
            "guesser": self._guess,
            "path_prober": self._probe,
            "form_spammer": self._fill_in,
            "referrer_spammer": self._spam,
            "prefetcher": self._prefetch,
        }

    def _page(self, time: int) -> Page:
        return self._site.old_or_fresh(time, OLD_PART, self._rng).page

    def _view(self, who: Who, time: int, page: Page, referrer: str = "-") -> None:
        self._send(who, time, f"GET {page.path} HTTP/1.1", 200, str(page.size), referrer)

    def _read(self, bot: Bot, time: int) -> None:
        self._view(self._who(bot), time, self._page(time))

    def _follow(self, bot: Bot, time: int) -> None:
        article = self._site.fresh(time, self._rng)
        if not self._servers:
            self._servers = [self._addresses.server() for _address in range(FOLLOWERS)]
        soon = article.published + int(self._rng.random() * FOLLOWED_SECONDS)
        is_new = article.published // DAY_SECONDS == time // DAY_SECONDS
        address = self._servers[int(self._rng.random() * FOLLOWERS)]
        who = bot.name, bot.kind, address, self._people.stranger_agent()
        self._view(who, soon if is_new else time, article.page)

    def _guess(self, bot: Bot, time: int) -> None:
        who = self._who(bot)
        for second, method in enumerate(("GET", "POST")):
            self._send(who, time + second, f"{method} {LOGIN} HTTP/1.1", 200, "4310", "-")

    def _probe(self, bot: Bot, time: int) -> None:
        path = ANSWERED_PATHS[int(self._rng.random() * len(ANSWERED_PATHS))]
        self._send(self._who(bot), time, f"GET {path} HTTP/1.1", 200, "1840", "-")

    def _fill_in(self, bot: Bot, time: int) -> None:
        who, page = self._who(bot), self._page(time)
        self._view(who, time, page, page.url)
        self._send(who, time + 2, f"POST {page.path} HTTP/1.1", 200, str(page.size), page.url)

    def _spam(self, bot: Bot, time: int) -> None:
        host = spam_hosts()[int(self._rng.random() * len(spam_hosts()))]
        self._view(self._who(bot), time, self._page(time), f"http://{host}/")

    def _prefetch(self, bot: Bot, time: int) -> None:
        proxy = PREFETCH_PROXIES[int(self._rng.random() * len(PREFETCH_PROXIES))]
        if self._rng.random() < ADVICE_RATE:
            who = bot.name, bot.kind, proxy, ADVICE_AGENT
            self._send(who, time, "GET /.well-known/traffic-advice HTTP/1.1", 404, "196", "-")
        agent = self._people.stranger_agent("android")
        while not is_chrome_on_android(agent):
            agent = self._people.stranger_agent("android")
        who = bot.name, bot.kind, proxy, agent
        self._view(who, time, self._page(time), "https://www.google.com/")
