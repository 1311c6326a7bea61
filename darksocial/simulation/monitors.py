"""Monitors and scanners with a browser's name: a page at equal pauses, from several addresses."""

from collections.abc import Callable
from random import Random

from darksocial.simulation.addresses import Addresses
from darksocial.simulation.parameters import Bot
from darksocial.simulation.pretenders import Send, Who
from darksocial.simulation.site import DAY_SECONDS, Page, Site
from darksocial.simulation.visitors import People

CHECK_SECONDS = 300
"""Every five minutes a monitor asks, by HEAD, or by GET if it looks for a text
(http://wasitup.com/faq/)."""
ARTICLE_CHECK_SECONDS = 900
"""Assumed."""
WATCHER_ADDRESSES = 12
ARTICLE_WATCHER_ADDRESSES = 4
"""From so many addresses in turn, so that each comes once an hour. Assumed."""
SCANNER_ADDRESSES = 6
SCANNED_PAGES = 5
SCAN_SECONDS = 10
"""The pause between the pages of a scan. Assumed, as its addresses and pages."""


class Monitors:
    """The machines of the world of monitors.

    `daily` are what they do on a day, `runs` what they do from a time on, by kind.
    """

    def __init__(
        self, rng: Random, addresses: Addresses, site: Site, people: People, send: Send
    ) -> None:
        self._rng = rng
        self._addresses = addresses
        self._site = site
        self._people = people
        self._send = send
        self._probes: dict[str, list[Who]] = {}
        self._watched: Page | None = None
        self.daily: dict[str, Callable[[Bot, int], None]] = {
            "home_watcher": self._watch_home,
            "head_watcher": self._watch_by_head,
            "article_watcher": self._watch_article,
        }
        self.runs: dict[str, Callable[[Bot, int], None]] = {"scanner": self._scan}

    def _watch_home(self, bot: Bot, day: int) -> None:
        probes = self._of(bot, WATCHER_ADDRESSES)
        self._watch(probes, day, CHECK_SECONDS, "GET", self._site.home)

    def _watch_by_head(self, bot: Bot, day: int) -> None:
        probes = self._of(bot, WATCHER_ADDRESSES)
        self._watch(probes, day, CHECK_SECONDS, "HEAD", self._site.home)

    def _watch_article(self, bot: Bot, day: int) -> None:
        probes = self._of(bot, ARTICLE_WATCHER_ADDRESSES)
        self._watched = self._watched or self._site.archive.pick(self._rng).page
        self._watch(probes, day, ARTICLE_CHECK_SECONDS, "GET", self._watched)

    def _watch(self, probes: list[Who], day: int, pause: int, method: str, page: Page) -> None:
        size = "-" if method == "HEAD" else str(page.size)
        for number, second in enumerate(range(pause // 2, DAY_SECONDS, pause)):
            who = probes[number % len(probes)]
            time = day * DAY_SECONDS + second
            self._send(who, time, f"{method} {page.path} HTTP/1.1", 200, size, "-")

    def _scan(self, bot: Bot, time: int) -> None:
        probes = self._of(bot, SCANNER_ADDRESSES, one_agent=False)
        who = probes[int(self._rng.random() * len(probes))]
        for number in range(SCANNED_PAGES):
            page = self._site.archive.pick(self._rng).page
            request = f"GET {page.path} HTTP/1.1"
            self._send(who, time + number * SCAN_SECONDS, request, 200, str(page.size), "-")

    def _of(self, bot: Bot, count: int, *, one_agent: bool = True) -> list[Who]:
        """Return the addresses of a service, with one agent or with one each; they stay."""
        if bot.kind not in self._probes:
            agents = [self._people.stranger_agent() for _ in range(1 if one_agent else count)]
            self._probes[bot.kind] = [
                (bot.name, bot.kind, self._addresses.server(), agents[number % len(agents)])
                for number in range(count)
            ]
        return self._probes[bot.kind]
