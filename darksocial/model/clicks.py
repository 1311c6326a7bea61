"""What followed each share: expected clicks, conversions, and whether the sharer had come by one.

A visit's probability of dark social is divided among the shares of its page that came before it,
each in proportion to the response curve (surroundings.py); what no share explains is given to
none. It is computed in windows over the page's visits in the order of time.
"""

import ibis
import ibis.expr.types as ir

from darksocial.engines import Engine
from darksocial.visits.conditions import arrived_direct
from darksocial.visits.moments import moments_on_pages
from darksocial.visits.surroundings import MIXED_PART, RESPONSE

# Odds of dark social on a deep page without any recorded share: assumed.
ODDS_WITHOUT_SHARE = 0.15
# Visits that are less likely dark do not count as the first or the last click.
MIN_CLICK_PROBABILITY = 0.3
# Beyond these decimals an engine's sums depend on the order in which it adds.
CLICK_DECIMALS = 9


def with_clicks(engine: Engine, events: ir.Table, visits: ir.Table) -> ir.Table:
    """Return the share events with what followed each.

    Added are `clicks`, `conversions`, `first_click_at`, `last_click_at` and `reshared`, the
    probability that the sharer had come by a private link.
    """
    moments = engine.stage("share_moments", _moments(events, visits))
    page = [moments.site, moments.page]

    def after(column: ir.Column) -> ir.Value:
        parts = [
            column.sum()
            .over(ibis.window(group_by=page, order_by=moments.second, range=(first, last)))
            .fill_null(0.0)
            * (part / (last - first + 1))
            for first, last, part in RESPONSE
        ]
        return sum(parts[1:], parts[0])

    later = ibis.window(
        group_by=page, order_by=moments.second, range=(RESPONSE[0][0], RESPONSE[-1][1])
    )
    counted = moments.mutate(
        clicks=(after(moments.density) * moments.weight).round(CLICK_DECIMALS),
        conversions=(after(moments.converted) * moments.weight).round(CLICK_DECIMALS),
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
    """Return visits and share events as one table of moments on a page."""
    odds = visits.shares_expected / visits.direct_expected
    explained = odds / (odds + ODDS_WITHOUT_SHARE)
    density = visits.p_dark_social * explained / visits.share_rate
    followed = visits.filter(arrived_direct(visits), visits.shares_expected > 0)
    likely = ibis.ifelse(followed.p_dark_social >= MIN_CLICK_PROBABILITY, followed.started_at, None)
    of_visits = {
        "density": density,
        "converted": density * followed.conversions.fill_null(0),
        "clicked_at": likely,
        "share": ibis.null("int64"),
        "weight": ibis.literal(0.0),
    }
    of_events = {
        "density": ibis.literal(0.0),
        "converted": ibis.literal(0.0),
        "share": events.share,
        "weight": ibis.ifelse(events.privacy == "mixed", MIXED_PART, 1.0),
    }
    return moments_on_pages(followed, events, of_visits, of_events)


def _reshared(events: ir.Table, visits: ir.Table) -> ir.Table:
    """Return how likely each sharer had come to the page by a private link."""
    sharers = events.filter(events.sharer.notnull()).select(
        "share", visitor=events.sharer, landing_path=events.path, shared_at=events.time
    )
    came = visits.select("visitor", "landing_path", "started_at", "p_dark_social")
    joined = sharers.join(came, ["visitor", "landing_path"])
    joined = joined.filter(joined.started_at <= joined.shared_at)
    return joined.group_by("share").agg(reshared=joined.p_dark_social.max())
