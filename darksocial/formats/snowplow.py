""" "Snowplow, enriched events: TSV with 131 columns and no header.

    shop\tweb\t2026-03-02 08:14:09.100\t2026-03-02 08:14:05.900\t...\tpage_view\t...

(tabs between the columns, in the order of the canonical event model; missing values are empty).
`page_view` events are page views, `transaction` events conversions with `tr_total`; page pings
and other events prolong the visit. The visitor is `domain_userid`, the session
`domain_sessionid`, the time `derived_tstamp`.

It gives the landing page, referrer, campaign tags (also where a landing page was cleaned of them),
user agent with its in-app browser, address, visitor, session, purchases and revenue. Purchases that
are self-describing events (`unstruct_event`) are not read.

Specification:
https://docs.snowplow.io/docs/fundamentals/canonical-event/understanding-the-enriched-tsv-format/
"""

from darksocial.formats import Format
from darksocial.grammar.columns import columns

EVENT_COLUMNS = """
    app_id platform etl_tstamp collector_tstamp dvce_created_tstamp event event_id txn_id
    name_tracker v_tracker v_collector v_etl user_id user_ipaddress user_fingerprint
    domain_userid domain_sessionidx network_userid geo_country geo_region geo_city
    geo_zipcode geo_latitude geo_longitude geo_region_name ip_isp ip_organization ip_domain
    ip_netspeed page_url page_title page_referrer page_urlscheme page_urlhost page_urlport
    page_urlpath page_urlquery page_urlfragment refr_urlscheme refr_urlhost refr_urlport
    refr_urlpath refr_urlquery refr_urlfragment refr_medium refr_source refr_term mkt_medium
    mkt_source mkt_term mkt_content mkt_campaign contexts se_category se_action se_label
    se_property se_value unstruct_event tr_orderid tr_affiliation tr_total tr_tax
    tr_shipping tr_city tr_state tr_country ti_orderid ti_sku ti_name ti_category ti_price
    ti_quantity pp_xoffset_min pp_xoffset_max pp_yoffset_min pp_yoffset_max useragent
    br_name br_family br_version br_type br_renderengine br_lang br_features_pdf
    br_features_flash br_features_java br_features_director br_features_quicktime
    br_features_realplayer br_features_windowsmedia br_features_gears
    br_features_silverlight br_cookies br_colordepth br_viewwidth br_viewheight os_name
    os_family os_manufacturer os_timezone dvce_type dvce_ismobile dvce_screenwidth
    dvce_screenheight doc_charset doc_width doc_height tr_currency tr_total_base tr_tax_base
    tr_shipping_base ti_currency ti_price_base base_currency geo_timezone mkt_clickid
    mkt_network etl_tags dvce_sent_tstamp refr_domain_userid refr_dvce_tstamp
    derived_contexts domain_sessionid derived_tstamp event_vendor event_name event_format
    event_version event_fingerprint true_tstamp
"""

# The names that both formats of Snowplow have.
SNOWPLOW_FIELDS = {
    "client_ip": "user_ipaddress",
    "visitor": ("domain_userid", "network_userid"),
    "session": "domain_sessionid",
    "event": "event",
    "event_key": "event_id",
    "url": "page_url",
    "referrer": "page_referrer",
    "user_agent": "useragent",
    "country": "geo_country",
    "utm_source": "mkt_source",
    "utm_medium": "mkt_medium",
    "utm_campaign": "mkt_campaign",
    "utm_content": "mkt_content",
    "utm_term": "mkt_term",
    "revenue": "tr_total",
}
PAGES = ("page_view",)
CONVERSION_EVENTS = ("transaction",)

FORMAT = Format(
    "snowplow",
    "Snowplow, enriched TSV",
    columns(
        tuple(EVENT_COLUMNS.split()),
        "\t",
        SNOWPLOW_FIELDS,
        time="derived_tstamp",
        pages=PAGES,
        conversion_events=CONVERSION_EVENTS,
    ),
)
