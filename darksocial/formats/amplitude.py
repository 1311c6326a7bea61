"""Amplitude, export API: JSON lines, in a zip of gz files as they are downloaded.

    {"event_type":"[Amplitude] Page Viewed","event_time":"2026-03-02 08:14:05.123000",
    "amplitude_id":481,"device_id":"c1","session_id":1772439245123,"device_type":"iPhone",
    "event_properties":{"[Amplitude] Page Location":"https://www.example.org/news"},
    "user_properties":{"referrer":"https://www.google.com/"}}

(one line in the file). `[Amplitude] Page Viewed` is a page view; `Order Completed` and `purchase`
are conversions, with `event_properties.revenue` or `$revenue`; others are named by `--goal`. Times
are UTC. A `session_id` of -1 means that the event belongs to none. Referrer and campaign are those
of the event, else those that the browser library set on the user when the visit began; the user
keeps them, so a campaign counts for the first visit that has it, and a tag in the page's own
address counts before it.

It gives the landing page, referrer, campaign tags and click ids, visitor, session, address, device
and country. The user agent is not in it: in-app browsers and link previews cannot be recognised.

Specification: https://amplitude.com/docs/apis/analytics/export
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys
from darksocial.grammar.values import CAMPAIGN_MEANINGS

FORMAT = Format(
    "amplitude",
    "Amplitude, export API",
    keys(
        {tag: (f"event_properties.{tag}", f"user_properties.{tag}") for tag in CAMPAIGN_MEANINGS},
        needs=("amplitude_id", "event_type", "event_time", "session_id"),
        time="event_time",
        client_ip="ip_address",
        visitor=("device_id", "amplitude_id"),
        session="session_id",
        event="event_type",
        event_key=("$insert_id", "uuid"),
        url=(
            'event_properties."[Amplitude] Page Location"',
            'event_properties."[Amplitude] Page URL"',
        ),
        referrer=("event_properties.referrer", "user_properties.referrer"),
        device=("device_type", "device_family"),
        os="os_name",
        country="country",
        revenue=("event_properties.revenue", "event_properties.$revenue"),
        nulls={"session": ("-1",), "referrer": ("EMPTY",)},
        pages=("[Amplitude] Page Viewed",),
        keeps_campaign=True,
        conversion_events=("Order Completed", "purchase"),
    ),
)
