"""Who set off a dark visit: the readers of its page from whom the shared link can have come.

A share whose sharer is known leads to the visit of the sharer, and so to what had brought that one:
recursively, if it was dark itself. This is *traced*. A share without a known sharer, and one that
left no trace in the log, can be any earlier reader's: the visit is distributed over what had
brought these (*by_mix*), the more to a reader the better the delay fits the times at which shared
links are opened, and the more often the readers of the same source share: the shares whose sharer
is known say how often.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from darksocial.campaigns.stored import Numbers, Places, StoredShares, StoredVisits
from darksocial.visits.surroundings import MIXED_PART, RESPONSE

TRACED, BY_MIX = 2, 3
"""Kinds of parts, after those of parts.py."""
NO_KEY = -1
"""The origin that is a direct reader, or nobody that is known."""
DENSITY = tuple((first, last, part / (last - first + 1)) for first, last, part in RESPONSE)
LATEST_CLICK = RESPONSE[-1][1]
UNSEEN_SHARES = 0.15 / LATEST_CLICK
"""How often a link is opened whose share left no trace, per second and as a part of the clicks of
a share (clicks.py has the same odds). Assumed."""
LATE_READER = 1e-9
"""What a reader counts whose delay is longer than that of any click, so that early readers are
asked only where there are no others. Assumed."""

SHARING_SPREAD = 0.7
"""How far the readers that one source brings may share more often than others do, as the standard
deviation of the logarithm. A factor of two is common. Assumed; the campaigns of the simulator share
0.5 to 4 times as often."""
ASSUMED_SHARES = 1 / SHARING_SPREAD**2
"""After how many expected shares what is known of a source counts as much as what is assumed: a
gamma distribution of this shape spreads as far."""

Origin = dict[tuple[int, int], float]
"""Parts that sum to 1, by the key that set the visit off (or NO_KEY) and kind."""


class DarkVisit(NamedTuple):
    """A visit that can be dark, and from where its link can have come."""

    visit: int
    origin: Origin


def origins(visits: StoredVisits, shares: StoredShares, dark: Places) -> Iterator[DarkVisit]:
    """Yield the origin of each of the `dark` visits, which are in the order of time."""
    last_views = _views(visits, shares)
    readers = _Readers(visits, last_views.values())
    of_dark: dict[int, Origin] = {}
    on_page = _by_page(shares.page)
    for visit in dark.tolist():
        second, page = visits.second[visit], int(visits.page[visit])
        origin: defaultdict[tuple[int, int], float] = defaultdict(float)
        candidates = _candidates(shares, on_page.get(page), second)
        total = sum(rate for _share, rate in candidates) + UNSEEN_SHARES
        traced = 0.0
        for share, rate in candidates:
            sharer_visit = last_views.get(share)
            if sharer_visit is None or sharer_visit >= visit:
                continue
            part = rate / total
            traced += part
            for (key, _kind), of_sharer in _of_reader(visits, sharer_visit, of_dark).items():
                origin[key, TRACED] += part * of_sharer
        for key, part in readers.mix(page, second):
            origin[key, BY_MIX] += (1 - traced) * part
        of_dark[visit] = dict(origin)
        yield DarkVisit(visit, of_dark[visit])


def _of_reader(visits: StoredVisits, visit: int, of_dark: dict[int, Origin]) -> Origin:
    """Return what had brought a reader: what it was booked to, and where it was dark its origin."""
    own = NO_KEY if visits.direct[visit] else int(visits.key[visit])
    dark = 0.0 if visits.tagged[visit] else float(visits.classes[0][visit])
    came: Origin = {(own, TRACED): 1 - dark}
    for place, part in of_dark.get(visit, {(NO_KEY, TRACED): 1.0}).items():
        came[place] = came.get(place, 0.0) + dark * part
    return came


def _by_page(pages: Places) -> dict[int, Places]:
    """Return the places of each page, in their order."""
    order = np.argsort(pages, kind="stable")
    bounds = np.flatnonzero(np.diff(pages[order])) + 1
    return {int(pages[group[0]]): group for group in np.split(order, bounds) if len(group)}


def _candidates(
    shares: StoredShares, on_page: Places | None, second: float
) -> list[tuple[int, float]]:
    """Return the shares of a page whose link may have been opened at a time, each with how often
    that happens then, as a part of its clicks per second."""
    if on_page is None:
        return []
    times = shares.second[on_page]
    begin, end = np.searchsorted(times, [second - LATEST_CLICK, second])
    recent = on_page[begin:end]
    rates = density(second - shares.second[recent])
    rates = rates * np.where(shares.mixed[recent], MIXED_PART, 1.0)
    return [(int(s), float(r)) for s, r in zip(recent, rates, strict=True) if r > 0]


def density(delays: Numbers) -> Numbers:
    """Return how often links are opened so many seconds after they were shared, per second."""
    rates, delays = np.zeros(len(delays)), np.floor(delays)
    for first, last, rate in DENSITY:
        rates[(delays >= first) & (delays <= last)] = rate
    return rates


def _views(visits: StoredVisits, shares: StoredShares) -> dict[int, int]:
    """Return the visit from which each share with a known sharer came: the sharer's last one that
    had begun."""
    of_visitor = _by_page(visits.visitor)
    views = {}
    for share in np.flatnonzero(shares.sharer >= 0).tolist():
        own = of_visitor[int(shares.sharer[share])]
        before = int(np.searchsorted(visits.second[own], shares.second[share], side="right"))
        if before:
            views[share] = int(own[before - 1])
    return views


class _Readers:
    """The readers of pages: when those came that each key had brought, and how often they share.

    `sharers` are the visits of known sharers, one for each share."""

    def __init__(self, visits: StoredVisits, sharers: Collection[int]) -> None:
        single = np.flatnonzero((visits.weight == 1) & (visits.bot < 1))
        key = np.where(visits.direct, NO_KEY, visits.key)[single]
        # What may be dark itself was brought by the others, and changes nothing in their mix.
        dark = np.where(visits.tagged, 0.0, visits.classes[0])
        part = (1 - visits.bot - dark)[single]
        order = np.lexsort((visits.second[single], key, visits.page[single]))
        self._second = visits.second[single][order]
        self._sums = np.concatenate(([0.0], np.cumsum(part[order].clip(0))))
        self._sharing = _sharing(
            key,
            part.clip(0),
            np.bincount(np.array(list(sharers), np.int64), minlength=len(visits.key))[
                single
            ].astype(np.float64),
        )
        self._groups: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        page, key = visits.page[single][order], key[order]
        bounds = np.flatnonzero((np.diff(page) != 0) | (np.diff(key) != 0)) + 1
        edges = np.concatenate(([0], bounds, [len(page)])) if len(page) else bounds
        for begin, end in pairwise(edges):
            self._groups[int(page[begin])].append((int(key[begin]), int(begin), int(end)))

    def mix(self, page: int, second: float) -> list[tuple[int, float]]:
        """Return the parts, which sum to 1, of the keys that had brought the readers of a page
        before a time; NO_KEY alone if there were none."""
        weights = [
            (key, self._weight(begin, end, second) * self._sharing[key])
            for key, begin, end in self._groups[page]
        ]
        total = sum(weight for _key, weight in weights)
        if not total:
            return [(NO_KEY, 1.0)]
        return [(key, weight / total) for key, weight in weights if weight]

    def _weight(self, begin: int, end: int, second: float) -> float:
        times = self._second[begin:end]
        edges = [second - last - 1 for _first, last, _rate in DENSITY]
        bounds = begin + np.searchsorted(times, [second - DENSITY[0][0], *edges], side="right")
        sums = self._sums[bounds]
        recent = sum(
            (sums[i] - sums[i + 1]) * rate for i, (_first, _last, rate) in enumerate(DENSITY)
        )
        return float(recent + (sums[0] - self._sums[begin]) * LATE_READER)


def _sharing(key: Places, part: Numbers, shares: Numbers) -> dict[int, float]:
    """Return how many times as often as others the readers of each key share: the shares by known
    sharers beside those that so many readers make on average, drawn to 1 where these are few.

    `key`, `part` and `shares` have a value for each reader: the last one is how often it shared."""
    keys, number = np.unique(key, return_inverse=True)
    readers = np.bincount(number, part, minlength=len(keys))
    shared = np.bincount(number, part * shares, minlength=len(keys))
    expected = readers * (shared.sum() / max(readers.sum(), 1.0))
    often = (shared + ASSUMED_SHARES) / (expected + ASSUMED_SHARES)
    return dict(zip(keys.tolist(), often.tolist(), strict=True))
