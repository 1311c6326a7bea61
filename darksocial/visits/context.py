"""Context: what else happened on the same page around a visit (shares, strangers, fetches ...).

Signals look at one visit, but most of what distinguishes the causes happened beside it. It is
counted over the visits and share events of one page in the order of time (surroundings.py). Nothing
joins visits with shares or with each other, so the cost is that of sorting.
"""

from collections.abc import Mapping
from functools import partial

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir, parameter
from darksocial.schema import ARRIVAL, CONTINUED
from darksocial.settings import Model
from darksocial.visits.beginnings import arrivals_alone
from darksocial.visits.conditions import came_direct, is_direct, likely_bot
from darksocial.visits.hits import PLACE_KEY
from darksocial.visits.mailings import SLOT_SECONDS, look_up_mailings
from darksocial.visits.moments import moments_on_pages
from darksocial.visits.nearby import Condition, Nearby, flags_of, windows_of
from darksocial.visits.surroundings import (
    BACKGROUND_SECONDS,
    BEFORE_SECONDS,
    DIRECT,
    MIXED_PART,
    MOMENT_ORDER,
    PAGE_COLUMNS,
    RESPONSE,
    SOON_PART,
    SOON_SECONDS,
    seconds_in,
    surroundings,
)

# Direct visits that a share brings, before the site's own shares are counted: assumed. The
# assumption counts as much as so many shares.
CLICKS_PER_SHARE = 1.5
PRIOR_SHARES = 20.0
# The site's clicks for each share count as so many shares of each page. Assumed.
PRIOR_SHARES_OF_PAGE = 20.0
# A link that travels through many groups brings hundreds, which says nothing about shares of other
# pages: a simulated site with one such day was given 1.8 times its dark visits. Of the 20 clicks of
# a large group half come so soon; assumed.
MOST_SOON = 10
VISIT_KEY = PLACE_KEY
# The privacy of what an AI assistant fetched, among share events.
ASKED = "asked"
# What is counted here, whatever signals ask for.
CONTEXT_COUNTS = {DIRECT: Nearby(came_direct, BACKGROUND_SECONDS, others=True)}
# Visitors who come by one tagged link within so many seconds came together: assumed.
TOGETHER_SECONDS = 600
# How often a share precedes a dark visit is assumed to be half, which counts as so many visits.
PRIOR_COVERED_VISITS = 8.0
# A visitor with more visits a day is many people behind one address: assumed.
MAX_VISITS_PER_DAY = 6
# A visit is covered if the clicks expected from shares are at least this part of the page's other
# direct visits.
MIN_COVERING_ODDS = 0.05
# A page's direct visits without shares are at least this part of all, and never fewer than this
# many in the window: shares are not taken to explain everything.
MIN_BACKGROUND_PART = 0.3
MIN_BACKGROUND_VISITS = 0.3


def with_context(
    engine: Engine,
    visits: ir.Table,
    events: ir.Table,
    fetches: ir.Table,
    model: Model,
    nearby: Mapping[str, Nearby],
) -> ir.Table:
    """Return the visits with what happened around them on their landing page.

    Those that are no arrival have no channel in it (beginnings.py), and none counts likely bots.
    `fetches` are those by AI assistants (assistants.py). `nearby` says what else is counted, by the
    name of its column; NAME_recorded is whether the input shows any of it. Also added are:
    `asked_before` (fetches of the page by assistants in the minutes before), `asked_recorded`
    (whether the input shows any), `shares_expected` (expected clicks a second from
    earlier shares of the page), `direct_expected` (direct visits a second that the page has without
    them), `share_app` (app of the latest share in two days), `page_age` (seconds since the page was
    first visited), `page_new` (seconds from the input's first visit to the page's), `shares_cover`
    (how often a share preceded visits that are known to be dark), `shares_recorded` (whether
    the input shows any share), `subscriber` (the visitor came from a mailing before), `crowded`
    (many people behind one address), `page_direct` and `page_returns` (direct visits to the page in
    the whole input, and those of them by people who had viewed it before), and `mailing` (a mailing
    had just been sent, if the owner gives sending times).
    """
    visits = arrivals_alone(visits)
    # What was shared with an id explains the visits with that id alone (model/clicks.py).
    untracked = events.filter(events.tracked_id.isnull())
    counted = {**CONTEXT_COUNTS, **nearby}
    flags = flags_of(counted)
    beside = _beside(untracked, fetches)
    moments = engine.stage("moments", _moments(visits, beside, flags))
    count = partial(surroundings, windows=windows_of(counted))
    around = engine.look_up_groups("around", moments, PAGE_COLUMNS, MOMENT_ORDER, count)
    clicks = parameter("clicks", clicks_per_share(engine, around), "float64")
    near = around.filter(around.is_visit == 1)
    here = _clicks_on_page(near, clicks)
    near = near.mutate(
        shares_expected=near.share_rate * here,
        direct_expected=_background(near.direct_near, near.shares_near * here),
    ).drop("is_visit", "mixed", "asked")
    # Views hold the numbers that differ from site to site: what follows is compiled beforehand.
    near = engine.view("around_visits", near)
    links = engine.stage("links", _links(visits, events))
    copied = links.mutate(**_copies(links, clicks))
    copied = engine.stage("copies", copied.filter(copied.is_visit == 1))
    copied = copied.select(*VISIT_KEY, *_COPY_FEATURES)
    recorded = {name: window.flag for name, window in windows_of(counted).items()}
    shown, begins = _of_input(engine, moments, recorded)
    cover, same_host = _cover(visits, near)
    joined = (
        visits.join(near, VISIT_KEY)
        .left_join(copied, VISIT_KEY)
        .join(_by_visitor(visits), "visitor")
    )
    joined = joined.join(cover, same_host)
    placed = joined.select(
        *visits.columns,
        *(name for name in near.columns if name not in VISIT_KEY),
        *_COPY_FEATURES,
        subscriber=(joined.first_email < joined.started_at.epoch_seconds()).fill_null(False),
        crowded=joined.visits_of > MAX_VISITS_PER_DAY * (joined.days + 1),
        shares_cover=joined.shares_cover,
    )
    placed = engine.view("surrounded", placed)
    placed = placed.mutate(page_new=placed.first_at - begins, **shown)
    return engine.view("placed", _with_mailing(engine, placed, model))


def _clicks_on_page(visits: ir.Table, clicks: ir.NumericValue) -> ir.Value:
    """Return how many direct visits a share of the visit's page brings, given those that a share of
    the site brings."""
    brought = ibis.greatest(visits.page_clicks, 0.0)
    prior = PRIOR_SHARES_OF_PAGE
    return (clicks * prior + brought) / (prior + visits.page_shares)


def _background(visits: ir.Value, clicks: ir.Value) -> ir.Value:
    """Return how many visits a second a page has without shares.

    They are the visits nearby without the clicks among them, but never fewer than a part of them,
    nor than nearly none.
    """
    left = ibis.greatest(visits - clicks, visits * MIN_BACKGROUND_PART, MIN_BACKGROUND_VISITS)
    return left / (2.0 * BACKGROUND_SECONDS)


_COPY_FEATURES = (
    "copy_expected",
    "campaign_expected",
    "id_seen",
    "own_link",
    "campaign_age",
    "campaign_near",
)
# The added columns that are still needed after the signals have looked at a visit.
COLUMNS_FOR_APPS = (
    "share_rate",
    "shares_expected",
    "direct_expected",
    "share_app",
    "copy_expected",
    "campaign_expected",
)


def _with_mailing(engine: Engine, visits: ir.Table, model: Model) -> ir.Table:
    """Add `mailing`: what the sending times say of a visit's moment (mailings.py)."""
    if not model.newsletter:
        return visits.mutate(mailing=ibis.null("string"))
    timed = visits.mutate(slot=visits.started_at.epoch_seconds() // SLOT_SECONDS)
    keys = timed.select("slot").distinct()
    mailings = engine.look_up("mailings", keys, partial(look_up_mailings, model=model))
    return timed.join(mailings, "slot").drop("slot")


def _by_visitor(visits: ir.Table) -> ir.Table:
    """Return one row a visitor: how many visits, in how many days, and the first by mail."""
    second = visits.started_at.epoch_seconds()
    return visits.group_by("visitor").agg(
        visits_of=(visits.began != CONTINUED).sum(),
        days=(second.max() - second.min()) / 86400.0,
        first_email=second.min(where=visits.channel_before == "Email"),
    )


def _cover(visits: ir.Table, near: ir.Table) -> tuple[ir.Table, ir.BooleanValue]:
    """Return `shares_cover` by site: how often a share preceded visits that are known to be dark.

    Those are the visits in a messenger's own browser or from its web client. The second value is
    the condition that a visit is of a row's site.
    """
    joined = visits.join(near, VISIT_KEY)
    is_dark = (joined.in_app_kind == "private") | (joined.referrer_kind == "messenger")
    is_dark = is_dark & (joined.began == ARRIVAL) & joined.share_id.isnull()
    covered = joined.shares_expected >= MIN_COVERING_ODDS * joined.direct_expected
    by_site = joined.group_by(host=joined.site.fill_null("")).agg(
        dark=is_dark.fill_null(False).sum(), covered=(is_dark & covered).fill_null(False).sum()
    )
    cover = (by_site.covered + PRIOR_COVERED_VISITS / 2) / (by_site.dark + PRIOR_COVERED_VISITS)
    cover = by_site.select("host", shares_cover=cover)
    return cover, visits.site.fill_null("") == cover.host


def _beside(events: ir.Table, fetches: ir.Table) -> ir.Table:
    """Return share events and the fetches of assistants, which have the privacy `ASKED`."""
    shared = events.select("site", "path", "time", "app", "privacy")
    asked = fetches.select(
        "site", "path", "time", app=ibis.null("string"), privacy=ibis.literal(ASKED)
    )
    return shared.union(asked)


def _moments(visits: ir.Table, events: ir.Table, flags: Mapping[str, Condition]) -> ir.Table:
    """Return visits, share events and the fetches of assistants as one table of moments on a page,
    with each flag's column."""

    def flag(condition: ir.BooleanValue) -> ir.Value:
        return condition.fill_null(False).ifelse(1, 0)

    # Visits that an id explains say nothing of those around them.
    is_untracked = visits.share_id.isnull()
    of_visits = {
        **{name: visits[name] for name in VISIT_KEY},
        "app": ibis.null("string"),
        "is_visit": ibis.literal(1),
        "private": ibis.literal(0),
        "mixed": ibis.literal(0),
        "asked": ibis.literal(0),
        "booked_direct": flag(is_direct(visits) & is_untracked),
        "came_back": flag(is_direct(visits) & visits.seen_before),
        **{
            name: flag(which(visits) & ~likely_bot(visits) & is_untracked)
            for name, which in flags.items()
        },
    }
    of_events = {
        "app": events.app,
        "is_visit": ibis.literal(0),
        "private": flag(events.privacy == "private"),
        "mixed": flag(events.privacy == "mixed"),
        "asked": flag(events.privacy == ASKED),
        **dict.fromkeys(("booked_direct", "came_back", *flags), ibis.literal(0)),
    }
    return moments_on_pages(visits, events, of_visits, of_events)


def _links(visits: ir.Table, events: ir.Table) -> ir.Table:
    """Return visits with a campaign's tag or a click id, and share events of the same address."""
    tagged = visits.filter(visits.utm_source.notnull() | visits.click_id.notnull())
    linked = tagged.select(
        site=tagged.site.fill_null(""),
        path=tagged.landing_path.fill_null(""),
        query=tagged.landing_query.fill_null(""),
    ).distinct()
    same = events.filter(events.query.notnull()).semi_join(linked, ["site", "path", "query"])
    of_visits = {
        **{name: tagged[name] for name in VISIT_KEY},
        "query": tagged.landing_query.fill_null(""),
        "is_visit": ibis.literal(1),
        "share": ibis.literal(0.0),
        "visitor": tagged.visitor,
        "new": tagged.new_visitor.ifelse(1, 0),
    }
    of_events = {
        "query": same.query,
        "is_visit": ibis.literal(0),
        "share": ibis.ifelse(same.privacy == "mixed", MIXED_PART, 1.0),
        "new": ibis.literal(0),
    }
    return moments_on_pages(tagged, same, of_visits, of_events)


def _copies(links: ir.Table, clicks: ir.NumericValue) -> dict[str, ir.Value]:
    """Return how a tagged link came to a visit: the campaign's own rate against that of copies."""
    link = [links.site, links.page, links.query]
    order = links.second

    def around(column: ir.Column, before: int, after: int) -> ir.Value:
        window = ibis.window(group_by=link, order_by=order, range=(-before, after))
        return column.sum().over(window).fill_null(0)

    def earlier(first: int, last: int) -> ir.Value:
        window = ibis.window(group_by=link, order_by=order, range=(-last, -first))
        return links.share.sum().over(window).fill_null(0)

    copies = sum(
        earlier(first, last) * (clicks * part / (last - first + 1))
        for first, last, part in RESPONSE
    )
    shares = around(links.share, BACKGROUND_SECONDS, BACKGROUND_SECONDS) * clicks
    visits = around(links.is_visit, BACKGROUND_SECONDS, BACKGROUND_SECONDS) - links.is_visit
    mine = ibis.window(group_by=link)
    first_seen = ibis.ifelse(links.is_visit == 1, links.second, ibis.null("int64")).min().over(mine)
    own_first = links.second.min().over(group_by=[*link, links.visitor])
    return {
        "copy_expected": copies,
        "campaign_expected": _background(visits, shares),
        "id_seen": own_first > first_seen,
        "own_link": links.second > own_first,
        "campaign_age": links.second - first_seen,
        "campaign_near": around(links.new, TOGETHER_SECONDS, TOGETHER_SECONDS) - links.new,
    }


def _of_input(
    engine: Engine, moments: ir.Table, flags: Mapping[str, str]
) -> tuple[dict[str, ir.Value], ir.Value]:
    """Return what the whole input shows of each count, and when it begins (seconds since 1970)."""
    shown = {flag: moments[flag].max() for flag in flags.values()}
    shown = {"asked": moments.asked.max(), **shown}
    shares = ((moments.is_visit == 0) & (moments.asked == 0)).any()
    counted = moments.agg(begins=moments.second.min(), shares=shares, **shown)
    row = engine.fetch(counted, "context recorded").to_pylist()[0]
    any_of = {
        "shares": row["shares"],
        "asked": row["asked"],
        **{name: row[flag] for name, flag in flags.items()},
    }
    columns = {f"{name}_recorded": bool(value) for name, value in any_of.items()}
    recorded: dict[str, ir.Value] = {
        column: parameter(column, is_recorded, "boolean") for column, is_recorded in columns.items()
    }
    return recorded, parameter("begins", row["begins"] or 0, "int64")


def clicks_per_share(engine: Engine, around: ir.Table) -> float:
    """Return how many direct visits a share brings here: those after it beyond those before it.

    The direct visits of a share's page are counted in the ten minutes after it, in which half of
    its clicks come by the response curve, less those in as long a time before: at most `MOST_SOON`
    for each share, more or fewer. `CLICKS_PER_SHARE` counts as `PRIOR_SHARES` shares beside those
    that the input has.
    """
    soon, before = seconds_in(SOON_SECONDS), seconds_in(BEFORE_SECONDS)
    shares = around.filter(around.is_visit == 0, around.asked == 0)
    # In whole numbers, whose sums do not depend on the order of their parts.
    beyond_before = shares.direct_after * before - shares.direct_before * soon
    most = MOST_SOON * before
    counted = shares.group_by("mixed").agg(
        n=shares.count(), beyond=beyond_before.clip(-most, most).sum()
    )
    weighed_shares = beyond = 0.0
    for row in engine.fetch(counted.order_by("mixed"), "mixed waves").to_pylist():
        weight = MIXED_PART if row["mixed"] else 1.0
        weighed_shares += weight * row["n"]
        beyond += weight * row["beyond"] / before
    brought = max(0.0, beyond) / SOON_PART
    return (CLICKS_PER_SHARE * PRIOR_SHARES + brought) / (PRIOR_SHARES + weighed_shares)
