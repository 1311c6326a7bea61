"""The visits before conversions as paths, in the form that attribution packages read.

    path,total_conversions,total_conversion_value,total_null
    story (facebook / paid_social) > (direct),3,120.0,41

One row for each sequence of sources: how often it ended in conversions, what these were worth, and
how many visitors had it without any. Packages such as ChannelAttribution take these columns
(https://cran.r-project.org/package=ChannelAttribution). A visit is what it is most probably.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

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
    alone, longer = _unconverted(visits, lookback_days)
    counts = np.bincount(likely[alone], minlength=len(names))
    for key in np.flatnonzero(counts).tolist():
        sums[names[key]][2] += counts[key]
    for places in longer:
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


def _unconverted(visits: StoredVisits, lookback_days: int) -> tuple[Places, Sequence[Places]]:
    """Return the visits, up to the lookback before the last one, of visitors without conversions:
    those of visitors who have one, as most have, and of each other visitor in the order of time."""
    single = np.flatnonzero(visits.weight == 1)
    order = single[np.lexsort((visits.second[single], visits.visitor[single]))]
    if not len(order):
        return order, []
    begins = np.flatnonzero(np.r_[True, np.diff(visits.visitor[order]) != 0])
    lengths = np.diff(np.r_[begins, len(order)])
    converts = (visits.conversions[order] != 0) | (visits.revenue[order] != 0)
    last = visits.second[order[begins + lengths - 1]]
    is_left = np.repeat(~np.logical_or.reduceat(converts, begins), lengths)
    is_late = visits.second[order] >= np.repeat(last - lookback_days * DAY_SECONDS, lengths)
    own = order[is_left & is_late]
    numbers, counts = np.unique(visits.visitor[own], return_counts=True)
    is_alone = np.isin(visits.visitor[own], numbers[counts == 1])
    several = own[~is_alone]
    bounds = np.flatnonzero(np.diff(visits.visitor[several])) + 1
    return own[is_alone], np.split(several, bounds) if len(several) else []
