"""Plausible, events (the table events_v2): CSV with a header or JSON lines.

    timestamp,name,user_id,session_id,hostname,pathname,referrer,referrer_source,screen_size
    2026-03-02 08:14:05,pageview,713,9120,www.example.org,/news,google.com,Google,Mobile

One record is one event, as `clickhouse-client` writes the table with `FORMAT CSVWithNames` or
`JSONEachRow`: times are UTC. `pageview` events are page views; goals are named by `--goal`, as in
`--goal 'event=Signup'`. The referrer has no scheme. The table of sessions, with rows that cancel
each other, is the format plausible_sessions.

It gives the landing page, referrer, campaign tags, session, device, country and revenue. Visitor
ids change every day: a visitor who comes back tomorrow is a new one. It has no user agent: in-app
browsers and link previews cannot be recognised. Click ids are not kept.

Specification: https://github.com/plausible/analytics (lib/plausible/clickhouse_event_v2.ex)
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys
from darksocial.grammar.values import UTM_MEANINGS

# The columns that events and sessions share.
PLAUSIBLE_FIELDS = {
    "visitor": "user_id",
    "session": "session_id",
    "host": "hostname",
    "referrer": "referrer",
    "source": "referrer_source",
    **{tag: tag for tag in UTM_MEANINGS},
    "channel": "channel",
    "device": "screen_size",
    "os": "operating_system",
    "browser": "browser",
    "country": "country_code",
}

FORMAT = Format(
    "plausible",
    "Plausible, events",
    keys(
        PLAUSIBLE_FIELDS,
        needs=("timestamp", "name", "user_id", "session_id", "pathname", "referrer_source"),
        time="timestamp",
        event="name",
        path="pathname",
        revenue="revenue_reporting_amount",
        pages=("pageview",),
    ),
)
