"""Google Analytics 4, BigQuery export: JSON lines, Parquet or Avro.

    {"event_date":"20260302","event_timestamp":"1772439245123456","event_name":"page_view",
    "event_params":[{"key":"page_location","value":{"string_value":"https://www.example.org/news"}},
    {"key":"ga_session_id","value":{"int_value":"1772439245"}}],"user_pseudo_id":"184.177"}

(one line in the file). One record is one event of a table `events_YYYYMMDD`, as `bq extract` or
`EXPORT DATA` writes it. `page_view` events are page views, `purchase` is a conversion with
`ecommerce.purchase_revenue`; other key events are named by `--goal`, as in
`--goal 'event=generate_lead'`. The session is `ga_session_id` with `user_pseudo_id`. The channel
that Google gave the session is that of `session_traffic_source_last_click`; `traffic_source` is the
first visit of the user and is not read.
`collected_traffic_source.manual_source` also holds what Google derived from a referrer: with the
medium `organic` or `referral` it is no tag, and a Google click id beside it says more. Where the
parameter `ignore_referrer` is `true`, the property calls the referrer unwanted: it is none.

It gives the landing page, referrer, campaign tags and click ids, the visitor as far as the cookie
lives, device, country, session, conversions and revenue. It has no user agent: in-app browsers and
link previews cannot be recognised. Events without consent have no `user_pseudo_id`: each counts
alone.

Specification: https://support.google.com/analytics/answer/7029846
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

PARAMETER = "event_params[key={}].value.{}_value"
CLICK = "collected_traffic_source"
LAST_CLICK = "session_traffic_source_last_click"
DERIVED_MEDIA = r"organic|referral|\(none\)|\(not set\)"
"""Media that Google writes by itself; a link that is tagged so has the tag in its address."""

FORMAT = Format(
    "ga4_bigquery",
    "Google Analytics 4, BigQuery export",
    keys(
        needs=("event_timestamp", "event_name", "event_params", "user_pseudo_id"),
        time="event_timestamp",
        visitor="user_pseudo_id",
        session=PARAMETER.format("ga_session_id", "int"),
        event="event_name",
        event_key="{ecommerce.transaction_id}|{event_name}",
        url=PARAMETER.format("page_location", "string"),
        referrer=PARAMETER.format("page_referrer", "string"),
        source=f"{CLICK}.manual_source",
        medium=f"{CLICK}.manual_medium",
        utm_source=f"{CLICK}.manual_source",
        utm_medium=f"{CLICK}.manual_medium",
        utm_campaign=f"{CLICK}.manual_campaign_name",
        utm_content=f"{CLICK}.manual_content",
        utm_term=f"{CLICK}.manual_term",
        gclid=f"{CLICK}.gclid",
        dclid=f"{CLICK}.dclid",
        channel=f"{LAST_CLICK}.cross_channel_campaign.primary_channel_group",
        device="device.category",
        os="device.operating_system",
        browser="device.web_info.browser",
        country="geo.country",
        revenue="ecommerce.purchase_revenue",
        direct={PARAMETER.format("ignore_referrer", "string"): "true"},
        derived={f"{CLICK}.manual_medium": DERIVED_MEDIA},
        nulls={"event_key": ("(not set)|purchase",)},
        pages=("page_view",),
        conversion_events=("purchase",),
    ),
)
