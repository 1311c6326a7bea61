"""Hits to sessions: one row for each visit of a person, as GA4 would count it.

- A session ends after 30 minutes (`session_timeout`) without a hit of its visitor, and is not cut
  at midnight: https://support.google.com/analytics/answer/12798876
- Only page views make a session; the other kinds of activity (requests.py) prolong one.
- A hit whose referrer is the site itself, or a host that the user excluded (payment providers),
  continues the visitor's session instead of starting one. The limit for that is 7 hours 55
  minutes, the longest session timeout that GA4 allows (the same page).
- A server's sites (hosts by registrable domain) have sessions of their own.
- Hits of the same moment are ordered by what they ask for, never by where they stand in a file:
  the result does not depend on the order of lines or files.
"""

from dataclasses import dataclass
from itertools import islice

import ibis
import ibis.expr.types as ir

from darksocial.channels import DIRECT_SOURCE, UNASSIGNED, recorded_channels
from darksocial.engines import Engine
from darksocial.lookups import (
    look_up_arrivals,
    look_up_hosts,
    look_up_landings,
)
from darksocial.referrers import parse_referrer, registrable_domain
from darksocial.requests import ACTIVITY

LONGEST_PAUSE_MINUTES = 7 * 60 + 55
HOSTS_CONSIDERED = 1000


@dataclass(frozen=True, slots=True)
class SessionRules:
    """How hits become sessions.

    `sites`: hosts of the site itself, for logs that record none; empty: told from the log.
    `excluded_referrers`: hosts whose referrals continue a session, such as payment providers.
    """

    timeout_minutes: int = 30
    sites: tuple[str, ...] = ()
    excluded_referrers: tuple[str, ...] = ()


def visits(
    engine: Engine, requests: ir.Table, visitors: ir.Table, files: ir.Table, rules: SessionRules
) -> ir.Table:
    """Return one row a session, with all that signals look at.

    Beside the columns of the sessions contract up to `weight` there are `visitor` (a number),
    `records_referrer`, `records_agent`, `internal` (landed from the site itself), `continues`
    (landed from there or from an excluded referrer),
    `seen_before` (the visitor had viewed the landing page earlier), `landing_kind`,
    `in_app_kind`, `referrer_kind`, `referrer_app`, `click_id_network` and GA4's verdict
    (`channel_before`, `source_before`, `medium_before`).
    """
    hosts = _hosts(engine, requests)
    own = _own_domains(engine, requests, hosts, rules)
    activity = engine.stage("activity", _activity(requests, visitors, hosts, own, rules))
    ordered = engine.stage("ordered", _numbered(activity, rules))
    sessions = engine.stage("session_spans", _spans(ordered))
    landed = sessions.join(_landing_hits(requests), ["file", "line"])
    described = _described(engine, engine.stage("landed", landed), visitors, files)
    return engine.stage("visits", _with_first_views(described, requests))


def _hosts(engine: Engine, requests: ir.Table) -> ir.Table:
    """Every host that was visited or referred from, with its registrable domain."""
    visited = requests.select(host=requests.host)
    referring = requests.select(host=requests.referrer_host)
    keys = visited.union(referring, distinct=True)
    return engine.look_up("hosts", keys.filter(keys.host.notnull()), look_up_hosts)


def _own_domains(
    engine: Engine, requests: ir.Table, hosts: ir.Table, rules: SessionRules
) -> frozenset[str]:
    """The site's own registrable domains, for hits that record no host.

    Without `rules.sites` it is the domain that most assets are referred from: pages load their
    own assets. A log without assets has the domain that most page views are referred from. Search
    engines, networks and the like are left out: most visits of a quiet site come from them.
    """
    if rules.sites:
        return frozenset(registrable_domain(site) for site in rules.sites)
    unnamed = requests.filter(requests.host.isnull(), requests.kind.isin(("asset", "page")))
    counted = unnamed.join(hosts, unnamed.referrer_host == hosts.host)
    counted = counted.group_by("kind", "domain").agg(n=counted.count())
    top = counted.order_by(counted.kind, counted.n.desc(), counted.domain).limit(HOSTS_CONSIDERED)
    rows = engine.fetch(top).to_pylist()
    domains = (row["domain"] for row in rows if not _is_network(row["domain"]))
    return frozenset(islice(domains, 1))


def _is_network(domain: str) -> bool:
    referrer = parse_referrer(f"https://{domain}/")
    return referrer is not None and referrer.kind is not None


def _activity(
    requests: ir.Table,
    visitors: ir.Table,
    hosts: ir.Table,
    own: frozenset[str],
    rules: SessionRules,
) -> ir.Table:
    """The hits of people, each with whether it continues a session (narrow: for sorting)."""
    people = visitors.filter(visitors.bot.isnull(), visitors.preview_app.isnull())
    hits = requests.filter(requests.kind.isin(ACTIVITY))
    hits = hits.semi_join(people, "visitor")
    named = hosts.select(site_host=hosts.host, site_domain=hosts.domain)
    referring = hosts.select(from_host=hosts.host, from_domain=hosts.domain)
    hits = hits.left_join(named, hits.host == named.site_host)
    hits = hits.left_join(referring, hits.referrer_host == referring.from_host)
    from_own = hits.from_domain.isin(sorted(own)) if own else ibis.literal(False)
    internal = ibis.ifelse(
        hits.site_domain.isnull(), from_own, hits.from_domain == hits.site_domain
    )
    excluded = _excluded(hits.referrer_host, rules)
    return hits.select(
        "visitor",
        "time",
        "file",
        "line",
        "tie_break",
        "session",
        "conversions",
        "revenue",
        "pageviews",
        sums=hits.weight.notnull(),
        domain=ibis.ifelse(hits.session.isnull(), hits.site_domain.fill_null(""), ""),
        page=hits.kind == "page",
        continues=internal.fill_null(False) | excluded,
        internal=internal.fill_null(False),
    )


def _excluded(host: ir.StringColumn, rules: SessionRules) -> ir.BooleanValue:
    matches: ir.BooleanValue = ibis.literal(False)
    for name in map(str.lower, rules.excluded_referrers):
        matches = matches | (host == name) | host.endswith(f".{name}")
    return matches.fill_null(False)


def _numbered(activity: ir.Table, rules: SessionRules) -> ir.Table:
    """Number each visitor's sessions: a pause that nothing continues starts a new one."""
    order = [activity.time, activity.continues]
    pause = (
        activity.time.epoch_seconds()
        - activity.time.lag()
        .over(group_by=[activity.visitor, activity.domain], order_by=order)
        .epoch_seconds()
    )
    paused = activity.mutate(pause_seconds=pause)
    limit = ibis.ifelse(
        paused.continues,
        max(LONGEST_PAUSE_MINUTES, rules.timeout_minutes) * 60,
        rules.timeout_minutes * 60,
    )
    starts = ibis.ifelse(paused.pause_seconds > limit, 1, 0)
    marked = paused.mutate(starts=starts)
    number = marked.starts.sum().over(
        group_by=[marked.visitor, marked.domain],
        order_by=[marked.time, marked.continues],
        range=(None, 0),  # by rows, hits of the same moment would be numbered in any order
    )
    kept = ibis.coalesce(marked.session, number)
    return marked.mutate(number=kept).drop("starts", "pause_seconds", "session")


def _spans(ordered: ir.Table) -> ir.Table:
    """One row a session: when it was, how many pages, and where its landing hit stands."""
    spans = ordered.group_by("visitor", "domain", "number").agg(
        started_at=ordered.time.min(where=ordered.page),
        ended_at=ordered.time.max(),
        pageviews=ibis.coalesce(
            ordered.pageviews.max(), (ordered.page & ~ordered.sums).sum().nullif(0)
        ),
        conversions=ordered.conversions.sum().round().cast("int64"),
        revenue=ordered.revenue.sum(),
    )
    pages = ordered.filter(ordered.page)
    place = ibis.row_number().over(
        group_by=[pages.visitor, pages.domain, pages.number],
        order_by=[pages.time, pages.continues, pages.tie_break, pages.file, pages.line],
    )
    landing = pages.mutate(place=place)
    landing = landing.filter(landing.place == 0).select(
        "visitor", "domain", "number", "file", "line", "continues", "internal"
    )
    joined = spans.join(landing, ["visitor", "domain", "number"])
    first = joined.started_at.min().over(group_by=[joined.visitor, joined.domain])
    return joined.mutate(new_visitor=joined.started_at == first).drop("number", "domain")


def _with_first_views(visits: ir.Table, requests: ir.Table) -> ir.Table:
    """Add `seen_before`: the visitor had viewed the landing page before this visit."""
    pages = requests.filter(requests.kind == "page")
    views = pages.group_by(
        "visitor", landing_path=pages.path.fill_null(""), host=pages.host.fill_null("")
    ).agg(first_view=pages.time.min())
    placed = visits.mutate(host=visits.site.fill_null(""), page=visits.landing_path.fill_null(""))
    views = views.rename(page="landing_path")
    joined = placed.join(views, ["visitor", "page", "host"]).drop("page")
    return joined.mutate(seen_before=joined.first_view < joined.started_at).drop(
        "host", "first_view"
    )


def _landing_hits(requests: ir.Table) -> ir.Table:
    return requests.filter(requests.kind == "page").select(
        "file",
        "line",
        "client_ip",
        "host",
        "path",
        "query",
        "referrer",
        "campaign",
        "channel",
        "source",
        "medium",
        "weight",
    )


def _described(engine: Engine, landed: ir.Table, visitors: ir.Table, files: ir.Table) -> ir.Table:
    """Bring in what is looked up: agent, campaign, referrer, channel, landing page."""
    seen = landed.join(files, "file").mutate(
        arrival_referrer=ibis.ifelse(landed.continues, "", landed.referrer.fill_null("")),
        arrival_query=ibis.coalesce(landed.campaign, landed.query, ibis.literal("")),
        told_source=landed.source.fill_null(""),
        told_medium=landed.medium.fill_null(""),
        told_channel=landed.channel,
    )
    seen = seen.drop("source", "medium", "channel")
    arrival_keys = seen.select(
        "told_source", "told_medium", referrer=seen.arrival_referrer, query=seen.arrival_query
    ).distinct()
    arrivals = engine.look_up("arrivals", arrival_keys, look_up_arrivals)
    landings = engine.look_up("landings", seen.select("path").distinct(), look_up_landings)
    arrivals = arrivals.rename(arrival_referrer="referrer", arrival_query="query")
    seen = seen.join(arrivals, ["arrival_referrer", "arrival_query", "told_source", "told_medium"])
    seen = seen.left_join(landings, "path").drop("path_right").join(visitors, "visitor")
    told = seen.records_referrer | (seen.source != DIRECT_SOURCE)
    only_channel = seen.told_channel.notnull() & (seen.told_source == "") & seen.aggregated
    named = seen.told_channel.lower().cases(*sorted(recorded_channels().items()), else_=UNASSIGNED)
    channel = ibis.ifelse(only_channel, named, seen.channel)
    return seen.select(
        "file",
        "line",
        "visitor",
        "client_ip",
        "started_at",
        "ended_at",
        "pageviews",
        "landing_kind",
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
        "in_app",
        "in_app_kind",
        "referrer_kind",
        "referrer_app",
        "tag_app",
        "new_visitor",
        "continues",
        "internal",
        site=seen.host,
        user_agent=seen.user_agent.nullif(""),
        landing_path=seen.path,
        landing_query=seen.query,
        records_referrer=seen.records_referrer,
        records_agent=seen.records_agent,
        records_visitor=seen.records_visitor,
        aggregated=seen.aggregated,
        conversions=seen.conversions,
        revenue=seen.revenue,
        weight=seen.weight.fill_null(1.0),
        channel_recorded=seen.told_channel,
        channel_before=ibis.ifelse(told, channel, UNASSIGNED),
        source_before=ibis.ifelse(told, seen.source, "(not set)"),
        medium_before=ibis.ifelse(told, seen.medium, "(not set)"),
    )
