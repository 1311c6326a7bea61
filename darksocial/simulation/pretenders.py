"""Machines that pass for people: they have a browser's name, and load no asset."""

from collections.abc import Callable
from random import Random

from darksocial import data
from darksocial.simulation.addresses import Addresses
from darksocial.simulation.parameters import Bot
from darksocial.simulation.site import DAY_SECONDS, Article, Page, Site
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

Send = Callable[[tuple[str, str, str, str], int, str, int, str, str], None]
"""Write a request: who sent it, when, the request, status, size, referrer."""


class Pretenders:
    """The machines of worlds. `run` writes what one of them does at a time."""

    def __init__(
        self, rng: Random, addresses: Addresses, site: Site, people: People, send: Send
    ) -> None:
        self._rng = rng
        self._addresses = addresses
        self._site = site
        self._people = people
        self._send = send
        self._servers: list[str] = []
        self._kinds: dict[str, Callable[[Bot, int], None]] = {
            "reader": self._read,
            "follower": self._follow,
            "guesser": self._guess,
            "path_prober": self._probe,
            "form_spammer": self._fill_in,
            "referrer_spammer": self._spam,
        }
        self._spam_hosts = [row["host"] for row in data.read("spam_referrers")]

    def runs(self, bot: Bot) -> bool:
        """Return whether a machine is one of these."""
        return bot.kind in self._kinds

    def run(self, bot: Bot, time: int) -> None:
        """Write what a machine does from a time on."""
        self._kinds[bot.kind](bot, time)

    def _who(self, bot: Bot) -> tuple[str, str, str, str]:
        agent = self._people.stranger_agent()
        return bot.name, bot.kind, self._addresses.visitor(self._rng), agent

    def _article(self, time: int) -> Article:
        old = self._rng.random() < 0.5
        return self._site.archive.pick(self._rng) if old else self._site.fresh(time, self._rng)

    def _view(
        self, who: tuple[str, str, str, str], time: int, page: Page, referrer: str = "-"
    ) -> None:
        self._send(who, time, f"GET {page.path} HTTP/1.1", 200, str(page.size), referrer)

    def _read(self, bot: Bot, time: int) -> None:
        self._view(self._who(bot), time, self._article(time).page)

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
        who, page = self._who(bot), self._article(time).page
        self._view(who, time, page, page.url)
        self._send(who, time + 2, f"POST {page.path} HTTP/1.1", 200, str(page.size), page.url)

    def _spam(self, bot: Bot, time: int) -> None:
        host = self._spam_hosts[int(self._rng.random() * len(self._spam_hosts))]
        self._view(self._who(bot), time, self._article(time).page, f"http://{host}/")
