"""Handovers: visits that go on from another address, and are put together with their beginning.

A browser whose address changes during a visit looks like two visitors: the second comes from the
site itself and was never there. Its visit is continued from the page that it names as its referrer,
if the same user agent had viewed that page from another address just before:

- within the same network (rotation.py), as long as a session lasts without activity;
- from any other network, within a minute.

The latest such view in the same network counts, else the latest in another. Of what begins from the
site itself in a shop's log (50,000 lines, 2019) one in nine visits is such a half, and by chance,
with the clock set an hour forward or back, none. In a log of bots that change their addresses a
tenth of what would match within half an hour in any network is more than chance, and most within
half a minute: so other networks have a minute.

A visitor who viewed the page itself in the 24 hours before comes back to it: that is no handover.
A visit that is put together lasts 24 hours at most. If it were longer, its handovers across a
midnight (UTC) do not count (bounds.py).
"""

from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.lookups.channels import DIRECT_SOURCE
from darksocial.visits.bounds import DAY_SECONDS, NO_SESSION
from darksocial.visits.columns import Numbers, numbers_of
from darksocial.visits.hits import PLACE_KEY, address

MAX_SECONDS_ELSEWHERE = 60
# What follows scheme and host of a referrer, without the fragment.
REFERRED_PAGE = r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^#]*)"
# Of a user agent on a site: handovers are only between its visits.
AGENT_ON_SITE = ("agent", "domain")
PAGE_OF_AGENT = (*AGENT_ON_SITE, "page")
ORDER = ("second", "is_view", "line")
LINKS = pa.schema(
    [
        ("file", pa.int32()),
        ("line", pa.int64()),
        ("first_file", pa.int32()),
        ("first_line", pa.int64()),
    ]
)
FIRST = ("first_file", "first_line")
Flags = npt.NDArray[np.bool_]


def handed_over(
    engine: Engine, visits: ir.Table, hits: ir.Table, people: ir.Table, timeout_minutes: int
) -> ir.Table:
    """Return the visits, of which those that are halves are part of the visit that they continue.

    `visits` are as GA4 books them (sessions.py); `hits` are those of sessions, `people` the
    visitors who are no machines, with `agent` and `network`.
    """
    max_seconds = timeout_minutes * 60
    moments = engine.stage("handover_moments", _moments(engine, visits, hits, people, max_seconds))
    links = engine.look_up_groups(
        "handovers",
        moments,
        AGENT_ON_SITE,
        ORDER,
        partial(linked, max_seconds=max_seconds),
    )
    halves = visits.join(links, PLACE_KEY)
    added = halves.group_by(file="first_file", line="first_line").agg(
        more_pageviews=halves.pageviews.sum(),
        more_conversions=halves.conversions.sum(),
        more_revenue=halves.revenue.sum(),
        last_ended_at=halves.ended_at.max(),
    )
    firsts = visits.anti_join(links, PLACE_KEY).left_join(added, PLACE_KEY, rname="{name}_right")
    return firsts.mutate(
        pageviews=_sum(firsts.pageviews, firsts.more_pageviews),
        conversions=_sum(firsts.conversions, firsts.more_conversions),
        revenue=_sum(firsts.revenue, firsts.more_revenue),
        ended_at=ibis.greatest(
            firsts.ended_at, ibis.coalesce(firsts.last_ended_at, firsts.ended_at)
        ),
    ).select(*visits.columns)


def _sum(first: ir.NumericValue, more: ir.NumericValue) -> ir.NumericValue:
    """Return the sum of two numbers, each of which may be null."""
    total: ir.NumericValue = ibis.ifelse(more.isnull(), first, first.fill_null(0) + more)
    return total


def _moments(
    engine: Engine, visits: ir.Table, hits: ir.Table, people: ir.Table, max_seconds: int
) -> ir.Table:
    """Return what `linked` looks at: views of pages that halves name, near enough to be continued,
    and the visits of those who viewed these or may continue them."""
    addressed = people.filter(people.agent != "", people.network.notnull())
    addressed = addressed.select("visitor", "agent", "network")
    own = visits.filter(~visits.aggregated)
    begun = own.select(
        "visitor",
        "domain",
        *PLACE_KEY,
        second=own.started_at.epoch_seconds(),
        last_second=own.ended_at.epoch_seconds(),
        page=ibis.ifelse(
            own.internal & ~own.goes_on & (own.source_before == DIRECT_SOURCE),
            own.referrer.re_extract(REFERRED_PAGE, 1).nullif(""),
            ibis.null("string"),
        ),
    )
    begun = engine.stage("begun", begun)
    halves = engine.view("halves", begun.filter(begun.page.notnull()))
    pages = hits.filter(hits.kind == "page", hits.session == NO_SESSION)
    second = pages.time.epoch_seconds()
    asked = pages.select(
        "visitor", "domain", *PLACE_KEY, second=second, last_second=second, page=address(pages)
    )
    asked = engine.stage("named_views", asked.semi_join(halves, ["domain", "page"]))
    new = halves.anti_join(_back(halves, asked), PLACE_KEY).join(addressed, "visitor")
    new = engine.stage("new_halves", new)
    views = asked.semi_join(new, ["domain", "page"]).join(addressed, "visitor")
    views = engine.view("views", views)
    continued, continuing = (
        ibis.union(*tables, distinct=True)
        for tables in zip(
            _near(views, new, (*PAGE_OF_AGENT, "network"), max_seconds),
            _near(views, new, PAGE_OF_AGENT, MAX_SECONDS_ELSEWHERE),
            strict=True,
        )
    )
    whose = ibis.union(continued.select("visitor"), continuing.select("visitor"))
    # By these `linked` knows who came back.
    theirs = halves.semi_join(whose, "visitor")
    own_views = asked.semi_join(theirs, ["visitor", "domain", "page"]).join(addressed, "visitor")
    viewed = ibis.union(continued, own_views, distinct=True)
    beginnings = begun.semi_join(whose, "visitor").join(addressed, "visitor")
    rows = (
        table.select(*begun.columns, "agent", "network", is_view=ibis.literal(flag, "int32"))
        for table, flag in ((beginnings, 0), (viewed, 1))
    )
    return ibis.union(*rows)


def _back(halves: ir.Table, views: ir.Table) -> ir.Table:
    """Return the halves of visitors who had viewed the page themselves in the 24 hours before."""
    own = halves.join(views, ["visitor", "domain", "page"], rname="{name}_of_view")
    pause = own.second - own.second_of_view
    return own.filter(pause >= 0, pause <= DAY_SECONDS)


def _near(
    views: ir.Table, halves: ir.Table, key: tuple[str, ...], seconds: int
) -> tuple[ir.Table, ir.Table]:
    """Return the views that come up to so many seconds before a half with the same key, or little
    more, and these halves."""
    # Such a view is in the same span of time, or in the one before.
    timed = views.mutate(span=views.second // seconds)
    following = halves.mutate(span=halves.second // seconds)
    before = ibis.union(following, following.mutate(span=following.span - 1))
    near = timed.semi_join(before, [*key, "span"])
    after = ibis.union(near, near.mutate(span=near.span + 1))
    return near.drop("span"), following.semi_join(after, [*key, "span"]).drop("span")


def linked(moments: pa.RecordBatch, *, max_seconds: int) -> pa.RecordBatch:
    """Return the first visit of each half, by the places of their lines (`LINKS`).

    The moments of a group come in the order of time. A beginning of a visit (`is_view` is 0) that
    names a `page` may be a half. `max_seconds` is how long before the page was viewed at most, if
    in the same `network`.
    """
    is_view = numbers_of(moments, "is_view") == 1
    if is_view.all():
        return pa.RecordBatch.from_pylist([], schema=LINKS)
    second, last_second = numbers_of(moments, "second"), numbers_of(moments, "last_second")
    before = _visits_before(moments, second, is_view, max_seconds)
    first = _firsts(_cut_at_midnight(before, second, last_second))
    joined = np.flatnonzero(first != np.arange(len(first)))
    places = {
        name: moments.column(column).take(pa.array(rows)).cast(LINKS.field(name).type)
        for names, rows in ((PLACE_KEY, joined), (FIRST, first[joined]))
        for name, column in zip(names, PLACE_KEY, strict=True)
    }
    return pa.RecordBatch.from_pydict(places, schema=LINKS)


def _visits_before(
    moments: pa.RecordBatch, second: Numbers, is_view: Flags, max_seconds: int
) -> Numbers:
    """Return for each moment the beginning of the visit that it continues, else itself."""
    names_page = moments.column("page").is_valid().to_numpy(zero_copy_only=False)
    views, halves = np.flatnonzero(is_view), np.flatnonzero(~is_view & names_page)
    group = _codes(moments, *AGENT_ON_SITE)
    page = _combined(group, _codes(moments, "page"))

    def latest(place: Numbers, within: int) -> Numbers:
        """Return for each half the latest view at the place in so many seconds, else -1."""
        return _latest(place[views], second[views], place[halves], second[halves], within)

    near = latest(_combined(page, _codes(moments, "network")), max_seconds)
    elsewhere = latest(page, MAX_SECONDS_ELSEWHERE)
    is_back = latest(_combined(page, _codes(moments, "visitor")), DAY_SECONDS) >= 0
    view = np.where(is_back, -1, np.where(near >= 0, near, elsewhere))
    has_view = view >= 0
    visit_of = _visits_of(_combined(group, _codes(moments, "visitor")), second, is_view)
    continuing, continued = halves[has_view], visit_of[views[view[has_view]]]
    # Of two halves of one second neither is known to be the earlier.
    is_earlier = (second[continued] < second[continuing]) | (
        (second[continued] == second[continuing]) & ~names_page[continued]
    )
    before = np.arange(len(second))
    before[continuing[is_earlier]] = continued[is_earlier]
    return before


def _cut_at_midnight(before: Numbers, second: Numbers, last_second: Numbers) -> Numbers:
    """Return `before` without the handovers across a midnight of visits of over 24 hours."""
    first = _firsts(before)
    until = second.copy()
    np.maximum.at(until, first, last_second)
    is_long = (until - second > DAY_SECONDS)[first]
    crosses = second // DAY_SECONDS != second[before] // DAY_SECONDS
    return np.where(is_long & crosses, np.arange(len(before)), before)


def _codes(moments: pa.RecordBatch, *names: str) -> Numbers:
    """Return a number for each combination of some columns."""
    codes: Numbers = np.zeros(moments.num_rows, np.int64)
    for name in names:
        encoded = moments.column(name).dictionary_encode("encode")
        indices: Numbers = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        codes = _combined(codes, indices)
    return codes


def _combined(first: Numbers, second: Numbers) -> Numbers:
    """Return a number for each pair, as small as can be."""
    pairs = first * (int(second.max(initial=0)) + 1) + second
    codes: Numbers = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
    return codes


def _latest(
    place: Numbers, second: Numbers, wanted: Numbers, until: Numbers, within: int
) -> Numbers:
    """Return where the latest view is whose place is wanted, `within` seconds before, else -1."""
    if not len(place) or not len(wanted):
        return np.full(len(wanted), -1)
    begin = min(int(second.min()), int(until.min()))
    span = max(int(second.max()), int(until.max())) - begin + 1
    order = np.argsort(place * span + second - begin, kind="stable")
    keys = (place * span + second - begin)[order]
    last = np.searchsorted(keys, wanted * span + until - begin, "right") - 1
    latest = order[np.maximum(last, 0)]
    fits = (last >= 0) & (place[latest] == wanted) & (until - second[latest] <= within)
    return np.where(fits, latest, -1)


def _visits_of(whose: Numbers, second: Numbers, is_view: Flags) -> Numbers:
    """Return for each view the beginning of its visit: the latest of the same visitor."""
    beginnings = np.flatnonzero(~is_view)
    latest = _latest(
        whose[beginnings], second[beginnings], whose, second, int(second.max() - second.min())
    )
    return beginnings[latest]


def _firsts(before: Numbers) -> Numbers:
    """Return the first of each chain of visits."""
    while not np.array_equal(before, further := before[before]):
        before = further
    return before
