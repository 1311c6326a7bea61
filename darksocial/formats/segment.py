"""Segment and RudderStack, calls as their storage destinations write them: JSON lines.

    {"type":"page","anonymousId":"507f","messageId":"ajs-1","timestamp":"2026-03-02T08:14:05.120Z",
    "context":{"page":{"url":"https://www.example.org/news","referrer":""},
    "userAgent":"Mozilla/5.0 (iPhone ...)","ip":"203.0.113.7"}}

(one line in the file). `page` calls are page views; the track call `Order Completed` is a
conversion with `properties.revenue`; others are named by `--goal`. Segment has no sessions: they
are built, as for a log. RudderStack's `context.sessionId` is kept.

It gives the landing page, referrer, campaign tags, user agent with its in-app browser, address,
visitor, country (`context.location`), conversions and revenue. Link previews run no JavaScript:
they are not in it.

Specification: https://segment.com/docs/connections/spec/common/ and
https://www.rudderstack.com/docs/event-spec/standard-events/common-fields/
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "segment",
    "Segment and RudderStack",
    keys(
        needs=("type", "anonymousId", "messageId", "context"),
        time=("timestamp", "originalTimestamp", "receivedAt"),
        client_ip="context.ip",
        visitor="anonymousId",
        session="context.sessionId",
        event=("event", "type"),
        event_key="messageId",
        url=("context.page.url", "properties.url"),
        referrer=("context.page.referrer", "properties.referrer"),
        user_agent="context.userAgent",
        country="context.location.country",
        utm_source="context.campaign.source",
        utm_medium="context.campaign.medium",
        utm_campaign="context.campaign.name",
        utm_content="context.campaign.content",
        utm_term="context.campaign.term",
        revenue="properties.revenue",
        pages=("page",),
        conversion_events=("Order Completed",),
    ),
)
