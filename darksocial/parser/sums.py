"""Lines to the table of requests: a row for each page view and redirect, for others one a minute.

Four of five hits of a site are what pages load. No later step needs one of them by itself, only how
many there were and when the first and the last came, so they are summed up before they are stored.
Sums hold for any cut of the input: a reader of requests adds up `lines`.
"""

from collections.abc import Sequence
from functools import lru_cache

import pyarrow as pa

from darksocial.grammar.values import CAMPAIGN_MEANINGS, VISIT_MEANINGS
from darksocial.parser import Parsing
from darksocial.parser.exports import VISIT_COLUMNS
from darksocial.parser.hits import MAX_STATEMENTS, hits_steps
from darksocial.parser.periods import spread
from darksocial.parser.requests import PLAIN_IDENTITY, identity_sql, requests_steps
from darksocial.schema import TIME
from darksocial.settings import Goal

# What a page view says about who sent it, true or null (visits/conduct.py).
CONDUCT_COLUMNS = (("is_login", pa.bool_()), ("names_itself", pa.bool_()))

# What sessions are made from. A row is for `lines` lines: `line` and `time` are those of the first,
# `last_at` is the time of the last. A row with a `reason` is no hit. The facts of a page view are
# null in other rows (requests.py).
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
        *CONDUCT_COLUMNS,
        ("revalidated", pa.bool_()),
        ("session", pa.int64()),
        ("event_key", pa.int64()),
        *VISIT_COLUMNS,
    ]
)

# What goals look at, beside the columns of `REQUESTS`: `request_path` is the path of a request that
# is no page view.
GOAL_COLUMNS = (
    ("request_path", pa.string()),
    ("method", pa.string()),
    ("status", pa.int16()),
    ("event", pa.string()),
)

# The goals that the hits of a row count for, if goals are set: bit n is that of goal n.
GOALS_REACHED = ("goals_reached", pa.int64())

# What no server records: rows of a format that does are not summed up.
EXPORT_MEANINGS = frozenset({*CAMPAIGN_MEANINGS, *VISIT_MEANINGS})
# By these columns (and the minute) rows are summed up.
SUM_KEY = ("file", "reason", "host", "kind", "visitor", "referrer_host")
# These follow from the visitor, or belong to rows that are not summed up.
ANY_VALUE_COLUMNS = (
    *("text", "client_ip", "user_agent", "tie_break", "path", "query", "referrer", "revalidated"),
    *(name for name, _ in CONDUCT_COLUMNS),
)
IS_ROW_OF_ITS_OWN = "kind IN ('page', 'redirect', 'beacon') OR reason NOT IN ('blank', 'comment')"
MINUTE_US = 60_000_000


def requests_schema(goals: Sequence[Goal], of_goals: bool) -> pa.Schema:
    """Return the columns of requests, with or without what goals look at."""
    reached = (GOALS_REACHED,) if goals else ()
    return pa.schema([*REQUESTS, *reached, *(GOAL_COLUMNS if of_goals else ())])


@lru_cache(maxsize=MAX_STATEMENTS)
def requests_query(
    parsing: Parsing,
    goals: tuple[Goal, ...] = (),
    *,
    each_line: bool = False,
    of_goals: bool = False,
) -> str:
    """Return SQL that turns the table `lines` into rows of `requests_schema`, by name.

    Columns that the format cannot fill are left out. With `each_line` nothing is summed up;
    `of_goals` needs that.
    """
    requests = requests_steps(
        hits_steps(parsing),
        parsing.records,
        goals,
        privacy=parsing.privacy,
        of_goals=of_goals,
        geoip=parsing.geoip,
    )
    if "last_day" in parsing.records and "weight" in parsing.records:
        return spread(requests).adding("counted", "time AS last_at").sql()
    if each_line or parsing.records & EXPORT_MEANINGS:
        return requests.adding("counted", "time AS last_at", "1::BIGINT AS lines").sql()
    identity = () if identity_sql(parsing.records) == PLAIN_IDENTITY else ("identity",)
    country = ("country",) if parsing.geoip or "country" in parsing.records else ()
    of_visitor = (*ANY_VALUE_COLUMNS, *identity, *country)
    summed = [f"any_value({name}) AS {name}" for name in of_visitor]
    if goals:
        summed += [
            "sum(conversions) AS conversions",
            "sum(revenue) AS revenue",
            "bit_or(goals_reached) AS goals_reached",
        ]
    return requests.then(
        "counted",
        *SUM_KEY,
        *("min(line) AS line", "min(time) AS time", "max(time) AS last_at", "count(*) AS lines"),
        *summed,
        group_by=(
            *SUM_KEY,
            f"epoch_us(time) // {MINUTE_US}",
            f"CASE WHEN {IS_ROW_OF_ITS_OWN} THEN line END",
        ),
    ).sql()
