"""The source that the reports of GA4 give a visit booked as Direct: the visitor's last other one.

GA4 passes over direct visits while the visitor came by a campaign, a search or a link within the
lookback window ("paid and organic last click",
https://support.google.com/analytics/answer/10596866). The window is 90 days unless a property sets
it to 30 or 60 (`otherConversionEventLookbackWindow`,
https://developers.google.com/analytics/devguides/config/admin/v1/rest/v1alpha/AttributionSettings).

A visitor is one on each site (hosts by registrable domain). The source is that of an arrival: a
visit that continues one has no click of its own, and one whose beginning was not logged has no
source that is known. GA4 does not count bots, so no visit inherits from a likely one. A visit whose
source is `(not set)` because its input records no referrers has nothing to inherit.
"""

from collections.abc import Sequence

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.lookups.batches import look_up_hosts
from darksocial.lookups.channels import NOT_SET
from darksocial.schema import ARRIVAL, NOT_LOGGED
from darksocial.visits.conditions import likely_bot
from darksocial.visits.hits import whole_seconds
from darksocial.visits.latest import with_latest

LOOKBACK_DAYS = 90
LOOKBACK_SECONDS = LOOKBACK_DAYS * 24 * 60 * 60
TAG_COLUMNS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
COLUMNS_FOR_SOURCE = (
    "visitor_id",
    "site",
    "started_at",
    "landing_path",
    *TAG_COLUMNS,
    "conversions",
    "revenue",
    "weight",
    "began",
    "channel_before",
    "source_before",
    "p_direct",
    "p_bot",
)
"""The columns of the sessions contract that this reading needs."""


def with_last_source(engine: Engine, sessions: ir.Table, also: Sequence[str] = ()) -> ir.Table:
    """Return the sessions booked as Direct that have an earlier source, with its `last_channel`.

    Sessions have `COLUMNS_FOR_SOURCE`, and so has the result, with those named in `also`. They may
    be those of many days: an earlier source is looked for in all of them.
    """
    located = _located(engine, sessions.select(*COLUMNS_FOR_SOURCE, *also))
    inheriting = with_latest(
        located,
        _has_source(located),
        ("visitor_id", "domain"),
        ("started_at", "channel_before", "source_before", "landing_path"),
        ("channel_before", "started_at"),
    )
    age = whole_seconds(inheriting.started_at) - whole_seconds(inheriting.latest_started_at)
    return inheriting.rename(last_channel="latest_channel_before").filter(
        inheriting.channel_before == "Direct",
        inheriting.began.fill_null(ARRIVAL) != NOT_LOGGED,
        age <= LOOKBACK_SECONDS,
    )


def _located(engine: Engine, sessions: ir.Table) -> ir.Table:
    """Return the sessions with the `domain` of their site; '' if the log names no host."""
    hosts = sessions.filter(sessions.site.notnull()).select(host=sessions.site).distinct()
    domains = engine.look_up("session_hosts", hosts, look_up_hosts)
    joined = sessions.left_join(domains.select(site="host", domain="domain"), "site")
    return joined.drop("site_right").mutate(domain=joined.domain.fill_null(""))


def _has_source(sessions: ir.Table) -> ir.BooleanValue:
    """Return the condition that a session arrived from a source that a later one can inherit."""
    tag = ibis.coalesce(*(sessions[name] for name in TAG_COLUMNS))
    return (
        (sessions.began.fill_null(ARRIVAL) == ARRIVAL)
        & (sessions.channel_before != "Direct")
        & ((sessions.source_before != NOT_SET) | tag.notnull())
        & ~likely_bot(sessions)
    )
