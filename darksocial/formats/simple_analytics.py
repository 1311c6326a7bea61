"""Simple Analytics, export of data points: CSV with a header or JSON.

    added_iso,hostname,path,query,is_unique,is_robot,document_referrer,utm_source,session_id
    2026-03-02T08:14:05.120Z,www.example.org,/news,,true,false,https://www.google.com/,,7c1

The fields of an export are chosen by the user: `added_iso`, `path` and `document_referrer` must be
among them. Rows whose `is_robot` is true are rejects ("excluded by the export"). Rows with a
`datapoint` of their own (events) are named by `--goal`, as in `--goal 'event=signup'`.

It gives the landing page, referrer, UTM tags, device, country and, where chosen, the user agent
with its in-app browser. A visitor is known for one session at most, if `session_id` was chosen;
else each page view is a visitor of its own. It has no click ids, no conversions and no revenue.

Specification: https://docs.simpleanalytics.com/api/export-data-points
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys
from darksocial.grammar.values import UTM_MEANINGS

FORMAT = Format(
    "simple_analytics",
    "Simple Analytics, data points",
    keys(
        {tag: tag for tag in UTM_MEANINGS},
        needs=("added_iso", "path", "document_referrer"),
        time="added_iso",
        visitor="session_id",
        session="session_id",
        event="datapoint",
        host="hostname",
        path="path",
        query="query",
        referrer="document_referrer",
        user_agent="user_agent",
        device="device_type",
        os="os_name",
        browser="browser_name",
        country="country_code",
        excluded={"is_robot": "true"},
        pages=("pageview",),
    ),
)
