"""The simulated publisher: pages, assets, and articles that appear and age.

Times are seconds since local midnight of the first day; earlier ones are negative.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from darksocial import data
from darksocial.simulation.parameters import Choice, Parameters

HOST = "www.example.org"
ORIGIN = f"https://{HOST}"
DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
ARCHIVE_DAYS = 60
SLUG_WORDS = (2, 4)
PUBLISHING_HOURS = (6, 20)


def with_query(path: str, query: str) -> str:
    """Return the request target for a path, which may have a query, and a query string, which may
    be empty."""
    mark = "&" if "?" in path else "?"
    return f"{path}{mark}{query}" if query else path


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its path (with the query that names it, if any), its size in bytes, and the images
    that only this page loads."""

    path: str
    size: int
    kind: str
    images: tuple[tuple[str, int], ...] = ()

    @property
    def url(self) -> str:
        """The absolute address, as a referrer has it."""
        return ORIGIN + self.path


@dataclass(frozen=True, slots=True)
class Article:
    """An article's page, when it appeared, how interesting it is, and its old short address."""

    page: Page
    published: int
    interest: float
    short: str


def _rows(kind: str) -> list[tuple[str, float]]:
    rows = data.read("simulation_site")
    return [(row["value"], float(row["weight"])) for row in rows if row["kind"] == kind]


def assets() -> tuple[tuple[str, int], ...]:
    """Return path and bytes of the assets that every page loads."""
    return tuple((path, int(size)) for path, size in _rows("asset"))


def words() -> tuple[str, ...]:
    """Return the words that headlines and searches are made of."""
    return tuple(word for word, _ in _rows("word"))


def _images(stem: str, count: int, rng: Random) -> tuple[tuple[str, int], ...]:
    return tuple((f"/img/{stem}-{i}.webp", 9_000 + rng.randrange(90_000)) for i in range(count))


class Site:
    """All pages of the publisher for the days of a simulation."""

    def __init__(self, rng: Random, start: date, days: int, params: Parameters) -> None:
        rates = params.rates
        self._start = start
        self._path = params.path
        self._half_life = rates["half_life_h"] * HOUR_SECONDS
        self._words = params.words or words()
        self._sections = list(params.sections)
        self._hour = -1
        self._fresh: Choice[Article] | None = None
        self.home = Page("/", 31_244, "home", _images("front", 4, rng))
        self.sections = Choice(
            (Page(f"/{name}/", 22_000 + len(name) * 311, "section", _images(name, 3, rng)), weight)
            for name, weight in self._sections
        )
        self.pages = Choice((Page(path, 8_400, "page"), weight) for path, weight in _rows("page"))
        self.offer = Page("/subscribe/", 8_400, "page")
        self.thanks = Page("/checkout/thanks/", 7_900, "page")
        old = [
            self._article(rng, -1 - rng.randrange(ARCHIVE_DAYS * DAY_SECONDS))
            for _ in range(int(rates["archive_articles"]))
        ]
        new = [
            self._article(rng, self._appears(rng, day))
            for day in range(days)
            for _ in range(int(rates["articles_per_day"]))
        ]
        self.articles = sorted(old + new, key=lambda article: article.published)
        self.archive = Choice((article, article.interest) for article in old)

    def _appears(self, rng: Random, day: int) -> int:
        first, last = PUBLISHING_HOURS
        return (
            day * DAY_SECONDS + first * HOUR_SECONDS + rng.randrange((last - first) * HOUR_SECONDS)
        )

    def _article(self, rng: Random, published: int) -> Article:
        section = Choice(self._sections).pick(rng)
        slug = "-".join(rng.sample(self._words, rng.randint(*SLUG_WORDS)))
        number = 10_000 + rng.randrange(90_000)
        day = self._start + timedelta(days=published // DAY_SECONDS)
        path = self._path.format(section=section, day=day, slug=slug, number=number)
        page = Page(path, 14_000 + rng.randrange(20_000), "article", _images(str(number), 3, rng))
        return Article(page, published, (1 - rng.random()) ** -0.7, f"/a/{number}")

    def _weight(self, article: Article, time: int) -> float:
        age = time - article.published
        return float(article.interest * 0.5 ** (age / self._half_life)) if age > 0 else 0.0

    def fresh(self, time: int, rng: Random) -> Article:
        """Return an article as readers of that hour choose it: the newer, the likelier.

        If nothing is fresh, it is an old one.
        """
        hour = time // HOUR_SECONDS
        if self._fresh is None or hour != self._hour:
            self._hour = hour
            weights = ((a, self._weight(a, hour * HOUR_SECONDS)) for a in self.articles)
            self._fresh = Choice((a, weight) for a, weight in weights if weight > 1e-4)
        return (self._fresh if self._fresh.values else self.archive).pick(rng)

    def old_or_fresh(self, time: int, old_part: float, rng: Random) -> Article:
        """Return an article as a machine chooses it: of the archive in this part of the cases."""
        old = rng.random() < old_part
        return self.archive.pick(rng) if old else self.fresh(time, rng)

    def top(self, time: int, count: int) -> list[Article]:
        """Return the articles that readers prefer at a time."""
        return sorted(self.articles, key=lambda a: -self._weight(a, time))[:count]
