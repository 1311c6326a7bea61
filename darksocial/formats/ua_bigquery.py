"""Universal Analytics (Google Analytics 360), BigQuery export: JSON lines, Parquet or Avro.

    {"fullVisitorId":"6138","visitId":"1772439245","visitStartTime":"1772439245",
    "trafficSource":{"source":"google","medium":"organic"},"channelGrouping":"Organic Search",
    "device":{"deviceCategory":"mobile"},"hits":[{"time":"0","type":"PAGE",
    "page":{"hostname":"www.example.org","pagePath":"/news"}}]}

(one line in the file). One record is one session of a table `ga_sessions_YYYYMMDD`; its `hits` are
the hits. `PAGE` hits are page views, `TRANSACTION` hits conversions with their revenue. Where
`trafficSource.isTrueDirect` says so, the visit had no source of its own, and `trafficSource`
repeats that of an earlier one: it is not read then.

It gives the landing page, source and medium of the session (a referrer is not recorded), the
visitor, device, country, session, channel, conversions and revenue. It has no user agent: in-app
browsers and link previews cannot be recognised. Only page, tempo and visitor distinguish a shared
link from a bookmark.

Specification: https://support.google.com/analytics/answer/3437719
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "ua_bigquery",
    "Universal Analytics, BigQuery export",
    keys(
        needs=("fullVisitorId", "visitId", "visitStartTime", "hits"),
        each="hits",
        time="visitStartTime",
        offset_ms="hits.time",
        visitor="fullVisitorId",
        session="visitId",
        event="hits.type",
        host="hits.page.hostname",
        url="hits.page.pagePath",
        source="trafficSource.source",
        medium="trafficSource.medium",
        gclid="trafficSource.adwordsClickInfo.gclId",
        channel="channelGrouping",
        device="device.deviceCategory",
        os="device.operatingSystem",
        browser="device.browser",
        country="geoNetwork.country",
        revenue_micros="hits.transaction.transactionRevenue",
        direct={"trafficSource.isTrueDirect": "true"},
        pages=("PAGE",),
        conversion_events=("TRANSACTION",),
    ),
)
