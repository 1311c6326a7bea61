"""Where sessions begin and end: hits to stretches of the clock, and stretches to sessions.

- A pause over `session_timeout` (30 minutes) ends a session, whatever the referrer of the next hit,
  and midnight does not: https://support.google.com/analytics/answer/12798876
- A session lasts 24 hours at most. Activity that goes on for longer without a pause, such as that
  of a page that plays music, is cut at each midnight (UTC). So a day needs no hits but those of the
  day before and the day after to know its sessions, and a nightly store counts as one run does.
- The sessions that an export gives keep their bounds.
"""

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir

DAY_SECONDS = 86_400
# The session of hits that have none of an export: they are cut by their pauses.
NO_SESSION = -1
VISITOR_KEY = ("visitor", "domain", "session")
NUMBERED_KEY = (*VISITOR_KEY, "number")


def stretches(hits: ir.Table, timeout_minutes: int) -> ir.Table:
    """Sum up each visitor's hits by stretches of the clock, as long as the timeout of a session.

    No session ends within a stretch, so only stretches must be put in order, not hits.
    """
    page = hits.kind == "page"
    sums = hits.weight.notnull()
    second = hits.time.epoch_seconds()
    return hits.group_by(
        *VISITOR_KEY, day=second // DAY_SECONDS, stretch=second // (timeout_minutes * 60)
    ).agg(
        first_at=hits.time.min(),
        last_at=hits.last_at.max(),
        page_at=hits.time.min(where=page),
        pages=(page & ~sums).sum(),
        pageviews=hits.pageviews.max(),
        conversions=hits.conversions.sum(),
        revenue=hits.revenue.sum(),
    )


def sessions_of(engine: Engine, stretches: ir.Table, timeout_minutes: int) -> ir.Table:
    """Return one row a session with a page view: when it was, and what was done in it.

    `goes_on` says that it is a part after the first of activity that was cut at midnight. A visitor
    has one first session at each domain, even where an export has several that began together.
    """
    cut = _cut_at_midnight(engine.stage("numbered", _numbered(stretches, timeout_minutes)))
    summed = cut.group_by(*NUMBERED_KEY, "part").agg(
        started_at=cut.page_at.min(),
        ended_at=cut.last_at.max(),
        pageviews=ibis.coalesce(cut.pageviews.max(), cut.pages.sum().nullif(0)),
        conversions=cut.conversions.sum().round().cast("int64"),
        revenue=cut.revenue.sum(),
        goes_on=cut.goes_on.any(),
    )
    viewed = summed.filter(summed.started_at.notnull())
    place = ibis.row_number().over(
        group_by=[viewed.visitor, viewed.domain],
        order_by=[viewed.started_at, viewed.session],
    )
    return viewed.mutate(new_visitor=place == 0).drop("number", "part")


def _numbered(stretches: ir.Table, timeout_minutes: int) -> ir.Table:
    """Number each visitor's sessions: a pause starts a new one."""
    mine = [stretches[name] for name in VISITOR_KEY]
    before = ibis.window(group_by=mine, order_by=stretches.first_at)
    last_at = stretches.last_at.lag().over(before)
    pause = stretches.first_at.epoch_seconds() - last_at.epoch_seconds()
    is_own = stretches.session == NO_SESSION  # and not one that an export gives
    starts = ((pause > timeout_minutes * 60) & is_own).fill_null(False)
    marked = stretches.mutate(starts=starts.ifelse(1, 0))
    so_far = ibis.window(
        group_by=[marked[name] for name in VISITOR_KEY],
        order_by=marked.first_at,
        rows=(None, 0),
    )
    return marked.mutate(number=marked.starts.sum().over(so_far))


def _cut_at_midnight(numbered: ir.Table) -> ir.Table:
    """Add `part`, the day of a part of a session over 24 hours (else 0), and `goes_on`."""
    own = numbered.filter(numbered.session == NO_SESSION)
    summed = own.group_by(*NUMBERED_KEY).agg(
        first_at=own.first_at.min().epoch_seconds(), last_at=own.last_at.max().epoch_seconds()
    )
    is_long = summed.last_at - summed.first_at > DAY_SECONDS
    # Few are: a join with these is a third of the work of windows over all.
    first_days = summed.filter(is_long).mutate(first_day=summed.first_at // DAY_SECONDS)
    joined = numbered.left_join(
        first_days.select(*NUMBERED_KEY, "first_day"), NUMBERED_KEY, rname="{name}_of_long"
    )
    return joined.select(
        *numbered.columns,
        part=ibis.ifelse(joined.first_day.notnull(), joined.day, 0),
        goes_on=(joined.day > joined.first_day).fill_null(False),
    )
