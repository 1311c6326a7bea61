"""Plausible, sessions (the table sessions_v2): CSV with a header or JSON lines.

    sign,session_id,user_id,start,entry_page,hostname,pageviews,referrer,referrer_source,screen_size
    1,9120,713,2026-03-02 08:14:05,/news,www.example.org,3,google.com,Google,Mobile

One record is one state of a session: rows with `sign` 1 hold a state, and rows with -1 cancel one.
Cancelling rows are rejects ("excluded by the export"); of the states of a session the largest
number of page views counts. `FINAL` in the query that exports leaves the last state alone.

It gives the landing page, referrer, campaign tags, session, device and country. Visitor ids change
every day. It has no user agent, no conversions, and no tempo within a visit.

Specification: https://github.com/plausible/analytics (lib/plausible/clickhouse_session_v2.ex)
"""

from darksocial.formats import Format
from darksocial.formats.plausible import PLAUSIBLE_FIELDS
from darksocial.grammar.keys import keys

FORMAT = Format(
    "plausible_sessions",
    "Plausible, sessions",
    keys(
        PLAUSIBLE_FIELDS,
        needs=("sign", "session_id", "user_id", "start", "entry_page"),
        time="start",
        path="entry_page",
        pageviews="pageviews",
        excluded={"sign": "-1"},
    ),
)
