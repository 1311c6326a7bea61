"""The views of a DuckDB file, for tools that draw charts of tables: columns, and the SQL.

The SQL reads the tables `sessions` and `share_events` of the file. Numbers are those of the report:
a visit is booked to one channel, and after weighing it is counted in each channel by the
probability that it belongs there (report/channels.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from darksocial.model.weighing import CHANNEL_OF_CLASS
from darksocial.schema import MIN_LIKELY_BOT, NOT_LOGGED, Contract, Field
from darksocial.visits.conditions import BOTS_LABEL, NOT_LOGGED_LABEL

SINCE = 9
"""The schema version that brought the views."""


@dataclass(frozen=True, slots=True)
class View:
    """A view: its columns, and the query that makes them, in their order."""

    contract: Contract
    sql: str


def _view(name: str, holds: str, columns: Mapping[str, tuple[pa.DataType, str, str]]) -> Contract:
    fields = [Field(key, kind, text, null, SINCE) for key, (kind, text, null) in columns.items()]
    return Contract(name, f"--output duckdb=FILE, view {name}", holds, tuple(fields))


COUNT, NUMBER, TEXT, DAY = pa.int64(), pa.float64(), pa.string(), pa.date32()
PER_DAY = (DAY, "Day of the start of the visits, in UTC.", "")
SITE = (TEXT, "Host that was visited.", "the log names no host")
ALL_VISITS = (NUMBER, "Number of sessions.", "")
DIRECT_VISITS = (NUMBER, "Those of them that are booked as Direct, without likely bots.", "")
DARK_VISITS = (NUMBER, "Expected number of visits that came from a privately shared link.", "")
CONVERSIONS = (NUMBER, "Number of conversions.", "")
REVENUE = (NUMBER, "Revenue in the site's currency.", "")

STAYS = f"CASE WHEN began = '{NOT_LOGGED}' THEN '{NOT_LOGGED_LABEL}' ELSE channel_before END"
"""The channel in which a visit stays that is a person's and lost no source."""
BOOKED = f"CASE WHEN coalesce(p_bot, 0) > {MIN_LIKELY_BOT} THEN '{BOTS_LABEL}' ELSE {STAYS} END"
"""The channel in whose row a visit is counted before weighing (visits/conditions.py)."""
CHANNEL_OF_COLUMN = {f"p_{name}": f"'{channel}'" for name, channel in CHANNEL_OF_CLASS.items()}
PERSON_STAYS = f"1 - coalesce(p_bot, 0) - ({' + '.join(CHANNEL_OF_COLUMN)})"
CHANNEL_OF_P = {**CHANNEL_OF_COLUMN, "coalesce(p_bot, 0)": f"'{BOTS_LABEL}'", PERSON_STAYS: STAYS}
"""What a visit can be: the probability, and the channel in which it is then counted."""
PARTS_OF_VISIT = ", ".join(
    f"{{'channel': {channel}, 'p': {p}}}" for p, channel in CHANNEL_OF_P.items()
)
DAY_OF_START = "CAST(started_at AS DATE)"

CHANNELS_DAILY = View(
    _view(
        "channels_daily",
        "One row for each day, site and channel. The sums over all days are those of the report; "
        "its intervals are of the whole, and cannot be added up from days.",
        {
            "day": PER_DAY,
            "site": SITE,
            "channel": (TEXT, "Channel, as in the report.", ""),
            "booked": (NUMBER, "Sessions as booked on arrival.", ""),
            "estimated": (NUMBER, "Sessions as estimated from the evidence.", ""),
            "conversions_booked": (NUMBER, "Conversions of the booked sessions.", ""),
            "conversions_estimated": (NUMBER, "Conversions of the estimated sessions.", ""),
            "revenue_booked": (NUMBER, "Revenue of the booked sessions.", ""),
            "revenue_estimated": (NUMBER, "Revenue of the estimated sessions.", ""),
        },
    ),
    f"""
    WITH parts AS (
      SELECT {DAY_OF_START} AS day, site, {BOOKED} AS channel, 1e0 AS booked, 0e0 AS p,
             weight, conversions, revenue
      FROM sessions
      UNION ALL
      SELECT {DAY_OF_START}, site, part.channel, 0e0, part.p, weight, conversions, revenue
      FROM (SELECT *, unnest([{PARTS_OF_VISIT}]) AS part FROM sessions)
    )
    SELECT day, site, channel,
           sum(weight * booked) AS booked, sum(weight * p) AS estimated,
           coalesce(sum(conversions * booked), 0e0) AS conversions_booked,
           coalesce(sum(conversions * p), 0e0) AS conversions_estimated,
           coalesce(sum(revenue * booked), 0e0) AS revenue_booked,
           coalesce(sum(revenue * p), 0e0) AS revenue_estimated
    FROM parts WHERE booked > 0 OR p > 1e-12 GROUP BY ALL ORDER BY ALL
    """,
)
APPS_DAILY = View(
    _view(
        "apps_daily",
        "One row for each day, site and app, with the visits that came through it.",
        {
            "day": PER_DAY,
            "site": SITE,
            "app": (TEXT, "App through which the link was shared.", "not known"),
            "dark_social": DARK_VISITS,
        },
    ),
    f"""
    SELECT {DAY_OF_START} AS day, site, app, sum(weight * p_dark_social) AS dark_social
    FROM sessions WHERE p_dark_social > 0 GROUP BY ALL ORDER BY ALL
    """,
)
SUMS_OF_VISITS = f"""sum(weight) AS sessions,
           coalesce(sum(weight) FILTER ({BOOKED} = 'Direct'), 0e0) AS direct,
           sum(weight * p_dark_social) AS dark_social,
           CAST(coalesce(sum(conversions), 0) AS DOUBLE) AS conversions,
           coalesce(sum(revenue), 0e0) AS revenue"""
SUMMED_COLUMNS_OF_VIEW = {
    "first_day": (DAY, "Day of the first of these visits, in UTC.", ""),
    "last_day": (DAY, "Day of the last of these visits, in UTC.", ""),
    "sessions": ALL_VISITS,
    "direct": DIRECT_VISITS,
    "dark_social": DARK_VISITS,
    "conversions": CONVERSIONS,
    "revenue": REVENUE,
}
PAGES_VIEW = View(
    _view(
        "pages",
        "One row for each landing page: all of them, the one with the most dark social first.",
        {
            "site": SITE,
            "path": (TEXT, "Name of the landing page, as `landing_path` of sessions.", ""),
            **SUMMED_COLUMNS_OF_VIEW,
        },
    ),
    f"""
    SELECT site, landing_path AS path, min({DAY_OF_START}) AS first_day,
           max({DAY_OF_START}) AS last_day, {SUMS_OF_VISITS}
    FROM sessions WHERE landing_path IS NOT NULL GROUP BY site, landing_path
    ORDER BY dark_social DESC, sessions DESC, path, site
    """,
)
CAMPAIGNS = View(
    _view(
        "campaigns",
        "One row for each campaign by its tags, the one with the most visits first.",
        {
            "site": SITE,
            "campaign": (TEXT, "utm_campaign of the landing page.", ""),
            "source": (TEXT, "utm_source of the landing page.", "none"),
            "medium": (TEXT, "utm_medium of the landing page.", "none"),
            **SUMMED_COLUMNS_OF_VIEW,
        },
    ),
    f"""
    SELECT site, utm_campaign AS campaign, utm_source AS source, utm_medium AS medium,
           min({DAY_OF_START}) AS first_day, max({DAY_OF_START}) AS last_day, {SUMS_OF_VISITS}
    FROM sessions WHERE utm_campaign IS NOT NULL
    GROUP BY site, utm_campaign, utm_source, utm_medium
    ORDER BY sessions DESC, campaign, source, medium, site
    """,
)
DAILY_SHARES = View(
    _view(
        "shares",
        "One row for each day, page and app: shares that link previews show.",
        {
            "day": (DAY, "Day on which previews were fetched, in UTC.", ""),
            "site": SITE,
            "path": (TEXT, "Name of the page.", ""),
            "app": (TEXT, "App that fetched the previews.", ""),
            "shares": (COUNT, "Number of shares.", ""),
            "sharers": (COUNT, "Number of people known to have shared.", ""),
            "clicks": (NUMBER, "Expected number of direct visits that followed.", ""),
            "conversions": (NUMBER, "Expected number of their conversions.", ""),
        },
    ),
    """
    SELECT CAST(time AS DATE) AS day, site, path, app, count(*) AS shares,
           count(DISTINCT sharer_visitor_id) AS sharers,
           coalesce(sum(clicks), 0e0) AS clicks, coalesce(sum(conversions), 0e0) AS conversions
    FROM share_events GROUP BY ALL ORDER BY ALL
    """,
)
VIEWS = (CHANNELS_DAILY, APPS_DAILY, PAGES_VIEW, CAMPAIGNS, DAILY_SHARES)
