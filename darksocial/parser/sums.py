"""Lines to the table of requests: a row for each page view, and for other hits one a minute.

Four of five hits of a site are what pages load. Nothing asks for one of them by itself, only how
many there were and when the first and the last came, so they are summed up before they are kept.
Sums hold for any cut of the input: whoever reads requests adds up `lines`.
"""

from collections.abc import Sequence

import pyarrow as pa

from darksocial.grammar.values import CAMPAIGN, VISIT
from darksocial.parser import Parsing
from darksocial.parser.hits import OF_VISIT, hits_steps
from darksocial.parser.requests import PLAIN_IDENTITY, identity_sql, requests_steps
from darksocial.schema import TIME
from darksocial.settings import Goal

REQUESTS = pa.schema(
    [
        ("file", pa.int32()),
        ("line", pa.int64()),
        ("reason", pa.string()),
        ("text", pa.string()),
        ("time", TIME),
        ("last_at", TIME),
        ("lines", pa.int64()),
        ("client_ip", pa.string()),
        ("host", pa.string()),
        ("user_agent", pa.string()),
        ("kind", pa.string()),
        ("identity", pa.string()),
        ("visitor", pa.int64()),
        ("tie_break", pa.int64()),
        ("path", pa.string()),
        ("query", pa.string()),
        ("referrer", pa.string()),
        ("referrer_host", pa.string()),
        ("session", pa.int64()),
        *OF_VISIT,
    ]
)
"""What sessions are made from. A row stands for `lines` lines, of which `line` and `time` are those
of the first and `last_at` is the time of the last; one with a `reason` is no hit. Facts of a page
view stand at page views only (requests.py)."""

OF_GOALS = (
    ("request_path", pa.string()),
    ("method", pa.string()),
    ("status", pa.int16()),
    ("event", pa.string()),
)
"""What goals look at, beside the columns of `REQUESTS`: `request_path` is the path of a request
that is no page view."""

OF_EXPORTS = frozenset({*CAMPAIGN, *VISIT})
"""What no server records: the rows of a format that does stay as they are."""
SAME = ("file", "reason", "host", "kind", "visitor", "referrer_host")
OWN = ("text", "client_ip", "user_agent", "tie_break", "path", "query", "referrer")
"""What follows from the visitor, or stands at rows that are not summed up."""
ALONE = "kind = 'page' OR reason NOT IN ('blank', 'comment')"
MINUTE_US = 60_000_000


def requests_schema(of_goals: bool) -> pa.Schema:
    """Return the columns of requests, with or without what goals look at."""
    return pa.schema([*REQUESTS, *OF_GOALS]) if of_goals else REQUESTS


def requests_query(
    how: Parsing,
    goals: Sequence[Goal] = (),
    *,
    each_line: bool = False,
    of_goals: bool = False,
) -> str:
    """Return SQL that turns the table `lines` into rows of `requests_schema`, by name.

    Columns that the format cannot fill are left out. With `each_line` nothing is summed up;
    `of_goals` needs that.
    """
    requests = requests_steps(
        hits_steps(how), how.records, goals, bare_paths=how.bare_paths, of_goals=of_goals
    )
    if each_line or how.records & OF_EXPORTS:
        return requests.adding("counted", "time AS last_at", "1::BIGINT AS lines").sql()
    identity = () if identity_sql(how.records) == PLAIN_IDENTITY else ("identity",)
    summed = [f"any_value({name}) AS {name}" for name in (*OWN, *identity)]
    if goals:
        summed += ["sum(conversions) AS conversions", "sum(revenue) AS revenue"]
    return requests.then(
        "counted",
        *SAME,
        *("min(line) AS line", "min(time) AS time", "max(time) AS last_at", "count(*) AS lines"),
        *summed,
        group_by=(*SAME, f"epoch_us(time) // {MINUTE_US}", f"CASE WHEN {ALONE} THEN line END"),
    ).sql()
