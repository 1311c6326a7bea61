"""Simple Analytics, export of data points: CSV with a header or JSON.

    added_iso,hostname,path,query,is_unique,is_robot,document_referrer,utm_source,session_id
    2026-03-02T08:14:05.120Z,www.example.org,/news,,true,false,https://www.google.com/,,7c1

The fields of an export are chosen by the user: `added_iso`, `path` and `document_referrer` must be
among them. Rows whose `is_robot` is true are rejects ("excluded by the export"). Rows with a
`datapoint` of their own (events) are named by `--goal`, as in `--goal 'event=signup'`.

It gives the landing page, referrer, UTM tags, device and, where chosen, the user agent with its
in-app browser. A visitor is known for one session at most, if `session_id` was chosen; else each
page view stands alone. It has no click ids, no conversions and no revenue.

Specification: https://docs.simpleanalytics.com/api/export-data-points
"""

from darksocial.formats import Format
from darksocial.grammar.keys import keys

FORMAT = Format(
    "simple_analytics",
    "Simple Analytics, data points",
    keys(
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
        utm_source="utm_source",
        utm_medium="utm_medium",
        utm_campaign="utm_campaign",
        utm_content="utm_content",
        utm_term="utm_term",
        device="device_type",
        os="os_name",
        browser="browser_name",
        excluded={"is_robot": "true"},
        pages=("pageview",),
    ),
)
