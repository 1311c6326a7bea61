"""What else happened on a page around each moment: visits and shares counted in windows of time.

The windows and the response curve are in seconds. The curve is the part of a share's clicks that
comes in each time after it. It is assumed: most clicks come soon, some for two days. More direct
visits after a fetch than before it were counted on a news site (signals/preview.py), but bots that
follow posts were counted with the people.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from darksocial.visits.columns import Numbers, numbers_of
from darksocial.visits.nearby import Window

# From and to (seconds after the share), and the part of a share's clicks that come then.
RESPONSE = (
    (2, 60, 0.15),
    (61, 600, 0.35),
    (601, 3600, 0.25),
    (3601, 21600, 0.17),
    (21601, 172800, 0.08),
)
# When the first half of a share's clicks comes, and how much of them that is.
SOON_SECONDS = (RESPONSE[0][0], RESPONSE[1][1])
SOON_PART = RESPONSE[0][2] + RESPONSE[1][2]
# As long a time before the share. The last five minutes, with the sharer's own visit, are left out.
BEFORE_SECONDS = (300, 1500)
# So soon after an assistant has fetched a page people open it from the answer. Assumed: an answer
# is there within a minute, and is read at once.
ASKED_SECONDS = (2, 600)
# Part of the fetches by Meta's servers that are for private shares: assumed.
MIXED_PART = 0.2
# How many seconds before and after a moment show what its page gets in any case.
BACKGROUND_SECONDS = 6 * 3600
# How long before a visit the latest share may be: as long as clicks come.
LATEST_SHARE_SECONDS = (RESPONSE[0][0], RESPONSE[-1][1])

PAGE_COLUMNS = ("site", "page")
MOMENT_ORDER = ("second", "app")
# The window that counts other direct visits in `BACKGROUND_SECONDS`.
DIRECT = "direct_near"
MOMENT_COLUMNS = (
    ("file", pa.int32()),
    ("line", pa.int64()),
    ("is_visit", pa.int32()),
    ("mixed", pa.int32()),
    ("asked", pa.int32()),
)
SURROUNDING_COLUMNS = pa.schema(
    [
        ("share_rate", pa.float64()),
        ("shares_near", pa.float64()),
        ("share_app", pa.string()),
        ("first_at", pa.int64()),
        ("page_age", pa.int64()),
        ("direct_after", pa.int32()),
        ("direct_before", pa.int32()),
        ("asked_before", pa.int32()),
        ("page_shares", pa.float64()),
        ("page_clicks", pa.float64()),
        ("page_direct", pa.int64()),
        ("page_returns", pa.int64()),
    ]
)


def surroundings(moments: pa.RecordBatch, *, windows: Mapping[str, Window]) -> pa.RecordBatch:
    """Return `SURROUNDING_COLUMNS` and a column a window for moments that hold whole pages.

    The moments of a page come in the order of time. They have `PAGE_COLUMNS`, `second` (since
    1970), `app` (of a share, else null), `private` and `mixed` (1 for a share of that kind),
    `asked` (1 for a fetch by an AI assistant), `is_visit`, `booked_direct`, `came_back` (booked as
    Direct, to a page viewed before) and the windows' flags (1 or 0), `file` and `line`. One of the
    windows is `DIRECT`.
    `share_rate` is the clicks a second to expect if each share brings one; `shares_near` are the
    shares in `BACKGROUND_SECONDS`. `direct_after` and `direct_before` are counted in `SOON_SECONDS`
    and `BEFORE_SECONDS`, fetches as `asked_before` in `ASKED_SECONDS`. `page_shares` are all shares
    of the page, and `page_clicks` the direct visits that came after them beyond those before.
    `page_direct` and `page_returns` are how many visits to the page in the whole input are
    `booked_direct`, and `came_back`.
    """
    schema = _schema(windows)
    if not moments.num_rows:
        return pa.RecordBatch.from_pylist([], schema=schema)
    page = _page_numbers(moments)
    second = numbers_of(moments, "second")
    reach = max(LATEST_SHARE_SECONDS[1], *(window.seconds for window in windows.values()))
    span = int(second.max() - second.min())
    # One number for page and second, with such gaps between pages that no window reaches another.
    key = page * (span + 2 * reach + 1) + second - second.min()
    first, lasting = _extent(page, second)
    columns: dict[str, npt.ArrayLike | pa.Array] = {
        name: moments.column(name) for name, _ in MOMENT_COLUMNS
    }
    for name, (flag, seconds, others, expected) in windows.items():
        counts = numbers_of(moments, flag)
        near = _between(key, counts, key - seconds, key + seconds)
        columns[name] = near - counts if others else near
        if expected:
            of_page = np.bincount(page, counts)[page]
            length = 2.0 * seconds
            columns[f"{name}_expected"] = (of_page + 1) * length / (lasting + length)
    direct = numbers_of(moments, windows[DIRECT].flag)
    after = _between(key, direct, key + SOON_SECONDS[0], key + SOON_SECONDS[1])
    before = _between(key, direct, key - BEFORE_SECONDS[1], key - BEFORE_SECONDS[0])
    columns["direct_after"], columns["direct_before"] = after, before
    asked = numbers_of(moments, "asked")
    columns["asked_before"] = _between(key, asked, key - ASKED_SECONDS[1], key - ASKED_SECONDS[0])
    weights = numbers_of(moments, "private") + MIXED_PART * numbers_of(moments, "mixed")
    beyond = (after - before * (seconds_in(SOON_SECONDS) / seconds_in(BEFORE_SECONDS))) / SOON_PART
    columns["page_shares"] = np.bincount(page, weights)[page]
    columns["page_clicks"] = np.bincount(page, weights * beyond)[page]
    for name, flag in (("page_direct", "booked_direct"), ("page_returns", "came_back")):
        columns[name] = np.bincount(page, numbers_of(moments, flag))[page]
    columns["first_at"], columns["page_age"] = first, second - first
    columns |= _of_shares(moments, key)
    arrays = [pa.array(columns[field.name]).cast(field.type, safe=False) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def seconds_in(window: tuple[int, int]) -> int:
    """Return how many seconds a window has; it includes its first and its last."""
    return window[1] - window[0] + 1


def _schema(windows: Mapping[str, Window]) -> pa.Schema:
    counts = [(name, pa.int32()) for name in windows]
    expected = [(f"{name}_expected", pa.float64()) for name, w in windows.items() if w.expected]
    return pa.schema([*MOMENT_COLUMNS, *counts, *expected, *SURROUNDING_COLUMNS])


def _page_numbers(moments: pa.RecordBatch) -> Numbers:
    """Return the number of each moment's page. The moments of a page follow each other."""
    changed = np.zeros(moments.num_rows, np.int64)
    for name in PAGE_COLUMNS:
        column = moments.column(name)
        changed[1:] |= pc.not_equal(column[1:], column[:-1]).to_numpy(zero_copy_only=False)
    return np.cumsum(changed)


def _between(keys: Numbers, counts: Numbers, first: Numbers, last: Numbers) -> Numbers:
    """Sum the counts whose keys (ascending) lie from `first` to `last`, both included."""
    sums = np.concatenate([[0], np.cumsum(counts)])
    upto: Numbers = sums[np.searchsorted(keys, last, "right")]
    below: Numbers = sums[np.searchsorted(keys, first, "left")]
    return upto - below


def _extent(page: Numbers, second: Numbers) -> tuple[Numbers, Numbers]:
    """Return when each moment's page has its first moment, and how many seconds until its last."""
    starts = np.flatnonzero(np.diff(page, prepend=-1))
    ends = np.append(starts[1:], len(page)) - 1
    return second[starts][page], (second[ends] - second[starts])[page]


def _of_shares(moments: pa.RecordBatch, key: Numbers) -> dict[str, npt.ArrayLike | pa.Array]:
    """Return the columns that count shares."""
    kinds = {name: numbers_of(moments, name) for name in ("private", "mixed")}
    places = np.flatnonzero(kinds["private"] + kinds["mixed"])
    keys = key[places]

    def shares(first: Numbers, last: Numbers) -> npt.NDArray[np.float64]:
        private, mixed = (_between(keys, kinds[name][places], first, last) for name in kinds)
        total: npt.NDArray[np.float64] = private + MIXED_PART * mixed
        return total

    rate = np.zeros(len(key))
    for first, last, part in RESPONSE:
        rate += shares(key - last, key - first) * (part / (last - first + 1))
    latest = np.searchsorted(keys, key - LATEST_SHARE_SECONDS[0], "right")
    is_late = latest > np.searchsorted(keys, key - LATEST_SHARE_SECONDS[1], "left")
    apps = moments.column("app").take(pa.array(places))
    return {
        "share_rate": rate,
        "shares_near": shares(key - BACKGROUND_SECONDS, key + BACKGROUND_SECONDS),
        "share_app": apps.take(pa.array(latest - 1, mask=~is_late)),
    }
