"""Umami, the table website_event: CSV with a header or JSON lines.

    event_id,session_id,visit_id,created_at,hostname,url_path,url_query,referrer_domain,event_type
    5f0c,7a41,b92e,2026-03-02 08:14:05,www.example.org,/news,,google.com,1

One record is one event, as Umami's data export or a query of its database writes it. `event_type` 1
is a page view, 2 an event of one's own (`--goal 'event=2'` counts all of them). `session_id` is the
visitor, as far as Umami knows it (a month at most), and `visit_id` the session.

It gives the landing page, referrer, campaign tags and click ids, session, device and country. It
has no user agent: in-app browsers and link previews cannot be recognised. It has no conversions and
no revenue.

Specification: https://github.com/umami-software/umami (db/clickhouse/schema.sql)
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys
from darksocial.grammar.values import UTM_MEANINGS

FORMAT = Format(
    "umami",
    "Umami, website events",
    keys(
        {tag: tag for tag in UTM_MEANINGS},
        needs=("session_id", "visit_id", "created_at", "url_path", "referrer_domain", "event_type"),
        time="created_at",
        visitor="session_id",
        session="visit_id",
        event="event_type",
        event_key="event_id",
        host="hostname",
        path="url_path",
        query="url_query",
        referrer="https://{referrer_domain}{referrer_path}",
        gclid="gclid",
        fbclid="fbclid",
        msclkid="msclkid",
        ttclid="ttclid",
        twclid="twclid",
        li_fat_id="li_fat_id",
        device="device",
        os="os",
        browser="browser",
        country="country",
        pages=("1",),
    ),
)
