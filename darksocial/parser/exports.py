"""What exports record of a visit: SQL for the columns from `visitor_key` on. Of these logs have the
`country` alone, where they record it.
"""

import pyarrow as pa

from darksocial.grammar.keys import Keys
from darksocial.grammar.layout import Layout
from darksocial.grammar.numbers import COMMA, NUMBER_MEANINGS, POINT
from darksocial.grammar.values import CAMPAIGN_MEANINGS
from darksocial.lookups.utm import tag_pattern
from darksocial.parser import Parsing
from darksocial.parser.sql import cases_sql, first_sql, is_one_of, quoted_sql
from darksocial.parser.steps import Steps

# What exports record of a visit. Parsed lines and requests have these columns.
VISIT_COLUMNS = (
    ("campaign", pa.string()),
    ("device", pa.string()),
    ("os", pa.string()),
    ("browser", pa.string()),
    ("country", pa.string()),
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
# How a campaign begins that a tool keeps from visit to visit (visits/kept_campaigns.py): with a tag
# in the page's own address, and without.
OWN_CAMPAIGN, KEPT_CAMPAIGN = "own&", "kept&"
TAG_OF_PAGE = tag_pattern().replace("^", "[?]", 1)
# What is written in place of a number where there is none.
TEXTS_FOR_NO_NUMBER = ("", "(not set)", "(none)", "null", "none", "nan", "n/a", "\u2013", "\u2014")
# With a point or a comma before decimals it is another number.
AMBIGUOUS_NUMBER = quoted_sql(r"^[^0-9]*[1-9][0-9]{0,2}[.,][0-9]{3}[^0-9]*$")


def visit_columns(parsing: Parsing) -> dict[str, str]:
    """Return SQL for what analytics exports record of a visit, by column."""
    is_layout = isinstance(parsing.grammar, Layout)
    pages = () if isinstance(parsing.grammar, Layout) else parsing.grammar.pages
    by_rule = not is_layout and bool(getattr(parsing.grammar, "converted", ()))
    is_page = f"coalesce({is_one_of('event_text', pages)}, false)"
    revenue = first_sql(
        *_number(parsing, "revenue"),
        *(f"{micros} / 1e6" for micros in _number(parsing, "revenue_micros")),
        otherwise="NULL::DOUBLE",
    )
    return {
        "visitor_key": _text(parsing, "visitor"),
        "session_key": _text(parsing, "session"),
        "event": _text(parsing, "event"),
        "event_key": _text(parsing, "event_key"),
        "is_page": is_page if pages and "event" in parsing.records else "NULL::BOOLEAN",
        "campaign": _campaign(parsing),
        "device": _device() if "device" in parsing.records else "NULL::VARCHAR",
        "os": _text(parsing, "os"),
        "browser": _text(parsing, "browser"),
        "country": "country_code(country_text)"
        if "country" in parsing.records
        else "NULL::VARCHAR",
        "channel": _text(parsing, "channel"),
        "source": _half_of_pair(parsing, "source", 1),
        "medium": _half_of_pair(parsing, "medium", 2),
        "weight": first_sql(*_number(parsing, "weight"), otherwise="NULL::DOUBLE"),
        "pageviews": first_sql(
            *(f"{number}::BIGINT" for number in _number(parsing, "pageviews")),
            otherwise="NULL::BIGINT",
        ),
        "conversions": _conversions(parsing, by_rule=by_rule),
        "revenue": f"CASE WHEN is_converted THEN {revenue} END" if by_rule else revenue,
    }


def without_placeholder(column: str) -> str:
    """Return SQL for a column that is null where a tool wrote that there is no value."""
    nothing = (f"WHEN {quoted_sql(text)} THEN NULL" for text in TEXTS_FOR_NOTHING)
    return f"CASE {column} {' '.join(nothing)} ELSE {column} END"


def _text(parsing: Parsing, meaning: str) -> str:
    """Return SQL for a text; null if the format does not record it."""
    return f"{meaning}_text" if meaning in parsing.records else "NULL::VARCHAR"


def numbers_step(typed: Steps, parsing: Parsing) -> Steps:
    """Add `NAME_number` for each number that the format records, and `is_unreadable`.

    A text that says that there is no number is null; of a count of visits, without which a row says
    nothing, it is unreadable as well.
    """
    names = [name for name in NUMBER_MEANINGS if name in parsing.records]
    if not names:
        return typed
    texts = [f"{_written(f'{name}_text::VARCHAR')} AS {name}_written" for name in names]
    mark = parsing.grammar.decimals if isinstance(parsing.grammar, Keys) else POINT
    sizes = [f"{_read_number(f'{name}_written', mark)} AS {name}_size" for name in names]
    numbers = [
        f"CASE WHEN abs({name}_size) < {NUMBER_LIMIT} THEN {name}_size END AS {name}_number"
        for name in names
    ]
    missing = [
        "weight_number IS NULL"
        if name == "weight"
        else f"({name}_written IS NOT NULL AND {name}_number IS NULL)"
        for name in names
    ]
    return (
        typed.adding("written_numbers", *texts)
        .adding("number_sizes", *sizes)
        .adding("numbers", *numbers)
        .adding("checked_numbers", f"{' OR '.join(missing)} AS is_unreadable")
    )


def _written(text: str) -> str:
    """Return SQL for a number's text; null if it says that there is none."""
    says_nothing = is_one_of(f"lower(trim({text}))", TEXTS_FOR_NO_NUMBER)
    return f"CASE WHEN NOT {says_nothing} THEN {text} END"


def _read_number(text: str, mark: str) -> str:
    """Return SQL for the number that a text is, with the mark before decimals (numbers.py).

    Where the file shows no mark, a text that would be another number with another is null.
    """
    point, comma = f"number_with_point({text})", f"number_with_comma({text})"
    plain = f"coalesce(try_cast({text} AS DOUBLE), {point})"
    if mark == COMMA:
        return comma
    if mark == POINT:
        return plain
    decided = f"NOT regexp_matches({text}, {AMBIGUOUS_NUMBER})"
    return f"CASE WHEN {decided} THEN coalesce({plain}, {comma}) END"


def _number(parsing: Parsing, meaning: str) -> list[str]:
    """Return the column of a number, or nothing if the format does not record it."""
    return [f"{meaning}_number"] if meaning in parsing.records else []


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
        counts.append(f"coalesce({is_one_of('event_text', events)}, false)::INT::DOUBLE")
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

    So campaigns of exports and of landing pages are read by the same rules (lookups/utm.py). A tool
    that keeps campaigns marks them: whether the page's own address has a tag, too.
    """
    pairs = [
        f"'{name}=' || url_encode({without_placeholder(f'{name}_text')})"
        for name in CAMPAIGN_MEANINGS
        if name in parsing.records
    ]
    if not pairs:
        return "NULL::VARCHAR"
    campaign = f"nullif(concat_ws('&', {', '.join(pairs)}), '')"
    keeps = isinstance(parsing.grammar, Keys) and parsing.grammar.keeps_campaign
    if not keeps or "url" not in parsing.records:
        return campaign
    of_page = f"regexp_matches(coalesce(target, ''), {quoted_sql(TAG_OF_PAGE)})"
    return f"CASE WHEN {of_page} THEN '{OWN_CAMPAIGN}' ELSE '{KEPT_CAMPAIGN}' END || {campaign}"
