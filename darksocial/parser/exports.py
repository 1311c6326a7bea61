"""What only exports record of a visit: SQL for the columns from `visitor_key` on, null in logs."""

import pyarrow as pa

from darksocial.grammar.layout import Layout
from darksocial.grammar.values import CAMPAIGN_MEANINGS
from darksocial.parser import Parsing
from darksocial.parser.sql import cases_sql, first_sql, list_sql

# What exports record of a visit. Parsed lines and requests have these columns.
VISIT_COLUMNS = (
    ("campaign", pa.string()),
    ("device", pa.string()),
    ("os", pa.string()),
    ("browser", pa.string()),
    ("channel", pa.string()),
    ("source", pa.string()),
    ("medium", pa.string()),
    ("weight", pa.float64()),
    ("pageviews", pa.int64()),
    ("conversions", pa.float64()),
    ("revenue", pa.float64()),
)
# Texts by which analytics tools say that there is no value.
TEXTS_FOR_NOTHING = (
    "(not set)",
    "(none)",
    "(direct)",
    "(organic)",
    "(referral)",
    "$direct",
    "direct",
    "null",
)
# Words that analytics tools have for a class of device; the first that fits decides.
WORDS_OF_DEVICE = (
    ("tablet", "tablet|ipad"),
    ("mobile", "mobile|phone|phablet|ipod|android"),
    ("desktop", "desktop|laptop|computer|monitor|mac|windows|linux|^pc$"),
)
# No count and no sum of a website is as large. The bound also keeps out infinity and NaN.
NUMBER_LIMIT = "1e15"


def visit_columns(parsing: Parsing) -> dict[str, str]:
    """Return SQL for what analytics exports record of a visit, by column."""
    is_layout = isinstance(parsing.grammar, Layout)
    pages = () if isinstance(parsing.grammar, Layout) else parsing.grammar.pages
    by_rule = not is_layout and bool(getattr(parsing.grammar, "converted", ()))
    is_page = f"coalesce(list_contains([{list_sql(pages)}], event_text), false)"
    revenue = first_sql(
        *_number(parsing, "revenue"),
        *(f"{micros} / 1e6" for micros in _number(parsing, "revenue_micros")),
        otherwise="NULL::DOUBLE",
    )
    return {
        "visitor_key": _text(parsing, "visitor"),
        "session_key": _text(parsing, "session"),
        "event": _text(parsing, "event"),
        "is_page": is_page if pages and "event" in parsing.records else "NULL::BOOLEAN",
        "campaign": _campaign(parsing),
        "device": _device() if "device" in parsing.records else "NULL::VARCHAR",
        "os": _text(parsing, "os"),
        "browser": _text(parsing, "browser"),
        "channel": _text(parsing, "channel"),
        "source": _half_of_pair(parsing, "source", 1),
        "medium": _half_of_pair(parsing, "medium", 2),
        "weight": first_sql(*_number(parsing, "weight"), otherwise="NULL::DOUBLE"),
        "pageviews": first_sql(*_number(parsing, "pageviews", "BIGINT"), otherwise="NULL::BIGINT"),
        "conversions": _conversions(parsing, by_rule=by_rule),
        "revenue": f"CASE WHEN is_converted THEN {revenue} END" if by_rule else revenue,
    }


def without_placeholder(column: str) -> str:
    """Return SQL for a column that is null where a tool wrote that there is no value."""
    return (
        f"CASE WHEN NOT list_contains([{list_sql(TEXTS_FOR_NOTHING)}], {column}) THEN {column} END"
    )


def _text(parsing: Parsing, meaning: str) -> str:
    """Return SQL for a text; null if the format does not record it."""
    return f"{meaning}_text" if meaning in parsing.records else "NULL::VARCHAR"


def _number(parsing: Parsing, meaning: str, kind: str = "DOUBLE") -> list[str]:
    """Return SQL for a number, or nothing if the format does not record it."""
    size = f"abs(try_cast({meaning}_text AS DOUBLE))"
    number = f"CASE WHEN {size} < {NUMBER_LIMIT} THEN try_cast({meaning}_text AS {kind}) END"
    return [number] if meaning in parsing.records else []


def _half_of_pair(parsing: Parsing, meaning: str, place: int) -> str:
    """Return SQL for source or medium, which may also be half of a text `source / medium`."""
    halves = [f"{meaning}_text"] if meaning in parsing.records else []
    if "source_medium" in parsing.records:
        halves.append(f"string_split(source_medium_text, ' / ')[{place}]")
    return first_sql(*halves)


def _conversions(parsing: Parsing, *, by_rule: bool) -> str:
    """Return SQL for the number of conversions: as recorded, by a rule, or by the event's name."""
    counts = _number(parsing, "conversions")
    if by_rule:
        counts.append("is_converted::INT::DOUBLE")
    events = getattr(parsing.grammar, "conversion_events", ())
    if events and "event" in parsing.records:
        counts.append(
            f"coalesce(list_contains([{list_sql(events)}], event_text), false)::INT::DOUBLE"
        )
    return first_sql(*counts, otherwise="NULL::DOUBLE")


def _device() -> str:
    """Return SQL for the class of device, by the words that analytics tools have for it."""
    text = "lower(device_text)"
    return cases_sql(
        "WHEN device_text IS NULL THEN NULL",
        *(
            f"WHEN regexp_matches({text}, '{words}') THEN '{name}'"
            for name, words in WORDS_OF_DEVICE
        ),
        "ELSE 'other'",
    )


def _campaign(parsing: Parsing) -> str:
    """Return SQL that makes a query string of the campaign's columns in an export.

    So campaigns of exports and of landing pages are read by the same rules (lookups/utm.py).
    """
    pairs = [
        f"'{name}=' || url_encode({without_placeholder(f'{name}_text')})"
        for name in CAMPAIGN_MEANINGS
        if name in parsing.records
    ]
    return f"nullif(concat_ws('&', {', '.join(pairs)}), '')" if pairs else "NULL::VARCHAR"
