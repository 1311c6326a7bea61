"""Hits to sessions: one row for each visit of a person, as GA4 would count it.

- Where a session begins and ends is in bounds.py, which of its hits is the landing in landings.py,
  and what its beginning was in beginnings.py.
- Only page views make a session; the other kinds of activity (lookups/request_kinds.py) prolong
  one. What an open tab loads by itself is neither (refreshes.py).
- A server's sites (hosts by registrable domain) have sessions of their own.
- The result does not depend on the order of files.
"""

from dataclasses import dataclass

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.lookups.batches import look_up_arrivals, look_up_landings
from darksocial.lookups.channels import (
    AI_CHANNEL,
    DIRECT_SOURCE,
    NOT_SET,
    UNASSIGNED,
    recorded_channels,
)
from darksocial.lookups.request_kinds import ACTIVITY
from darksocial.privacy.identifiers import NOTHING_KEPT, Privacy
from darksocial.visits.beginnings import INHERITED, with_beginnings
from darksocial.visits.bounds import NO_SESSION, sessions_of, stretches
from darksocial.visits.conditions import is_person
from darksocial.visits.existence import before_assistants
from darksocial.visits.handovers import handed_over
from darksocial.visits.hits import PLACE_KEY
from darksocial.visits.kept_campaigns import without_kept
from darksocial.visits.landings import first_views, with_landing
from darksocial.visits.refreshes import without_refreshes
from darksocial.visits.sites import Sites

# By these a visit's source is looked up.
ARRIVAL_KEY = ("arrival_referrer", "arrival_query", "recorded_source", "recorded_medium")
# What another visit that is part of it adds to a visit, or how it began says otherwise.
CHANGED_BY_BEGINNING = ("ended_at", "pageviews", "conversions", "revenue", "new_visitor")


@dataclass(frozen=True, slots=True)
class SessionRules:
    """How hits become sessions.

    `excluded_referrers`: hosts whose referrals continue a session, such as payment providers.
    `privacy`: whether visits have `client_ip` and `user_agent`.
    """

    timeout_minutes: int = 30
    excluded_referrers: tuple[str, ...] = ()
    privacy: Privacy = NOTHING_KEPT


def visits(
    engine: Engine,
    requests: ir.Table,
    visitors: ir.Table,
    files: ir.Table,
    sites: Sites,
    rules: SessionRules,
) -> ir.Table:
    """Return one row a session, with all that signals look at.

    Beside the columns of the sessions contract up to `weight` there are `visitor` (a number),
    `records_referrer`, `records_agent`, `continues` (landed from the site itself or from an
    excluded referrer, or went on from the visit before), `seen_before` (the visitor had viewed the
    landing page earlier), `landing_kind`, `in_app_kind`, `referrer_kind`, `referrer_app`,
    `click_id_network`, `loading` (loading.py; null where the row is no log's) and what GA4 books
    (`channel_before`, `source_before`, `medium_before`).
    """
    activity = engine.view("activity", _hits(requests, sites, rules))
    hits = engine.view("hits", without_refreshes(engine, activity))
    people = visitors.filter(is_person(visitors))
    timeout = rules.timeout_minutes
    summed = engine.stage("stretches", stretches(hits, timeout).semi_join(people, "visitor"))
    sessions = engine.stage("sessions", sessions_of(engine, summed, timeout))
    landed = engine.stage("landed", with_landing(engine, sessions, hits))
    counted = without_kept(engine, landed)
    arrived = engine.view("arrived", _arrived(counted, files))
    arrivals = _arrivals(engine, arrived)
    booked = engine.stage("booked", _booked(arrived, arrivals))
    whole = handed_over(engine, booked, hits, people, timeout)
    begun = with_beginnings(engine, whole, landed)
    views = first_views(requests, landed)
    described = _described(engine, arrived, arrivals, begun, visitors, views)
    if not rules.privacy.keep_identifiers:
        described = described.drop("client_ip", "user_agent")
    return engine.stage("visits", described)


def _hits(requests: ir.Table, sites: Sites, rules: SessionRules) -> ir.Table:
    """Return the hits that show a person, with the site's domain and where they come from.

    A hit that `continues` comes from the site itself, from an excluded referrer or, in a log, from
    a host through which visits pass (lookups/passages.py).

    `domain` is '' if the log names no host, and if an export gives the session.
    """
    hits = sites.located(requests.filter(requests.kind.isin(ACTIVITY)))
    is_logged = hits.session.isnull() & hits.weight.isnull()
    passed = (is_logged & hits.by_passage).fill_null(False)
    return hits.mutate(
        domain=ibis.ifelse(hits.session.isnull(), hits.site_domain.fill_null(""), ""),
        session=hits.session.fill_null(NO_SESSION),
        continues=hits.internal | passed | _excluded(hits.referrer_host, rules),
    )


def _excluded(host: ir.StringColumn, rules: SessionRules) -> ir.BooleanValue:
    matches: ir.BooleanValue = ibis.literal(False)
    for name in map(str.lower, rules.excluded_referrers):
        matches = matches | (host == name) | host.endswith(f".{name}")
    return matches.fill_null(False)


def _arrived(landed: ir.Table, files: ir.Table) -> ir.Table:
    """Return the visits with what is looked up of them: `ARRIVAL_KEY`, and the landing `page`."""
    arrived = landed.join(files.drop("name"), "file").mutate(
        arrival_referrer=ibis.ifelse(landed.continues, "", landed.referrer.fill_null("")),
        # The page's own tags come first: of a parameter that comes twice the first counts.
        arrival_query=ibis.coalesce(
            landed.query + "&" + landed.campaign, landed.campaign, landed.query, ibis.literal("")
        ),
        recorded_source=landed.source.fill_null(""),
        recorded_medium=landed.medium.fill_null(""),
        recorded_channel=landed.channel,
        page=landed.page.fill_null(""),
        place=landed.host.fill_null(""),
    )
    return arrived.drop("source", "medium", "channel")


def _arrivals(engine: Engine, arrived: ir.Table) -> ir.Table:
    """Return what referrer and tags say, by `ARRIVAL_KEY`."""
    keys = arrived.select(*ARRIVAL_KEY).distinct()
    keys = keys.rename(referrer="arrival_referrer", query="arrival_query")
    # In this order a referrer comes in one batch, and is read once.
    arrivals = engine.look_up("arrivals", keys.order_by("referrer"), look_up_arrivals)
    return arrivals.rename(arrival_referrer="referrer", arrival_query="query")


def _booked(arrived: ir.Table, arrivals: ir.Table) -> ir.Table:
    """Return the visits as GA4 books them, with what makes them go on from others."""
    booked = arrived.join(arrivals, ARRIVAL_KEY)
    is_known = booked.records_referrer | (booked.source != DIRECT_SOURCE)
    only_channel = (
        booked.recorded_channel.notnull() & (booked.recorded_source == "") & booked.aggregated
    )
    as_ga4 = booked.recorded_channel.lower().cases(
        *sorted(recorded_channels().items()), else_=UNASSIGNED
    )
    channel = ibis.ifelse(only_channel, as_ga4, booked.channel)
    # What is an assistant's host today was a site like others before there were assistants.
    is_referral = (channel == AI_CHANNEL) & before_assistants(booked.started_at)
    channel = ibis.ifelse(is_referral, "Referral", channel)
    medium = ibis.ifelse(is_referral, "referral", booked.medium)
    return booked.select(
        "visitor",
        "domain",
        *PLACE_KEY,
        "started_at",
        "referrer",
        "continues",
        "internal",
        "goes_on",
        "aggregated",
        *CHANGED_BY_BEGINNING,
        channel_before=ibis.ifelse(is_known, channel, UNASSIGNED),
        source_before=ibis.ifelse(is_known & ~only_channel, booked.source, NOT_SET),
        medium_before=ibis.ifelse(is_known & ~only_channel, medium, NOT_SET),
    )


def _described(
    engine: Engine,
    arrived: ir.Table,
    arrivals: ir.Table,
    begun: ir.Table,
    visitors: ir.Table,
    views: ir.Table,
) -> ir.Table:
    """Add what is looked up: agent, campaign, referrer, landing page, first view. What `begun` says
    of a visit counts; those that it lacks are parts of others."""
    landings = engine.look_up("landings", arrived.select(path="page").distinct(), look_up_landings)
    changed = begun.select(*PLACE_KEY, *CHANGED_BY_BEGINNING, *INHERITED, "began")
    described = (
        arrived.drop(*CHANGED_BY_BEGINNING)
        .join(arrivals, ARRIVAL_KEY)
        .left_join(landings.rename(page="path"), "page")
        .join(visitors, "visitor")
        .join(changed, PLACE_KEY)
        .left_join(views, ["visitor", "page", "place"])
    )
    is_logged = described.records_agent & (described.session == NO_SESSION) & ~described.aggregated
    return described.select(
        *PLACE_KEY,
        "visitor",
        "visitor_id",
        "client_ip",
        "started_at",
        "ended_at",
        "pageviews",
        "referrer",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "utm_content",
        "utm_term",
        "click_id",
        "click_id_network",
        "device",
        "os",
        "browser",
        "country",
        "in_app",
        "in_app_kind",
        "referrer_kind",
        "referrer_app",
        "tag_app",
        "link_says",
        "new_visitor",
        "continues",
        "internal",
        loading=ibis.ifelse(is_logged, described.loading, ibis.null("string")),
        site=described.host,
        user_agent=described.user_agent.nullif(""),
        landing_path=ibis.ifelse(described.path.isnull(), ibis.null("string"), described.page),
        landing_query=described.query,
        landing_kind=ibis.ifelse(
            described.path.isnull(), ibis.null("string"), described.landing_kind
        ),
        records_referrer=described.records_referrer,
        records_agent=described.records_agent,
        records_visitor=described.records_visitor,
        aggregated=described.aggregated,
        conversions=described.conversions,
        revenue=described.revenue,
        weight=described.weight.fill_null(1.0),
        channel_recorded=described.recorded_channel,
        channel_before=described.channel_before,
        source_before=described.source_before,
        medium_before=described.medium_before,
        seen_before=described.revalidated
        | (described.first_view < described.started_at).fill_null(False),
        began=described.began,
    )
