"""Segment and RudderStack, the tables of their warehouses: CSV, JSON lines or Parquet.

    anonymous_id,timestamp,received_at,url,referrer,context_user_agent,context_campaign_source
    507f,2026-03-02 08:14:05,2026-03-02 08:14:06,https://www.example.org/news,,Mozilla/5.0 (...),nl

A row of the table `pages` is a page view. `tracks` and the tables of single events name the event
in `event`; `order_completed` is a conversion with `revenue`, others are named by `--goal`. Nested
fields are columns whose names are joined by `_`. Segment has no sessions: they are built, as for a
log. RudderStack's `context_session_id` is kept.

It gives the landing page, referrer, campaign tags, user agent with its in-app browser, address,
visitor, country (`context_location_country`), conversions and revenue. Link previews run no
JavaScript: they are not in it.

Specification: https://segment.com/docs/connections/storage/warehouses/schema/ and
https://www.rudderstack.com/docs/destinations/warehouse-destinations/warehouse-schema/
"""

from collections.abc import Sequence
from dataclasses import replace

from darksocial.formats import Format
from darksocial.grammar.keys import Keys, keys
from darksocial.grammar.values import has, path

URLS = ("url", "page_url", "context_page_url")
ROWS = keys(
    needs=("anonymous_id", "received_at"),
    time=("timestamp", "original_timestamp", "received_at"),
    client_ip=("context_ip", "context_request_ip"),
    visitor="anonymous_id",
    session="context_session_id",
    event="event",
    event_key=("id", "message_id"),
    url=("context_page_url", "url", "page_url"),
    referrer=("context_page_referrer", "referrer"),
    user_agent=("context_user_agent", "user_agent"),
    country="context_location_country",
    utm_source="context_campaign_source",
    utm_medium="context_campaign_medium",
    utm_campaign="context_campaign_name",
    utm_content="context_campaign_content",
    utm_term="context_campaign_term",
    revenue="revenue",
    pages=("page", "pages"),
    conversion_events=("order_completed", "Order Completed"),
)


def bind(head: Sequence[str]) -> Keys | None:
    """Return the columns that the table has; None if it has no address of a page."""
    records = [record for line in head if (record := ROWS.record(line))]
    urls = [name for name in URLS if any(has(record, path(name)) for record in records)]
    if not urls:
        return None
    grammar = ROWS.recorded_in(head)
    return replace(grammar, needs=(*grammar.needs, path(urls[0])))


FORMAT = Format("segment_warehouse", "Segment and RudderStack, warehouse tables", ROWS, bind)
