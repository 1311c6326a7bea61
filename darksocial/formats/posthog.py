"""PostHog, events of a batch export: JSON lines or Parquet.

    {"uuid":"0195","event":"$pageview","distinct_id":"01H","timestamp":"2026-03-02T08:14:05.120Z",
    "properties":{"$current_url":"https://www.example.org/news","$referrer":"$direct",
    "$session_id":"0195a","$device_type":"Mobile","$raw_user_agent":"Mozilla/5.0 (iPhone ...)"}}

(one line in the file). `properties` may be an object or a text that holds one, as in Parquet.
`$pageview` events are page views; `Order Completed` and `purchase` are conversions, with
`properties.revenue`; others are named by `--goal`. The visitor is the device, or `distinct_id`
where there is none. `$direct` as referrer means that there was none. A table of a query has the
properties as columns of their own (`properties.$current_url`). Libraries before December 2022 keep
the campaign of a visit in later events (PostHog/posthog-js, issue 477): it counts for the first
visit that has it, and a tag in the page's own address counts before it.

It gives the landing page, referrer, campaign tags and click ids, visitor, session, address, device,
country (`$geoip_country_code`) and, where the library sends `$raw_user_agent`, the user agent with
its in-app browser. Link previews run no JavaScript: they are not in it.

Specification: https://posthog.com/docs/cdp/batch-exports and
https://posthog.com/docs/data/events#default-properties (the columns of an export are unconfirmed
beyond `event`, `distinct_id`, `timestamp` and `properties`)
"""

from collections.abc import Sequence

from darksocial.formats import Format
from darksocial.grammar.keys import Keys, keys, parsed_object
from darksocial.grammar.values import CAMPAIGN_MEANINGS

PROPERTIES = {
    "client_ip": "$ip",
    "visitor": "$device_id",
    "session": "$session_id",
    "url": "$current_url",
    "referrer": "$referrer",
    "user_agent": "$raw_user_agent",
    "device": "$device_type",
    "os": "$os",
    "browser": "$browser",
    "country": "$geoip_country_code",
    "revenue": "revenue",
    **{tag: tag for tag in CAMPAIGN_MEANINGS},
}


def grammar_of(form: str) -> Keys:
    """Return the grammar of events whose properties have names of a form: `properties.{}`."""
    paths: dict[str, str | tuple[str, ...]] = {
        meaning: form.format(name) for meaning, name in PROPERTIES.items()
    }
    paths["visitor"] = (form.format(PROPERTIES["visitor"]), "distinct_id")
    return keys(
        paths,
        needs=("event", "distinct_id", "timestamp", form.format(PROPERTIES["url"])),
        time="timestamp",
        event="event",
        event_key="uuid",
        pages=("$pageview",),
        keeps_campaign=True,
        conversion_events=("Order Completed", "purchase"),
    )


EVENTS = grammar_of("properties.{}")
QUERIED = (grammar_of('"properties.{}"'), grammar_of("{}"))
"""Tables of a query in SQL: each property is a column."""


def bind(head: Sequence[str]) -> Keys:
    """Return the grammar of the events, or of a table with a column for each property."""
    record = next(filter(None, map(parsed_object, head)), {})
    chosen = EVENTS
    if "properties" not in record:
        chosen = next((g for g in QUERIED if any(map(g.matches, head))), EVENTS)
    return chosen.recorded_in(head)


FORMAT = Format("posthog", "PostHog, batch export", EVENTS, bind)
