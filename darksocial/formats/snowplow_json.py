"""Snowplow, events as JSON lines or Parquet: what its analytics SDKs make of the enriched TSV.

    {"app_id":"shop","collector_tstamp":"2026-03-02T08:14:05.900Z","event":"page_view",
    "domain_userid":"b8b4","domain_sessionid":"0a1c","page_url":"https://www.example.org/news",
    "page_referrer":null,"derived_tstamp":"2026-03-02T08:14:05.700Z","useragent":"Mozilla/5.0 ..."}

(one line in the file). The keys are the names of the columns of the format snowplow, and so are the
columns of its warehouse table, `atomic.events`, as CSV or Parquet. What that format says holds
here.

It gives the landing page, referrer, campaign tags, user agent with its in-app browser, address,
visitor, session, purchases and revenue.

Specification: https://docs.snowplow.io/docs/api-reference/analytics-sdk/
"""

from darksocial.formats import Format
from darksocial.formats.snowplow import CONVERSION_EVENTS, PAGES, SNOWPLOW_FIELDS
from darksocial.grammar.keys import keys

FORMAT = Format(
    "snowplow_json",
    "Snowplow, events with names",
    keys(
        SNOWPLOW_FIELDS,
        needs=("collector_tstamp", "domain_userid", "page_url", "event"),
        time=("derived_tstamp", "collector_tstamp"),
        pages=PAGES,
        conversion_events=CONVERSION_EVENTS,
    ),
)
