"""Spread rows that are for a whole period over its days, as SQL.

An export without a column of days gives the visits of a month in one row. Each of its days gets its
part: whole visits stay whole, and the parts add up to what the row counts. Where there are fewer
visits than days, what the row says decides on which days they are, so that rows of single visits do
not all fall on the same one. Which day a visit was on is assumed (inputs/gaps.py).

The parts of a row but the first have line numbers of their own, from `PART_LINES` on, since the
place of a line identifies a visit; `line % PART_LINES` is the line that was read.
"""

from darksocial.grammar.days import DAYS_IN_DIGITS
from darksocial.parser import Parsing
from darksocial.parser.sql import day_by, quoted_sql
from darksocial.parser.steps import Steps

PART_LINES = 1 << 40
MAX_DAYS = 3_700
"""What claims to be for more than ten years is left on its first day."""
MONTH_IN_DIGITS = r"^\d{4}-?\d{2}$"
PERIOD_COLUMNS = ("period_shift", "period_days")
"""How many days behind the row's time its period begins, and how many days it has."""
SAYS = "path, query, referrer, campaign, source, medium, channel, device, os, browser, country"
"""What decides on which days the visits of a row are, where there are fewer than days."""


def period_columns(parsing: Parsing) -> dict[str, str]:
    """Return SQL for `PERIOD_COLUMNS`; nothing if the format does not record the last day."""
    if "last_day" not in parsing.records:
        return {}
    last = _day("last_day")
    first = _day("first_day") if "first_day" in parsing.records else "NULL::TIMESTAMP"
    shift = f"date_diff('day', time::TIMESTAMP, {first})"
    of_month = f"regexp_matches(moment, {quoted_sql(MONTH_IN_DIGITS)})"
    end = f"CASE WHEN {of_month} THEN least({last}, last_day(time::TIMESTAMP)) ELSE {last} END"
    return {
        "period_shift": f"CASE WHEN {of_month} THEN greatest(0, coalesce({shift}, 0)) ELSE 0 END",
        "period_days": f"coalesce(date_diff('day', time::TIMESTAMP, {end}) + 1, 1)",
    }


def spread(requests: Steps) -> Steps:
    """Add the steps that make of each row one for each day of its period that has visits."""
    days = "period_days - period_shift"
    is_sum = f"reason IS NULL AND weight > 0 AND {days} BETWEEN 2 AND {MAX_DAYS}"
    digest = f"md5_number_lower(concat_ws(chr(10), {SAYS}))"
    has_visits = f"{_whole_before('each + 1')} > {_whole_before('each')}"
    with_visits = f"list_filter(range(days), lambda each: {has_visits})"
    listed = f"CASE WHEN weight = floor(weight) THEN {with_visits} ELSE range(days) END"
    is_first = "day = day_numbers[1]"
    parts = {
        "time": "time + to_hours(24 * (shift + day))",
        "line": f"CASE WHEN {is_first} THEN line ELSE line + day * {PART_LINES} END",
        "session": "CASE WHEN weight IS NOT NULL THEN (hash(session, day) >> 4)::BIGINT "
        "ELSE session END",
        "weight": _part("weight", "{}"),
        "pageviews": _part("pageviews", "round(pageviews * {} / weight)::BIGINT"),
        "conversions": _part("conversions", _whole("conversions")),
        "revenue": _part("revenue", "revenue * {} / weight"),
    }
    replaced = ", ".join(f"{sql} AS {name}" for name, sql in parts.items())
    return (
        requests.adding("row_periods", f"{is_sum} AS is_sum", f"({digest} % 997) / 997.0 AS start")
        .adding(
            "bounded_periods",
            f"CASE WHEN is_sum THEN {days} ELSE 1 END AS days",
            "CASE WHEN is_sum THEN period_shift ELSE 0 END AS shift",
        )
        .adding("listed_days", f"CASE WHEN is_sum THEN {listed} ELSE [0] END AS day_numbers")
        .adding("single_days", "unnest(day_numbers) AS day")
        .adding(
            "portions",
            f"{_visits_before('day')} AS visits_before",
            f"{_visits_before('day + 1')} AS visits_after",
        )
        .then(
            "spread",
            f"* REPLACE ({replaced})",
            f"CASE WHEN {is_first} THEN 1 ELSE 0 END::BIGINT AS lines",
        )
        .then(
            "spread_rows",
            "* EXCLUDE (period_shift, period_days, is_sum, start, days, shift, day_numbers)",
        )
        .then("parts", "* EXCLUDE (day, visits_before, visits_after)")
    )


def _visits_before(day: str) -> str:
    """Return SQL for how many visits of a row are before a day of its period, from 0."""
    part = f"weight * ({day}) / days"
    return f"CASE WHEN weight = floor(weight) THEN {_whole_before(day)} ELSE {part} END"


def _whole_before(day: str) -> str:
    return f"floor(weight * ({day}) / days + start)"


def _part(name: str, until: str) -> str:
    """Return SQL for a day's part of a count; `until` is what comes with so many of its visits."""
    difference = f"{until.format('visits_after')} - {until.format('visits_before')}"
    return f"CASE WHEN len(day_numbers) > 1 THEN {difference} ELSE {name} END"


def _whole(name: str) -> str:
    """Return SQL for what comes with so many visits: whole, where the count of the row is."""
    part = f"{name} * {{0}} / weight"
    return f"CASE WHEN {name} = floor({name}) THEN round({part}) ELSE {part} END"


def _day(meaning: str) -> str:
    return day_by(f"{meaning}_text", DAYS_IN_DIGITS)
