"""What each key brought: visits, conversions and revenue, by kind, with draws of all that is
uncertain.

The conversions and the revenue of a visit are credited to the visits of its path: those of the same
visitor within the lookback. The credit of a visit goes to its parts (parts.py); where no visit of
the path has a source it stays with what the last one was booked to. So the sums over all keys are
those of all visits.

A draw decides for each visit of a path which part it is, after the odds of dark social were
multiplied by a factor that is the same for all visits of the draw: the error of calibration is
common to them. The factors are spread as the interval of the report says. What set off the dark
visits to one page on one day is decided once for all of them, because one shared link can bring
them all. What no visit shows is drawn as well (Unseen).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from darksocial.campaigns.devices import Path, source_parts, unlinked
from darksocial.campaigns.origins import BY_MIX, SHARING_SPREAD
from darksocial.campaigns.parts import DIRECT_KEY, OWN, PART_KINDS, Parts
from darksocial.campaigns.paths import expected_shares, shares_of
from darksocial.campaigns.stored import DarkCount, Numbers, Places, StoredVisits
from darksocial.model.intervals import Z_90
from darksocial.visits.bounds import DAY_SECONDS

DRAWS = 400
MAX_PATH_VISITS = 200
"""Visits of one visitor before a conversion that are looked at: more are those of many people
behind one address. Assumed."""
LOG_ODDS_BOUND = 7.0
"""A factor of a thousand, beyond which the interval of a report has no bound."""
BISECTIONS = 40
CREDITED = ("conversions", "revenue")
LOST_SPREAD = 1.5
"""How far the odds that a visit booked as Direct had lost its source may be off, as the standard
deviation of the logarithm, common to a site: the weights are learned from visits, most of which
convert nobody. Chosen so that the intervals of revenue hold on simulated sites (docs/roi.md)."""
RELOADED_SPREAD = 0.03
"""The part of the visits with a tag that are a tab which a browser loaded again for somebody whose
address has changed, as a standard deviation: to a log they are clicks. Measured on simulated sites:
0 to 5%."""


@dataclass(frozen=True, slots=True)
class Credit:
    """What keys brought. `visits` has a row for each key and a column for each kind, and so has
    each measure; `drawn` has a row for each draw and a column for each key, and so has `resampled`:
    the revenue with visitors drawn anew (compared.py)."""

    visits: Numbers
    measures: dict[str, Numbers]
    drawn: dict[str, Numbers]
    resampled: Numbers


class Crediting(NamedTuple):
    """How credit is shared: by which model (paths.py), and how many days before a conversion."""

    model: str
    lookback_days: int


def paths(visits: StoredVisits, lookback_days: int) -> Iterator[Path]:
    """Yield the paths of all visits that converted or earned something."""
    order = np.lexsort((visits.second, visits.visitor))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    visitor = visits.visitor[order]
    begins = np.searchsorted(visitor, visitor, side="left")
    earliest = visits.second - lookback_days * DAY_SECONDS
    for visit in np.flatnonzero((visits.conversions != 0) | (visits.revenue != 0)).tolist():
        end = int(rank[visit]) + 1
        begin = max(int(begins[end - 1]), end - MAX_PATH_VISITS)
        own = order[begin:end]
        within = own[visits.second[own] >= earliest[visit]]
        yield Path(within, float(visits.conversions[visit]), float(visits.revenue[visit]))


class Unseen(NamedTuple):
    """What no visit shows, in each draw: how eagerly a source's readers share (a row for each draw,
    a column for each key), the factor of the odds of lost sources, and how many of the clicks on
    tagged links are a tab that was loaded again."""

    sharing: Numbers
    lost: Numbers
    reloaded: Numbers


class Drawing(NamedTuple):
    """What is drawn: with which factors and generator; `clusters` are those of a path's visits,
    `tagged` whether their links have a tag, `part` and `origin` (by key) its unlinked earlier visit
    if nothing on it has a source."""

    factors: Numbers
    unseen: Unseen
    rng: np.random.Generator
    clusters: Sequence[int]
    tagged: Sequence[bool]
    part: Numbers
    origin: Numbers

    def common(self, cluster: int) -> Numbers:
        """Return the random numbers, one a draw, that all dark visits of a cluster have."""
        return np.random.default_rng([3, cluster]).random(len(self.factors))

    def often(self, visitor: int) -> Numbers:
        """Return how often a visitor counts in each draw (rows) of a Bayesian bootstrap."""
        return np.random.default_rng([6, visitor]).exponential(size=(len(self.factors), 1))


def unseen(parts: Parts, draws: int) -> Unseen:
    """Return what no visit shows, in each draw."""
    rng = np.random.default_rng(4)
    sharing = np.exp(rng.normal(0, SHARING_SPREAD, (draws, len(parts.keys))))
    lost = np.exp(rng.normal(0, LOST_SPREAD, draws))
    return Unseen(sharing, lost, np.abs(rng.normal(0, RELOADED_SPREAD, draws)))


def clusters(visits: StoredVisits) -> Places:
    """Return, for each visit, the number of its page and day: what can have one origin."""
    day = (visits.second // DAY_SECONDS).astype(np.int64)
    _values, number = np.unique(np.stack([visits.page, day]), axis=1, return_inverse=True)
    return number.reshape(-1)


def credited(
    visits: StoredVisits, parts: Parts, by: Crediting, factors: Numbers | None = None
) -> Credit:
    """Return what each key brought; with `factors` of the odds of dark social, one a draw, also in
    these draws."""
    shape = len(parts.keys), len(PART_KINDS)
    weight = visits.weight[parts.visit] * parts.part
    flat = parts.key * len(PART_KINDS) + parts.kind
    counted = np.bincount(flat, weight, minlength=shape[0] * shape[1])
    measures = {name: np.zeros(shape) for name in CREDITED}
    drawn = (
        {name: np.zeros((len(factors), shape[0])) for name in CREDITED}
        if factors is not None
        else {}
    )
    resampled = np.zeros((0 if factors is None else len(factors), shape[0]))
    begins = np.searchsorted(parts.visit, np.arange(len(visits.key) + 1))
    with_source = source_parts(visits, parts)
    rng = np.random.default_rng(1)
    together = clusters(visits)
    converted = list(paths(visits, by.lookback_days))
    draws = 0 if factors is None else len(factors)
    hidden = unseen(parts, draws)
    earlier = unlinked(visits, parts, converted, by.lookback_days, draws) if draws else None
    for number, path in enumerate(converted):
        age_days = (visits.second[path.visits[-1]] - visits.second[path.visits]) / DAY_SECONDS
        expected = expected_shares(by.model, with_source[path.visits], age_days)
        places = [slice(begins[visit], begins[visit + 1]) for visit in path.visits]
        credit = _credit(parts, places, expected, with_source[path.visits])
        part = earlier.part[number] if earlier else 0.0
        moved = credit.amounts * np.where(parts.is_source[credit.places], 0.0, part)
        for name, value in zip(CREDITED, path[1:], strict=True):
            amounts = (credit.amounts - moved) * value
            np.add.at(measures[name].reshape(-1), flat[credit.places], amounts)
            if earlier:
                measures[name][:, BY_MIX] += earlier.origin[number] * moved.sum() * value
        if factors is not None and earlier:
            of_path = [together[visit] for visit in path.visits]
            tagged = visits.tagged[path.visits].tolist()
            unknown = earlier.drawn(number), earlier.origin[number]
            drawing = Drawing(factors, hidden, rng, of_path, tagged, *unknown)
            keys, amounts = _drawn(parts, places, by.model, age_days, drawing)
            rows = np.arange(len(factors))[:, None]
            for name, value in zip(CREDITED, path[1:], strict=True):
                np.add.at(drawn[name], (rows, keys), amounts * value)
            often = drawing.often(int(visits.visitor[path.visits[-1]]))
            np.add.at(resampled, (rows, keys), amounts * path.revenue * often)
    if factors is not None:
        drawn["visits"] = _drawn_visits(visits, parts, factors, rng)
    return Credit(counted.astype(np.float64).reshape(shape), measures, drawn, resampled)


class _Credited(NamedTuple):
    """Parts, and how much of a conversion each is credited with."""

    places: Places
    amounts: Numbers


def _credit(
    parts: Parts, places: list[slice], expected: Numbers, with_source: Numbers
) -> _Credited:
    chosen: list[Places] = []
    amounts: list[Numbers] = []
    for place, share, whole in zip(places, expected, with_source, strict=True):
        if share > 0:
            numbers = np.arange(place.start, place.stop)[parts.is_source[place]]
            chosen.append(numbers)
            amounts.append(parts.part[numbers] * (share / whole))
    rest = 1 - float(expected.sum())
    last = np.arange(places[-1].start, places[-1].stop)
    sourceless = last[~parts.is_source[last]]
    if rest > 0 and len(sourceless):
        chosen.append(sourceless)
        amounts.append(rest * parts.part[sourceless] / parts.part[sourceless].sum())
    whole_amounts = np.concatenate(amounts)
    return _Credited(np.concatenate(chosen), whole_amounts / whole_amounts.sum())


def _drawn(
    parts: Parts,
    places: list[slice],
    model: str,
    age_days: Numbers,
    drawing: Drawing,
) -> tuple[Places, Numbers]:
    """Return, for each draw and each visit of a path, the key of the part that was drawn and its
    share; in a draw without a source the last visit has the whole."""
    factors = drawing.factors
    shape = len(factors), len(places)
    keys, has_source = np.zeros(shape, np.int64), np.zeros(shape, np.bool_)
    for column, place in enumerate(places):
        weights = shifted(parts, place, factors, drawing.unseen)
        bounds = np.cumsum(weights, axis=1)
        u = drawing.rng.random(len(factors)) * bounds[:, -1]
        others = int((~parts.is_dark[place]).sum())
        if 0 < others < len(parts.part[place]):
            not_dark = bounds[:, others - 1]
        else:
            not_dark = bounds[:, -1] if others else np.zeros(len(factors))
        common = drawing.common(drawing.clusters[column])
        u = np.where(u < not_dark, u, not_dark + common * (bounds[:, -1] - not_dark))
        drawn = (u[:, None] >= bounds[:, :-1]).sum(axis=1)
        keys[:, column] = parts.key[place][drawn]
        has_source[:, column] = parts.is_source[place][drawn]
        if drawing.tagged[column]:
            is_click = drawn < others
            is_again = is_click & (drawing.rng.random(len(factors)) < drawing.unseen.reloaded)
            keys[is_again, column] = parts.keys.index(DIRECT_KEY)
            has_source[is_again, column] = False
    amounts = shares_of(model, has_source, age_days)
    sourceless = ~has_source.any(axis=1)
    amounts[sourceless, -1] = 1.0
    moved = np.flatnonzero(sourceless & (drawing.rng.random(len(factors)) < drawing.part))
    if len(moved):
        bounds = np.cumsum(drawing.origin * drawing.unseen.sharing[moved], axis=1)
        u = drawing.rng.random(len(moved)) * bounds[:, -1]
        keys[moved, -1] = (u[:, None] >= bounds[:, :-1]).sum(axis=1)
    return keys, amounts


def shifted(parts: Parts, place: slice, factors: Numbers, hidden: Unseen) -> Numbers:
    """Return the parts of a visit (columns) in each draw (rows), up to their sum: the odds of its
    dark parts are multiplied by the draw's factor, those of lost sources and of mixed readers by
    what no visit shows."""
    weights: Numbers = parts.part[place] * np.where(parts.is_dark[place], factors[:, None], 1.0)
    weights = weights * np.where(parts.is_lost[place], hidden.lost[:, None], 1.0)
    keys = hidden.sharing[:, parts.key[place]]
    of_mix: Numbers = weights * np.where(parts.kind[place] == BY_MIX, keys, 1.0)
    return of_mix


def _drawn_visits(
    visits: StoredVisits, parts: Parts, factors: Numbers, rng: np.random.Generator
) -> Numbers:
    """Return the visits of each key in each draw: expected with the factor, and a normal error with
    the variance of independent visits."""
    steps = np.linspace(np.log(factors).min(), np.log(factors).max(), 9)
    dark = np.bincount(parts.visit, parts.part * parts.is_dark, minlength=len(visits.key))
    counts = []
    for step in np.exp(steps):
        whole = 1 + (step - 1) * dark
        part = parts.part * np.where(parts.is_dark, step, 1.0) / whole[parts.visit]
        counts.append(
            np.bincount(parts.key, visits.weight[parts.visit] * part, minlength=len(parts.keys))
        )
    deviation = np.sqrt(_variance(visits, parts))
    grid = np.array(counts)
    expected = np.stack(
        [np.interp(np.log(factors), steps, grid[:, key]) for key in range(grid.shape[1])], axis=1
    )
    return (expected + rng.normal(size=expected.shape) * deviation).clip(0)


def _variance(visits: StoredVisits, parts: Parts) -> Numbers:
    """Return the variance of the visits of each key: those of independent visits, and of dark ones
    that have one origin where they are of one page and day; beside these, that of what no visit
    shows: how eagerly a source's readers share, and which clicks were reloaded tabs."""
    weight = visits.weight[parts.visit] * parts.part
    single = ~parts.is_dark
    spread = (weight * (1 - parts.part))[single]
    variance = np.bincount(parts.key[single], spread, minlength=len(parts.keys)).astype(np.float64)
    cluster = clusters(visits)[parts.visit[parts.is_dark]]
    key, of_dark = parts.key[parts.is_dark], weight[parts.is_dark]
    whole = np.bincount(cluster, of_dark, minlength=1)
    pairs, pair = np.unique(np.stack([cluster, key]), axis=1, return_inverse=True)
    sums = np.bincount(pair.reshape(-1), of_dark)
    rest = np.maximum(whole[pairs[0]] - sums, 0)
    # Of n visits with one origin that is a key's with probability f, the variance is n2 f (1 - f).
    variance += np.bincount(pairs[1], sums * rest, minlength=len(parts.keys))
    of_mix = parts.kind == BY_MIX
    by_mix = np.bincount(parts.key[of_mix], weight[of_mix], minlength=len(parts.keys))
    of_tag = (parts.kind == OWN) & visits.tagged[parts.visit]
    clicked = np.bincount(parts.key[of_tag], weight[of_tag], minlength=len(parts.keys))
    of_unseen: Numbers = (SHARING_SPREAD * by_mix) ** 2 + (RELOADED_SPREAD * clicked) ** 2
    return of_unseen + variance


def factors_of(visits: StoredVisits, count: DarkCount, draws: int = DRAWS) -> Numbers:
    """Return the factors of the odds of dark social for each draw: log-normal on both sides, so
    that nine in ten give a number of dark visits within the report's interval."""
    q = visits.classes[0]
    odds = q / (1 - q).clip(1e-12)
    low, high = (_factor(q, odds, visits.weight, bound) for bound in (count.low, count.high))
    z = np.random.default_rng(2).normal(size=draws)
    side = np.where(z < 0, -np.log(low), np.log(high)).clip(0)
    factors: Numbers = np.exp(z / Z_90 * side)
    return factors


def _factor(q: Numbers, odds: Numbers, weight: Numbers, wanted: float) -> float:
    """Return the factor of the odds with which the expected number of dark visits is `wanted`."""
    low, high = -LOG_ODDS_BOUND, LOG_ODDS_BOUND
    uncertain = (q > 0) & (q < 1)
    sure = float((weight * (q == 1)).sum())
    for _step in range(BISECTIONS):
        middle = (low + high) / 2
        raised = odds[uncertain] * np.exp(middle)
        expected = sure + float((weight[uncertain] * raised / (1 + raised)).sum())
        low, high = (middle, high) if expected < wanted else (low, middle)
    return float(np.exp((low + high) / 2))
