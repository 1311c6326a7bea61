"""The generator's parameters: typed views of the tables darksocial/data/simulation_*.csv.

Every row of those tables names its reference or says `assumed`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

from darksocial import data

T = TypeVar("T")


class Choice(Generic[T]):
    """A weighted choice among values that draws one random number each time."""

    def __init__(self, pairs: Iterable[tuple[T, float]]) -> None:
        choices = list(pairs)
        self.values: Sequence[T] = [value for value, _weight in choices]
        self._bounds = list(accumulate(weight for _value, weight in choices))

    def pick(self, rng: Random) -> T:
        """Return one value, as often as its weight says."""
        return self.values[bisect_right(self._bounds, rng.random() * self._bounds[-1])]


@dataclass(frozen=True, slots=True)
class Curve:
    """A cumulative proportion (0 to 1) over seconds, linear between its points."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]

    def draw(self, rng: Random) -> int:
        """Return a number of seconds, distributed as the curve says."""
        u = rng.random()
        i = min(max(bisect_left(self.ys, u), 1), len(self.ys) - 1)
        part = (u - self.ys[i - 1]) / (self.ys[i] - self.ys[i - 1])
        return int(self.xs[i - 1] + part * (self.xs[i] - self.xs[i - 1]))


@dataclass(frozen=True, slots=True)
class Group:
    """Visits that come about in the same way.

    share: their proportion of all human visits.
    known_share: the proportion of them whose visitor has come before.
    """

    name: str
    share: float
    known_share: float
    pages: float
    landing: str


@dataclass(frozen=True, slots=True)
class Source:
    """One network, search engine, newsletter, campaign or app, and what its clicks carry.

    sharing: how many times as often as others its readers share a page.
    """

    group: str
    name: str
    weight: float
    no_referrer: float
    referrer: str
    mobile_referrer: str
    query: str
    in_app: str
    in_app_share: float
    platforms: Choice[str] | None
    preview_by: str
    preview_agent: str
    sharing: float = 1.0
    is_campaign: bool = False

    def reaches(self, platform: str) -> bool:
        """Return whether people use this source on the platform."""
        return self.platforms is None or platform in self.platforms.values


@dataclass(frozen=True, slots=True)
class Bot:
    """A machine that reads the site; `bursts` are its runs per 1000 human visits."""

    name: str
    kind: str
    bursts: float
    pages: float
    agent: str


@dataclass(frozen=True)
class Parameters:
    """All parameters of a simulation except its seed and its size.

    words: what headlines are made of; the words of simulation_site.csv if there are none.
    """

    rates: dict[str, float]
    groups: dict[str, Group]
    sources: tuple[Source, ...]
    bots: tuple[Bot, ...]
    hours: Choice[int]
    weekdays: tuple[float, ...]
    response: Curve
    newsletter: Curve
    path: str = "/{section}/{day:%Y/%m/%d}/{slug}-{number}/"
    sections: tuple[tuple[str, float], ...] = ()
    words: tuple[str, ...] = ()
    world: str | None = None

    def sources_of(self, group: str) -> tuple[Source, ...]:
        """Return the sources of a group."""
        return tuple(source for source in self.sources if source.group == group)


def _platforms(cell: str) -> Choice[str] | None:
    pairs = (pair.split(":") for pair in cell.split())
    return Choice((name, float(weight)) for name, weight in pairs) if cell else None


def _group(row: dict[str, str]) -> Group:
    return Group(
        row["group"], float(row["share"]), float(row["known"]), float(row["pages"]), row["landing"]
    )


def source_of(row: Mapping[str, str]) -> Source:
    """Return the source in a row of simulation_sources.csv."""
    return Source(
        group=row["group"],
        name=row["name"],
        weight=float(row["weight"]),
        no_referrer=float(row["no_referrer"]),
        referrer=row["referrer"],
        mobile_referrer=row["mobile_referrer"],
        query=row["query"],
        in_app=row["in_app"],
        in_app_share=float(row["in_app_share"]),
        platforms=_platforms(row["platforms"]),
        preview_by=row["preview_by"],
        preview_agent=row["preview_agent"],
    )


def _bot(row: dict[str, str]) -> Bot:
    return Bot(row["name"], row["kind"], float(row["bursts"]), float(row["pages"]), row["agent"])


def _points(name: str) -> list[tuple[float, float]]:
    rows = data.read("simulation_curves")
    return [(float(row["x"]), float(row["y"])) for row in rows if row["curve"] == name]


def _curve(name: str) -> Curve:
    points = _points(name)
    return Curve(tuple(x for x, _ in points), tuple(y for _, y in points))


def _sections() -> tuple[tuple[str, float], ...]:
    rows = data.read("simulation_site")
    return tuple((r["value"], float(r["weight"])) for r in rows if r["kind"] == "section")


@cache
def parameters() -> Parameters:
    """Return the parameters as the tables have them."""
    return Parameters(
        rates={row["name"]: float(row["value"]) for row in data.read("simulation_rates")},
        groups={row["group"]: _group(row) for row in data.read("simulation_groups")},
        sources=tuple(source_of(row) for row in data.read("simulation_sources")),
        bots=tuple(_bot(row) for row in data.read("simulation_bots")),
        hours=Choice((int(hour), weight) for hour, weight in _points("hour")),
        weekdays=tuple(weight for _, weight in _points("weekday")),
        response=_curve("response"),
        newsletter=_curve("newsletter"),
        sections=_sections(),
    )
