"""Conversions of people who had come before in another browser, on another device or network.

A log does not know them for one person, so such a conversion looks as if nothing had brought it. An
app's own browser shares nothing with that of the phone: who came in one and returns by a bookmark
is a new visitor. Others are new ones after a change of device or network.

How many there are follows from the site itself. Of the visits with a source in an ordinary browser
a part is followed by a direct visit of the same visitor that converts. As many follow the visits in
the browsers of apps, all of them unlinked, and a part CHANGED of those after the other visits is
unlinked as well. What had brought them is distributed as these visits are, within the lookback.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from darksocial.campaigns.parts import Parts
from darksocial.campaigns.stored import Numbers, Places, StoredVisits
from darksocial.visits.bounds import DAY_SECONDS

CHANGED = (0.0, 0.5)
"""Which part of those who come back in an ordinary browser look like new visitors, at least and at
most: an address changes, or the device. Assumed."""
MAX_UNLINKED = 0.7
"""Of the conversions without a source, at most so many have an unlinked visit. Assumed."""
PRIOR_RETURNS = 0.5
"""Jeffreys' prior of a number of returns."""


class Path(NamedTuple):
    """The visits before a conversion, that of the conversion last, and what it was worth."""

    visits: Places
    conversions: float
    revenue: float


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Which part of each path's conversions had an earlier visit that is not linked with it: `part`
    if nothing on the path has a source, `beside` if something has.

    part, beside: as expected, a value for each path. sourceless: how probably nothing on each path
    has a source. origin: what had brought that visit, a row for each path and a column for each
    key, which sums to 1 where a part is above 0. factors: by what the parts are multiplied in each
    draw.
    """

    part: Numbers
    beside: Numbers
    sourceless: Numbers
    origin: Numbers
    factors: Numbers

    @property
    def expected(self) -> Numbers:
        """The part of each path, with a source on it or without."""
        parts: Numbers = self.part * self.sourceless + self.beside * (1 - self.sourceless)
        return parts

    def drawn(self, path: int) -> Numbers:
        """Return the part of a path without a source in each draw."""
        parts: Numbers = (self.part[path] * self.factors).clip(0, MAX_UNLINKED)
        return parts


class _Brought(NamedTuple):
    """The parts of single visits that have a source, in the order of key and time."""

    key: Places
    second: Numbers
    weight: Numbers
    in_app: npt.NDArray[np.bool_]


def unlinked(
    visits: StoredVisits, parts: Parts, paths: Sequence[Path], lookback_days: int, draws: int
) -> Unlinked:
    """Return the unlinked visits before conversions: those of visits that are no sums."""
    brought = _brought(visits, parts)
    in_app = float(brought.weight[brought.in_app].sum())
    ordinary = float(brought.weight.sum()) - in_app
    with_source = source_parts(visits, parts)
    counted = np.array(
        [path.conversions * (visits.weight[path.visits[-1]] == 1) for path in paths], np.float64
    )
    sourceless = np.array([np.prod(1 - with_source[path.visits]) for path in paths], np.float64)
    linked = _linked(visits, with_source, paths)
    direct = np.array([1 - with_source[path.visits[-1]] for path in paths], np.float64)
    usual = float(np.mean(CHANGED))
    earlier = _earlier(visits, brought, usual, paths, lookback_days, len(parts.keys))
    whole = earlier.sum(axis=1)
    exposed = float(_exposed(ordinary, in_app, usual)) / max(ordinary, 1.0)

    def part(returns: float, chance: Numbers) -> Numbers:
        # As many returns follow each visit, linked or not.
        among = float((counted * chance * whole).sum())
        expected: Numbers = whole * (counted > 0) * (returns * exposed / among if among else 0.0)
        return expected.clip(0, MAX_UNLINKED)

    returns = float((counted * linked * direct).sum()) + PRIOR_RETURNS
    others = float((counted * linked * (1 - direct)).sum())
    rng = np.random.default_rng(4)
    changed = _exposed(ordinary, in_app, rng.uniform(*CHANGED, draws)) / max(ordinary, 1.0)
    return Unlinked(
        part(returns, sourceless),
        part(others, 1 - sourceless),
        sourceless,
        earlier / np.where(whole > 0, whole, 1.0)[:, None],
        changed / (exposed or 1.0) * rng.gamma(returns, size=draws) / returns,
    )


def source_parts(visits: StoredVisits, parts: Parts) -> Numbers:
    """Return, of each visit, how probably it has a source."""
    has_source = parts.part * parts.is_source
    whole: Numbers = np.bincount(parts.visit, has_source, minlength=len(visits.key)).clip(0, 1)
    return whole


def _exposed(ordinary: float, in_app: float, changed: Numbers | float) -> Numbers:
    """Return after how many visits a return is unlinked, in visits of which all returns are
    linked."""
    exposed: Numbers = (in_app + changed * ordinary) / (1 - np.asarray(changed))
    return exposed


def _linked(visits: StoredVisits, with_source: Numbers, paths: Sequence[Path]) -> Numbers:
    """Return how probable it is that each conversion follows a visit of the same visitor that had a
    source and was in an ordinary browser."""
    ordinary = with_source * ~visits.in_app
    return np.array([1 - np.prod(1 - ordinary[path.visits[:-1]]) for path in paths], np.float64)


def _brought(visits: StoredVisits, parts: Parts) -> _Brought:
    chosen = np.flatnonzero(parts.is_source & (visits.weight[parts.visit] == 1))
    order = chosen[np.lexsort((visits.second[parts.visit[chosen]], parts.key[chosen]))]
    visit = parts.visit[order]
    return _Brought(parts.key[order], visits.second[visit], parts.part[order], visits.in_app[visit])


def _earlier(
    visits: StoredVisits,
    brought: _Brought,
    changed: float,
    paths: Sequence[Path],
    lookback_days: int,
    keys: int,
) -> Numbers:
    """Return how many returns are to be expected of what each key (columns) had brought in the
    lookback before each conversion (rows), up to a common factor."""
    weight = brought.weight * np.where(brought.in_app, 1.0, changed)
    sums = np.concatenate(([0.0], np.cumsum(weight)))
    ends = np.array([visits.second[path.visits[-1]] for path in paths])
    earlier = np.zeros((len(paths), keys))
    bounds = np.searchsorted(brought.key, np.arange(keys + 1))
    for key in np.flatnonzero(np.diff(bounds)).tolist():
        begin, end = bounds[key : key + 2]
        times = brought.second[begin:end]
        last = begin + np.searchsorted(times, ends)
        first = begin + np.searchsorted(times, ends - lookback_days * DAY_SECONDS)
        earlier[:, key] = sums[last] - sums[first]
    return earlier
