"""How visits began, and the source of those that are no arrival.

| began | rule |
| --- | --- |
| arrival | from outside, without a referrer, or by a tag that names a source |
| continued | from the site itself or an excluded referrer, after a pause; or cut at midnight |
| not_logged | the same, where no arrival of the visitor is known |

That arrival came from another address, or is in an earlier log.

A continued visit inherits source, medium and channel of the visitor's last arrival. GA4 does so as
well: it passes over a session that is direct while the visitor has an earlier source.
"""

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.lookups.channels import DIRECT_SOURCE
from darksocial.schema import ARRIVAL, CONTINUED, NOT_LOGGED
from darksocial.visits.hits import PLACE_KEY
from darksocial.visits.latest import with_latest

INHERITED = ("channel_before", "source_before", "medium_before")


def arrivals_alone(visits: ir.Table) -> ir.Table:
    """Return visits in which those that are no arrival have no channel.

    So no signal counts them: nobody opened a link at that moment, and an inherited channel says
    nothing of the page and the time.
    """
    channel = ibis.ifelse(visits.began == ARRIVAL, visits.channel_before, ibis.null("string"))
    return visits.mutate(channel_before=channel)


def with_beginnings(engine: Engine, visits: ir.Table, landed: ir.Table) -> ir.Table:
    """Add `began` to visits, whose `INHERITED` columns are those of their own landing hit.

    They have `domain`, `continues` and `goes_on` (bounds.py), and so has `landed`: the visits
    before anything was looked up.
    """
    going_on = landed.filter(landed.continues).select("visitor").distinct()
    some = engine.stage("beginnings", _beginnings(visits.semi_join(going_on, "visitor")))
    joined = visits.left_join(some, PLACE_KEY, rname="{name}_right")
    began = joined.began.fill_null(ARRIVAL)
    return joined.mutate(
        began=began,
        new_visitor=joined.new_visitor & (began != NOT_LOGGED),
        **{name: ibis.coalesce(joined[f"{name}_inherited"], joined[name]) for name in INHERITED},
    ).select(*visits.columns, "began")


def _beginnings(visits: ir.Table) -> ir.Table:
    """Return how each visit of some visitors began, and what it inherits, by `PLACE_KEY`."""
    from_outside = ~visits.continues | (visits.source_before != DIRECT_SOURCE)
    marked = visits.mutate(arrives=from_outside & ~visits.goes_on)
    inheriting = with_latest(
        marked, marked.arrives, ("visitor", "domain"), ("started_at", "line"), INHERITED
    )
    began = ibis.cases(
        (inheriting.arrives, ARRIVAL), (inheriting.sources > 0, CONTINUED), else_=NOT_LOGGED
    )
    inherited = {f"{name}_inherited": inheriting[f"latest_{name}"] for name in INHERITED}
    return inheriting.select(*PLACE_KEY, began=began, **inherited)
