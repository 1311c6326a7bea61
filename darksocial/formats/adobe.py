""" "Adobe Analytics data feed: hit_data.tsv with its column_headers.tsv beside it.

    1772439245\t0\t0\t3064\t7291\t2\thttps://www.example.org/news\thttps://www.google.com/\t3

(tabs between the columns). hit_data.tsv has no header: a feed comes with column_headers.tsv, which
must lie in the same folder. The feed's columns are chosen by the user. Read are `hit_time_gmt`,
`post_visid_high`, `post_visid_low`, `visit_num`, `visit_start_time_gmt`, `post_page_url` or
`page_url`, `post_referrer` or `referrer`, `user_agent`, `ip`, `post_page_event`,
`post_event_list`, `post_product_list`, `exclude_hit` and `hit_source`. A backslash escapes tab,
newline and backslash; a newline without one ends the record.

Hits that `exclude_hit` leaves out of reports, and hits of `hit_source` 5, 7, 8 and 9 (uploads),
are rejects, as in Adobe's own counts. A page view has `post_page_event` 0. A hit whose event list
holds event 1 is a purchase; its revenue is the sum over the product list. `ref_type` 6 (typed or
bookmarked) has no referrer by definition.

It gives the landing page, referrer, user agent (with in-app browsers and previews), visitor,
session, purchases and revenue, as far as these columns are in the feed. Adobe's marketing channels
are numbers (`va_closer_id`) whose names are not in the feed: they are not shown.

Specification:
https://experienceleague.adobe.com/en/docs/analytics/export/analytics-data-feed/data-feed-contents/datafeeds-reference
"""

from darksocial.formats import Format
from darksocial.grammar.columns import columns

FORMAT = Format(
    "adobe",
    "Adobe Analytics data feed",
    columns(
        sidecar="column_headers.tsv",
        time="hit_time_gmt",
        client_ip="ip",
        visitor=("{post_visid_high}.{post_visid_low}", "{visid_high}.{visid_low}"),
        session="{visit_num}.{visit_start_time_gmt}",
        event=("post_page_event", "page_event"),
        event_key="{hitid_high}.{hitid_low}",
        url=("post_page_url", "page_url"),
        referrer=("post_referrer", "referrer"),
        user_agent="user_agent",
        country="geo_country",
        revenue=("post_product_list", "product_list"),
        excluded={"exclude_hit": r"[1-9]\d*", "hit_source": "[5789]"},
        converted={"post_event_list": "(?:.*,)?1(?:,.*)?"},
        pages=("0",),
        decode={"url": "backslash", "referrer": "backslash", "revenue": "products"},
    ),
)
