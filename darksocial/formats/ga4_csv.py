"""Google Analytics 4, a report downloaded as CSV: sessions by landing page, source or channel.

    # Start date: 20260301
    # End date: 20260331
    Landing page,Session source / medium,Sessions,Key events,Total revenue
    /news,(direct) / (none),1204,17,0

Comment lines come first, then a table; more tables may follow, each with its comments. A row stands
for as many sessions as its column of sessions says; that column, and a dimension of the landing
page, the source or the channel, must be there. The names may be those of the interface in English,
German, French, Spanish, Italian, Portuguese or Dutch, or of the Data API (data/ga4_headers.csv);
`--map` reads others. Explorations are read as well, whose comments have the period alone
(`# 20260723-20260922`). The day is the column of the date, with or without an hour, in digits or
with the name of its month (`12 mars 2026`, `Mar 12, 2026`). Without one, the visits of a row are
spread over the days of its month (`Year month`) or of the whole period, and the report says that
their days are assumed: choose the date as a second dimension to see days. A column of hours beside
the date counts. A table that holds two periods (`dateRange`, or two first days in the comments) is
refused, since their visits would be added up: download each alone. The row of totals, which has no
dimension, is a reject ("excluded by the export"). Numbers are read as the file writes them:
`1,204.5`, `1.204,5` or `1 204,5`.

It gives sessions by landing page, source / medium, channel, device and country (by its name in
English or its ID), as far as they were chosen. No visitor, no time of day and no user agent are
recorded: whether somebody came back, how many strangers came within minutes, in-app browsers and
link previews are not known, and the interval of the estimate is wider for it.

Specification: https://support.google.com/analytics/answer/9317657
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from darksocial import data
from darksocial.formats import Format
from darksocial.grammar.days import (
    DAY_IN_WORDS,
    DAYS_IN_DIGITS,
    MONTHS_IN_DIGITS,
    names_two_periods,
)
from darksocial.grammar.headers import plain_header
from darksocial.grammar.keys import Keys, keys
from darksocial.grammar.numbers import UNDECIDED
from darksocial.grammar.values import has

DIMENSIONS = ("url", "source_medium", "source", "medium", "channel")
TEXT_FOR_NO_VALUE = ("(not set)",)
TIME_FORMATS = (
    *DAYS_IN_DIGITS,
    "%Y%m%d%H",
    "%Y%m%d%H%M",
    *(f"{day} %H" for day in DAYS_IN_DIGITS),
    DAY_IN_WORDS,
)
"""Days as downloads and spreadsheets write them, and with the hour and the minute."""
RANGE = "daterange"
"""The column that distinguishes two periods."""


def grammar_of(names: dict[str, list[str]], time_format: tuple[str, ...] = TIME_FORMATS) -> Keys:
    """Return the grammar of a report whose columns of each meaning are called `names`."""
    sessions = names.get("weight", [])[:1]
    return keys(
        {meaning: [f'"{name}"' for name in columns] for meaning, columns in names.items()},
        needs=[f'"{name}"' for name in sessions],
        time_format=time_format,
        nulls={"url": TEXT_FOR_NO_VALUE, "channel": TEXT_FOR_NO_VALUE},
        decimals=UNDECIDED,
    )


def bind(head: Sequence[str]) -> Keys | None:
    """Return the columns that the report has; None without sessions, or without any dimension that
    can be used."""
    records = [record for line in head if (record := REPORT.record(line))]
    columns = list(dict.fromkeys(name for record in records for name in record))
    names: dict[str, list[str]] = {}
    for field, name in header_names():
        meant = [column for column in columns if plain(column) == name and '"' not in column]
        names.setdefault("time" if field == "date" else field, []).extend(meant)
    names = {meaning: columns for meaning, columns in names.items() if columns}
    if "weight" not in names or has_two_periods(head, records):
        return None
    if all(_is_one_day(record, names) for record in records):
        names.pop("last_day", None)
    of_months = "month" in names and not _days(names)
    form = MONTHS_IN_DIGITS if of_months else TIME_FORMATS
    grammar = grammar_of(_with_periods(_with_hours(names)), form).recorded_in(head)
    dimensions = [value for value in grammar.values if value.meaning in DIMENSIONS]
    paths = [steps for value in dimensions for steps in value.first_paths]
    chosen = [steps for steps in paths if any(has(record, steps) for record in records)]
    return replace(grammar, excluded=((chosen[0], ""),)) if chosen else None


def has_two_periods(head: Sequence[str], records: Sequence[Mapping[str, object]]) -> bool:
    """Return whether a table holds the visits of two periods, which would be added up.

    Either a column distinguishes them, or the comments before the table name two first days.
    """
    ranges = {str(value) for row in records for name, value in row.items() if plain(name) == RANGE}
    return len(ranges) > 1 or names_two_periods(head)


def _with_hours(names: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the columns with day and hour put together, where both are columns."""
    days = _days(names)
    if days and "clock" in names:
        others = {meaning: columns for meaning, columns in names.items() if meaning != "time"}
        return {"date": days, **others}
    return {meaning: columns for meaning, columns in names.items() if meaning != "clock"}


def _is_one_day(record: Mapping[str, object], names: dict[str, list[str]]) -> bool:
    """Return whether the comments name one day as the first and the last."""
    first, last = (
        {record[name] for name in names.get(field, []) if name.startswith("#") and name in record}
        for field in ("time", "last_day")
    )
    return first == last


def _days(names: dict[str, list[str]]) -> list[str]:
    """Return the columns of days, without what the comments say."""
    return [name for name in names.get("time", []) if not name.startswith("#")]


def _with_periods(names: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the columns with those that say which period a row is for, where no day is chosen."""
    first = names.get("time", [])
    others = {name: columns for name, columns in names.items() if name not in ("month", "last_day")}
    if "date" in names or _days(names):
        return others
    last = {"last_day": names["last_day"]} if "last_day" in names else {}
    if "month" not in names:
        return others | last
    return others | {"time": names["month"]} | ({"first_day": first, **last} if first else {})


@cache
def header_names() -> tuple[tuple[str, str], ...]:
    """Return the rows of data/ga4_headers.csv, field and plain name, each once."""
    rows = data.read("ga4_headers")
    return tuple(dict.fromkeys((row["field"], plain(row["name"])) for row in rows))


@cache
def plain(name: str) -> str:
    """Return a column's name without case, accents, spaces and signs; `#` is kept."""
    return plain_header(name, "#")


REPORT = grammar_of(
    {
        "weight": ["Sessions"],
        "time": ["Date"],
        "first_day": ["#Start date"],
        "last_day": ["#End date"],
        "url": ["Landing page"],
        "source_medium": ["Session source / medium"],
        "source": ["Session source"],
        "medium": ["Session medium"],
        "utm_campaign": ["Session campaign"],
        "channel": ["Session primary channel group"],
        "device": ["Device category"],
        "os": ["Operating system"],
        "browser": ["Browser"],
        "country": ["Country"],
        "pageviews": ["Views"],
        "conversions": ["Key events"],
        "revenue": ["Total revenue"],
    }
)
"""The names in English: what a report can record."""

FORMAT = Format("ga4_csv", "Google Analytics 4, report as CSV", REPORT, bind)
