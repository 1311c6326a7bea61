"""What followed each share: expected clicks, conversions, and whether the sharer had come by one.

A visit's probability of dark social is divided among the shares of its page that came before it,
each in proportion to the response curve (surroundings.py); what no share explains is given to
none. It is computed in windows over the page's visits in the order of time.
"""

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.tracking.share_id import INFERRED, PREVIEWED, TRACKED
from darksocial.visits.conditions import arrived_direct, probability_of_person
from darksocial.visits.moments import moments_on_pages
from darksocial.visits.share_ids import ShareIds
from darksocial.visits.surroundings import MIXED_PART, RESPONSE

# Odds of dark social on a deep page without any recorded share: assumed.
ODDS_WITHOUT_SHARE = 0.15
# Visits that are less likely dark do not count as the first or the last click.
MIN_CLICK_PROBABILITY = 0.3
# Beyond these decimals an engine's sums depend on the order in which it adds.
CLICK_DECIMALS = 9


def with_clicks(engine: Engine, events: ir.Table, visits: ir.Table, ids: ShareIds) -> ir.Table:
    """Return the share events with what followed each.

    Added are `clicks`, `conversions`, `first_click_at`, `last_click_at`, `reshared`, the
    probability that the sharer had come by a private link, and for those with an id `parent`,
    `minted_at`, `new_visitors` and, for all, `confidence`.
    """
    untracked = visits.filter(visits.share_id.isnull())
    moments = engine.stage("share_moments", _moments(events, untracked))
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
    return engine.stage("shares", _by_ids(engine, joined, visits, ids))


def _by_ids(engine: Engine, shares: ir.Table, visits: ir.Table, ids: ShareIds) -> ir.Table:
    """Return the shares, those with an id with the visits that carried it, and its parent.

    Of an id that several previews carried, each has an equal part of the clicks.
    """
    if not ids.has_any:
        return shares.mutate(
            parent=ibis.null("string"),
            minted_at=ibis.null("timestamp('UTC', 6)"),
            new_visitors=ibis.null("int64"),
            confidence=ibis.literal(INFERRED),
        )
    carried = visits.filter(visits.share_id.notnull())
    persons = carried.weight * probability_of_person(carried)
    came = engine.stage(
        "clicks_by_id",
        carried.group_by(tracked_id=carried.share_id, root=carried.share_root).agg(
            came=persons.sum(),
            converted=(persons * carried.conversions.fill_null(0)).sum(),
            first_at=carried.started_at.min(),
            last_at=carried.started_at.max(),
            came_new=carried.new_visitor.sum(),
        ),
    )
    key = ["tracked_id", "root"]
    joined = shares.left_join(came, key).drop("tracked_id_right", "root_right")
    joined = ids.with_parents(joined, "tracked_id", "root", "generation", "parent")
    of_id = ibis.window(group_by=[joined.tracked_id, joined.root])
    previews = joined.share.count().over(of_id)
    is_tracked = joined.tracked_id.notnull()

    def by_id(measured: ir.Value, inferred: ir.Value) -> ir.Value:
        return ibis.ifelse(is_tracked, measured, inferred)

    return joined.mutate(
        clicks=by_id((joined.came.fill_null(0.0) / previews).round(CLICK_DECIMALS), joined.clicks),
        conversions=by_id(
            (joined.converted.fill_null(0.0) / previews).round(CLICK_DECIMALS), joined.conversions
        ),
        first_click_at=by_id(joined.first_at, joined.first_click_at),
        last_click_at=by_id(joined.last_at, joined.last_click_at),
        new_visitors=by_id(joined.came_new.fill_null(0), ibis.null("int64")),
        minted_at=by_id(
            ibis.least(joined.time.min().over(of_id), joined.first_at.fill_null(joined.time)),
            ibis.null("timestamp('UTC', 6)"),
        ),
        confidence=ibis.cases(
            (is_tracked & (joined.came > 0), TRACKED), (is_tracked, PREVIEWED), else_=INFERRED
        ),
    ).drop("came", "converted", "first_at", "last_at", "came_new")


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
