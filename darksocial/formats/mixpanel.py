"""Mixpanel, raw export: JSON lines.

    {"event":"$mp_web_page_view","properties":{"time":1772439245,"distinct_id":"1a2b",
    "$device_id":"9f","$current_url":"https://www.example.org/news","$referrer":"$direct",
    "$os":"iOS","$browser":"Mobile Safari","$device":"iPhone"}}

(one line in the file). `$mp_web_page_view` events are page views; `Order Completed` and `Purchase`
are conversions, with `properties.revenue`; others are named by `--goal`. The visitor is
`$device_id`, or `distinct_id` where there is none. Mixpanel's sessions are not in the export: they
are built, as for a log. `time` is read as UTC; projects made before 2023 may write it in the
project's time zone (unconfirmed). Mixpanel's library keeps the campaign of a visit in later events
(release 2.52.0 of mixpanel-js): it counts for the first visit that has it, and a tag in the page's
own address counts before it.

It gives the landing page, referrer, campaign tags and click ids, visitor, device, country and
conversions. The user agent is not in it: in-app browsers and link previews cannot be recognised.

Specification: https://developer.mixpanel.com/reference/raw-event-export
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys
from darksocial.grammar.values import CAMPAIGN_MEANINGS

FORMAT = Format(
    "mixpanel",
    "Mixpanel, raw export",
    keys(
        {tag: f"properties.{tag}" for tag in CAMPAIGN_MEANINGS},
        needs=("event", "properties.time", "properties.distinct_id"),
        time="properties.time",
        visitor=("properties.$device_id", "properties.distinct_id"),
        event="event",
        event_key="{properties.$insert_id}|{event}|{properties.time}",
        url="properties.$current_url",
        referrer="properties.$referrer",
        device="properties.$device",
        os="properties.$os",
        browser="properties.$browser",
        country="properties.mp_country_code",
        revenue="properties.revenue",
        pages=("$mp_web_page_view",),
        keeps_campaign=True,
        conversion_events=("Order Completed", "Purchase"),
    ),
)
