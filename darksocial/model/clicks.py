"""The visits that followed each share: expected clicks, conversions, and who shared again.

A visit's probability of dark social is divided among the shares of its page that came before it,
each in proportion to the response curve (surroundings.py); what no share explains goes to none. It
is read off windows over the page's visits in the order of time.
"""

import ibis
import ibis.expr.types as ir

from darksocial.engines import Engine
from darksocial.visits.context import CLICKS_PER_SHARE
from darksocial.visits.surroundings import MIXED_PART, RESPONSE

UNSEEN_ODDS = 0.15
"""Odds of dark social on a deep page without a share that was seen: assumed."""
LIKELY = 0.3
DECIMALS = 9
"""Beyond these an engine's sums depend on the order in which it adds."""
LAST = RESPONSE[-1][1]


def with_clicks(engine: Engine, events: ir.Table, visits: ir.Table) -> ir.Table:
    """Return the share events with `clicks`, `conversions`, `first_click_at`, `last_click_at` and
    `reshared` (the probability that the sharer had come by a private link)."""
    moments = engine.stage("share_moments", _moments(events, visits))
    page = [moments.site, moments.page]

    def after(column: ir.Column) -> ir.Value:
        parts = [
            column.sum()
            .over(ibis.window(group_by=page, order_by=moments.second, range=(first, last)))
            .fill_null(0.0)
            * (CLICKS_PER_SHARE * part / (last - first + 1))
            for first, last, part in RESPONSE
        ]
        return sum(parts[1:], parts[0])

    later = ibis.window(group_by=page, order_by=moments.second, range=(RESPONSE[0][0], LAST))
    counted = moments.mutate(
        clicks=(after(moments.density) * moments.weight).round(DECIMALS),
        conversions=(after(moments.converted) * moments.weight).round(DECIMALS),
        first_click_at=moments.clicked_at.min().over(later),
        last_click_at=moments.clicked_at.max().over(later),
    )
    counted = counted.filter(counted.share.notnull()).select(
        "share", "clicks", "conversions", "first_click_at", "last_click_at"
    )
    joined = events.join(counted, "share")
    again = _reshared(events, visits)
    joined = joined.left_join(again, "share").drop("share_right")
    return engine.stage("shares", joined)


def _moments(events: ir.Table, visits: ir.Table) -> ir.Table:
    odds = visits.shares_expected / visits.direct_expected
    explained = odds / (odds + UNSEEN_ODDS)
    density = visits.p_dark_social * explained / visits.shares_expected
    followed = visits.filter(visits.channel_before == "Direct", visits.shares_expected > 0)
    likely = ibis.ifelse(followed.p_dark_social >= LIKELY, followed.started_at, None)
    seen = followed.select(
        site=followed.site.fill_null(""),
        page=followed.landing_path.fill_null(""),
        second=followed.started_at.epoch_seconds(),
        density=density,
        converted=density * followed.conversions.fill_null(0),
        clicked_at=likely,
        share=ibis.null("int64"),
        weight=ibis.literal(0.0),
    )
    shared = events.select(
        site=events.site,
        page=events.path,
        second=events.time.epoch_seconds(),
        density=ibis.literal(0.0),
        converted=ibis.literal(0.0),
        clicked_at=ibis.null(seen.clicked_at.type()),
        share=events.share,
        weight=ibis.ifelse(events.privacy == "mixed", MIXED_PART, 1.0),
    )
    casts = {name: seen[name].type() for name in seen.columns}
    return seen.union(shared.select(*(shared[n].cast(t).name(n) for n, t in casts.items())))


def _reshared(events: ir.Table, visits: ir.Table) -> ir.Table:
    """How the sharer had come to the page: the probability of dark social of that visit."""
    known = events.filter(events.sharer.notnull()).select(
        "share", visitor=events.sharer, landing_path=events.path, shared_at=events.time
    )
    came = visits.select("visitor", "landing_path", "started_at", "p_dark_social")
    joined = known.join(came, ["visitor", "landing_path"])
    joined = joined.filter(joined.started_at <= joined.shared_at)
    return joined.group_by("share").agg(reshared=joined.p_dark_social.max())
