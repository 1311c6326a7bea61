"""The visits before conversions as paths, in the form that attribution packages read.

    path,total_conversions,total_conversion_value,total_null
    story (facebook / paid_social) > (direct),3,120.0,41

One row for each sequence of sources: how often it ended in conversions, what these were worth, and
how many visitors had it without any. Packages such as ChannelAttribution take these columns
(https://cran.r-project.org/package=ChannelAttribution). A visit is what it is most probably.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np

from darksocial.campaigns.credit import paths
from darksocial.campaigns.parts import Parts
from darksocial.campaigns.stored import Key, Places, StoredVisits
from darksocial.campaigns.values import PathRow
from darksocial.visits.bounds import DAY_SECONDS

PATH_ARROW = " > "


def journeys(
    visits: StoredVisits, parts: Parts, lookback_days: int, name_of: Callable[[Key], str]
) -> tuple[PathRow, ...]:
    """Return the paths of all visitors, those with most conversions first. Rows of sums are of many
    visitors, so they have none."""
    likely = _likely_keys(visits, parts)
    # The sign between the steps of a path is none of a name.
    names = [name_of(key).replace(">", "/") for key in parts.keys]

    def written(places: Places) -> str:
        return PATH_ARROW.join(names[key] for key in likely[places].tolist())

    sums: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for path in paths(visits, lookback_days):
        if visits.weight[path.visits[-1]] == 1:
            row = sums[written(path.visits)]
            row[0] += path.conversions
            row[1] += path.revenue
    for places in _unconverted(visits, lookback_days):
        sums[written(places)][2] += 1
    rows = [PathRow(path, *values) for path, values in sums.items()]
    return tuple(sorted(rows, key=lambda r: (-r.total_conversions, -r.total_null, r.path)))


def _likely_keys(visits: StoredVisits, parts: Parts) -> Places:
    """Return the key that each visit most probably belongs to."""
    likely = np.zeros(len(visits.key), np.int64)
    if not len(parts.part):
        return likely
    of_key = np.lexsort((parts.key, parts.visit))
    visit, key, part = parts.visit[of_key], parts.key[of_key], parts.part[of_key]
    begins = np.flatnonzero(np.r_[True, (np.diff(visit) != 0) | (np.diff(key) != 0)])
    sums = np.add.reduceat(part, begins)
    order = np.argsort(sums, kind="stable")
    # Of values for one place the last one remains, which is the greatest.
    likely[visit[begins][order]] = key[begins][order]
    return likely


def _unconverted(visits: StoredVisits, lookback_days: int) -> Iterator[Places]:
    """Yield the visits, up to the lookback before the last one, of visitors without conversions."""
    single = np.flatnonzero(visits.weight == 1)
    order = single[np.lexsort((visits.second[single], visits.visitor[single]))]
    bounds = np.flatnonzero(np.diff(visits.visitor[order])) + 1
    for own in np.split(order, bounds):
        if len(own) and not (visits.conversions[own].any() or visits.revenue[own].any()):
            earliest = visits.second[own[-1]] - lookback_days * DAY_SECONDS
            yield own[visits.second[own] >= earliest]
