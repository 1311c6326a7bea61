"""The pool of user agents, made from the templates of simulation_agents.csv."""

from itertools import product
from math import prod
from random import Random
from string import Formatter

from darksocial import data
from darksocial.simulation.parameters import Choice

IN_APP_VARIANTS = 10
"""For each app and platform, so that a log has some hundreds of distinct agents."""
PHONES = frozenset({"android", "iphone"})
MOBILE = PHONES | {"ipad"}

Row = dict[str, str]
Values = dict[str, list[tuple[str, float]]]


def _rows(kind: str) -> list[Row]:
    return [row for row in data.read("simulation_agents") if row["kind"] == kind]


def _values() -> Values:
    values: Values = {}
    for row in _rows("value"):
        values.setdefault(row["name"], []).append((row["template"], float(row["weight"])))
    return values


def _combinations(row: Row, values: Values) -> list[tuple[str, float]]:
    """Return a template filled with every combination of its values; the weights multiply."""
    parsed = Formatter().parse(row["template"])
    names = sorted({name for _, name, _, _ in parsed if name})
    spread = [values[name] for name in names]
    total = prod(sum(weight for _, weight in choices) for choices in spread)
    agents = []
    for combination in product(*spread):
        filled = row["template"].format(
            **{n: v for n, (v, _) in zip(names, combination, strict=True)}
        )
        weight = prod(weight for _, weight in combination) / total
        agents.append((filled, weight * float(row["weight"])))
    return agents


def _browsers(values: Values) -> dict[str, Choice[str]]:
    pool: dict[str, list[tuple[str, float]]] = {}
    for row in _rows("browser"):
        pool.setdefault(row["platform"], []).extend(_combinations(row, values))
    return {platform: Choice(agents) for platform, agents in pool.items()}


def _in_app(values: Values, rng: Random) -> dict[tuple[str, str], Choice[str]]:
    bases = {row["platform"]: row["template"] for row in _rows("base")}
    pickers = {name: Choice(choices) for name, choices in values.items()}
    pool = {}
    for row in _rows("in_app"):
        variants = []
        for _ in range(IN_APP_VARIANTS):
            filled = {name: picker.pick(rng) for name, picker in pickers.items()}
            base = bases[row["platform"]].format(**filled)
            variants.append((row["template"].format(base=base, **filled), 1.0))
        pool[row["name"], row["platform"]] = Choice(variants)
    return pool


class Agents:
    """Platforms and user agents to draw from; the in-app variants depend on the seed."""

    def __init__(self, rng: Random) -> None:
        values = _values()
        self._platforms = Choice((r["platform"], float(r["weight"])) for r in _rows("platform"))
        self._browsers = _browsers(values)
        self._in_app = _in_app(values, rng)

    def platform(self, rng: Random) -> str:
        """Return windows, macos, linux, android, iphone or ipad."""
        return self._platforms.pick(rng)

    def browser(self, platform: str, rng: Random) -> str:
        """Return the user agent of a browser on the platform."""
        return self._browsers[platform].pick(rng)

    def in_app(self, app: str, platform: str, rng: Random) -> str | None:
        """Return the user agent of the app's in-app browser, or None if it has no mark."""
        variants = self._in_app.get((app, platform))
        return variants.pick(rng) if variants else None
