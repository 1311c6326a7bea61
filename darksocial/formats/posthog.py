"""PostHog, events of a batch export: JSON lines or Parquet.

    {"uuid":"0195","event":"$pageview","distinct_id":"01H","timestamp":"2026-03-02T08:14:05.120Z",
    "properties":{"$current_url":"https://www.example.org/news","$referrer":"$direct",
    "$session_id":"0195a","$device_type":"Mobile","$raw_user_agent":"Mozilla/5.0 (iPhone ...)"}}

(one line in the file). `properties` may be an object or a text that holds one, as in Parquet.
`$pageview` events are page views; `Order Completed` and `purchase` are conversions, with
`properties.revenue`; others are named by `--goal`. The visitor is the device, or `distinct_id`
where there is none. `$direct` as referrer means that there was none.

It gives the landing page, referrer, campaign tags and click ids, visitor, session, address, device
and, where the library sends `$raw_user_agent`, the user agent with its in-app browser. Link
previews run no JavaScript: they are not in it.

Specification: https://posthog.com/docs/cdp/batch-exports and
https://posthog.com/docs/data/events#default-properties (the columns of an export are unconfirmed
beyond `event`, `distinct_id`, `timestamp` and `properties`)
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys
from darksocial.grammar.values import CAMPAIGN_MEANINGS

FORMAT = Format(
    "posthog",
    "PostHog, batch export",
    keys(
        {tag: f"properties.{tag}" for tag in CAMPAIGN_MEANINGS},
        needs=("event", "distinct_id", "timestamp", "properties.$current_url"),
        time="timestamp",
        client_ip="properties.$ip",
        visitor=("properties.$device_id", "distinct_id"),
        session="properties.$session_id",
        event="event",
        url="properties.$current_url",
        referrer="properties.$referrer",
        user_agent="properties.$raw_user_agent",
        device="properties.$device_type",
        os="properties.$os",
        browser="properties.$browser",
        revenue="properties.revenue",
        pages=("$pageview",),
        conversion_events=("Order Completed", "purchase"),
    ),
)
