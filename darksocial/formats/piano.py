"""Piano Analytics (AT Internet), Data Flow: CSV with a header, JSON lines or Parquet.

    {"event_time_utc":"2026-03-02T08:14:05Z","event_name":"page.display","visitor_id":"5f1c",
    "visit_id":"91","event_url":"https://www.example.org/news","src":"Direct traffic",
    "src_referrer_url":null,"device_type":"Mobile Phone","os_group":"iOS","browser_group":"Safari"}

(one line in the file). The properties of a flow are chosen by the user: `visitor_id`, `visit_id`,
`event_name`, `event_url` and `src` must be among them. `page.display` events are page views and
`transaction.confirmation` events conversions. That a flow writes the names of the data model as
columns is unconfirmed; `--map` reads it where it does not.

It gives the landing page, referrer, visitor, session, device, country and Piano's own source
(`src`). The user agent is not in it: in-app browsers and link previews cannot be recognised.

Specification: https://developers.atinternet-solutions.com/piano-analytics/
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "piano",
    "Piano Analytics, Data Flow",
    keys(
        needs=("visitor_id", "visit_id", "event_name", "event_url", "src"),
        time=("event_time_utc", "event_time"),
        visitor="visitor_id",
        session="visit_id",
        event="event_name",
        url="event_url",
        referrer="src_referrer_url",
        channel="src",
        device="device_type",
        os="os_group",
        browser="browser_group",
        country="geo_country",
        revenue=("cart_turnovertaxincluded", "m_turnover_tax_included"),
        pages=("page.display",),
        conversion_events=("transaction.confirmation",),
    ),
)
