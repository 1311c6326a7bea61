"""What else happened on a page around each moment: visits and shares counted in windows of time.

The windows and the response curve are in seconds. The curve says which part of a share's clicks
comes in which time after it: on a news site (chandra729/theglobalreportlog2 and 3, 2016) 228 more
direct visits came in the hour after a fetch than before it, 94 of them in the first minute, nearly
all within six hours. Those were fetches for public posts; people answer private messages later,
so the curve here is flatter (assumed).
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from darksocial.visits.nearby import Window

RESPONSE = (
    (2, 60, 0.15),
    (61, 600, 0.35),
    (601, 3600, 0.25),
    (3601, 21600, 0.17),
    (21601, 172800, 0.08),
)
"""From and to (seconds after the share), and the part of a share's clicks that come then."""
SOON = (RESPONSE[0][0], RESPONSE[1][1])
SOON_PART = RESPONSE[0][2] + RESPONSE[1][2]
"""When the first half of a share's clicks comes, and how much of them that is."""
BEFORE = (300, 1500)
"""As long a time before the share; the last five minutes, with the sharer's own visit, left out."""
MIXED_PART = 0.2
"""Part of the fetches by Meta's servers that are private shares: assumed."""
BACKGROUND = 6 * 3600
"""How many seconds before and after a moment show what its page has anyway."""
LATEST = (2, 172800)

GROUP = ("site", "page")
ORDER = ("second", "app")
DIRECT = "direct_near"
"""The window that counts other direct visits in `BACKGROUND`."""
OF_MOMENT = (
    ("file", pa.int32()),
    ("line", pa.int64()),
    ("is_visit", pa.int32()),
    ("mixed", pa.int32()),
)
SURROUNDINGS = pa.schema(
    [
        ("share_rate", pa.float64()),
        ("shares_near", pa.float64()),
        ("share_app", pa.string()),
        ("first_at", pa.int64()),
        ("page_age", pa.int64()),
        ("direct_after", pa.int32()),
        ("direct_before", pa.int32()),
    ]
)
Numbers = npt.NDArray[np.int64]


def surroundings(moments: pa.RecordBatch, *, windows: Mapping[str, Window]) -> pa.RecordBatch:
    """Return `SURROUNDINGS` and a column a window for moments that hold whole pages.

    The moments of a page come in the order of time. They have `GROUP`, `second` (since 1970), `app`
    (of a share, else null), `private` and `mixed` (1 for a share of that kind), `is_visit` and the
    windows' flags (1 or 0), `file` and `line`. One of the windows is `DIRECT`. `share_rate` is the
    clicks a second to expect if each share brings one; `shares_near` are the shares in
    `BACKGROUND`. `direct_after` and `direct_before` are counted in `SOON` and `BEFORE`.
    """
    schema = _schema(windows)
    if not moments.num_rows:
        return pa.RecordBatch.from_pylist([], schema=schema)
    page = _page_numbers(moments)
    second = _numbers(moments, "second")
    reach = max(LATEST[1], *(window.seconds for window in windows.values()))
    span = int(second.max() - second.min())
    key = page * (span + 2 * reach + 1) + second - second.min()  # no window reaches another page
    first, lasting = _extent(page, second)
    found: dict[str, npt.ArrayLike | pa.Array] = {
        name: moments.column(name) for name, _ in OF_MOMENT
    }
    for name, (flag, seconds, others, expected) in windows.items():
        counts = _numbers(moments, flag)
        near = _between(key, counts, key - seconds, key + seconds)
        found[name] = near - counts if others else near
        if expected:
            of_page = np.bincount(page, counts)[page]
            length = 2.0 * seconds
            found[f"{name}_expected"] = (of_page + 1) * length / (lasting + length)
    direct = _numbers(moments, windows[DIRECT].flag)
    found["direct_after"] = _between(key, direct, key + SOON[0], key + SOON[1])
    found["direct_before"] = _between(key, direct, key - BEFORE[1], key - BEFORE[0])
    found["first_at"], found["page_age"] = first, second - first
    found |= _of_shares(moments, key)
    arrays = [pa.array(found[field.name]).cast(field.type, safe=False) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _schema(windows: Mapping[str, Window]) -> pa.Schema:
    counts = [(name, pa.int32()) for name in windows]
    expected = [(f"{name}_expected", pa.float64()) for name, w in windows.items() if w.expected]
    return pa.schema([*OF_MOMENT, *counts, *expected, *SURROUNDINGS])


def _page_numbers(moments: pa.RecordBatch) -> Numbers:
    changed = np.zeros(moments.num_rows, np.int64)
    for name in GROUP:
        column = moments.column(name)
        changed[1:] |= pc.not_equal(column[1:], column[:-1]).to_numpy(zero_copy_only=False)
    return np.cumsum(changed)


def _numbers(moments: pa.RecordBatch, name: str) -> Numbers:
    numbers: Numbers = moments.column(name).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers


def _between(keys: Numbers, counts: Numbers, first: Numbers, last: Numbers) -> Numbers:
    """Sum the counts whose keys (ascending) lie from `first` to `last`, both included."""
    sums = np.concatenate([[0], np.cumsum(counts)])
    upto: Numbers = sums[np.searchsorted(keys, last, "right")]
    below: Numbers = sums[np.searchsorted(keys, first, "left")]
    return upto - below


def _extent(page: Numbers, second: Numbers) -> tuple[Numbers, Numbers]:
    """When each moment's page has its first moment, and how many seconds it has moments for."""
    starts = np.flatnonzero(np.diff(page, prepend=-1))
    ends = np.append(starts[1:], len(page)) - 1
    return second[starts][page], (second[ends] - second[starts])[page]


def _of_shares(moments: pa.RecordBatch, key: Numbers) -> dict[str, npt.ArrayLike | pa.Array]:
    kinds = {name: _numbers(moments, name) for name in ("private", "mixed")}
    at = np.flatnonzero(kinds["private"] + kinds["mixed"])
    keys = key[at]

    def shares(first: Numbers, last: Numbers) -> npt.NDArray[np.float64]:
        private, mixed = (_between(keys, kinds[name][at], first, last) for name in kinds)
        total: npt.NDArray[np.float64] = private + MIXED_PART * mixed
        return total

    rate = np.zeros(len(key))
    for first, last, part in RESPONSE:
        rate += shares(key - last, key - first) * (part / (last - first + 1))
    latest = np.searchsorted(keys, key - LATEST[0], "right")
    is_late = latest > np.searchsorted(keys, key - LATEST[1], "left")
    apps = moments.column("app").take(pa.array(at))
    return {
        "share_rate": rate,
        "shares_near": shares(key - BACKGROUND, key + BACKGROUND),
        "share_app": apps.take(pa.array(latest - 1, mask=~is_late)),
    }
