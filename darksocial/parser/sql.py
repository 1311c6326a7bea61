"""SQL text: literals, lists, cases, and times whose format need not be given."""

import re
from collections.abc import Sequence
from itertools import groupby

from darksocial.grammar.days import (
    DAY_FIRST,
    DAY_IN_WORDS,
    MONTH_FIRST,
    WIDE_SPACES,
    months,
)
from darksocial.grammar.times import ANY_EPOCH, CLOCK_TIMES, FORMATS_OF_DIGITS

HAS_ZONE = r"\d\d:\d\d.*(?:[zZ]|[+-]\d\d(?::?\d\d)?|UTC|GMT)$"


def quoted_sql(text: str) -> str:
    """Return SQL for a text: a literal that can be printed, in one line.

    Characters that a terminal would not show as they are become calls of `chr`.
    """
    pieces = [
        "'" + piece.replace("'", "''") + "'" if piece.isprintable() else f"chr({ord(piece)})"
        for piece in _parted(text)
    ]
    return f"({' || '.join(pieces)})" if len(pieces) > 1 else pieces[0]


def _parted(text: str) -> list[str]:
    """Separate each character that cannot be printed from the text around it."""
    parts = groupby(text, key=str.isprintable)
    pieces = (["".join(run)] if is_shown else list(run) for is_shown, run in parts)
    return [piece for run in pieces for piece in run] or [""]


def cases_sql(*cases: str) -> str:
    """Return SQL that takes the first case that holds: `WHEN ... THEN ...`, at last `ELSE ...`."""
    return " ".join(["CASE", *cases, "END"])


def list_sql(texts: Sequence[str]) -> str:
    """Return SQL for the elements of a list of texts."""
    return ", ".join(quoted_sql(text) for text in texts)


def is_one_of(text: str, texts: Sequence[str]) -> str:
    """Return SQL that says whether a text is one of these; null if it is null.

    It is asked only for rows that need it. DuckDB would make a join of a list, for all rows.
    """
    pattern = "|".join(map(re.escape, texts))
    return f"regexp_full_match({text}, {quoted_sql(pattern)})"


def first_sql(*expressions: str, otherwise: str = "NULL::VARCHAR") -> str:
    """Return SQL for the first expression that is not null; `otherwise` if there are none."""
    if len(expressions) > 1:
        return f"coalesce({', '.join(expressions)})"
    return expressions[0] if expressions else otherwise


def local_time(moment: str, timezone: str) -> str:
    """Return SQL that takes a TIMESTAMP for one in `timezone` (IANA name or ±HH:MM)."""
    if timezone[:1] in ("+", "-"):
        sign = "-" if timezone[0] == "+" else "+"
        hours, minutes = timezone[1:].split(":")
        offset = f"INTERVAL '{hours} hours {minutes} minutes'"
        return f"timezone('UTC', {moment} {sign} {offset})"
    return f"timezone({quoted_sql(timezone)}, {moment})"


def auto_time(text: str, timezone: str) -> str:
    """Return SQL that reads ISO 8601, RFC 3339, an epoch, or one of `CLOCK_TIMES`.

    The unit of an epoch is inferred from its size: seconds up to the year 5138, then milli-, micro-
    and nanoseconds. Times without a zone are in `timezone`.
    """
    pointed = f"replace({text}, ',', '.')"
    naive = local_time(f"try_cast({pointed} AS TIMESTAMP)", timezone)
    zoned = f"try_cast({pointed} AS TIMESTAMPTZ)"
    iso = cases_sql(
        f"WHEN regexp_matches({text}, {quoted_sql(HAS_ZONE)}) THEN {zoned}",
        f"ELSE {naive}",
    )
    bare = f"trim({text}, '[]')"
    others = ", ".join(time_by(bare, form, timezone) for form in CLOCK_TIMES)
    of_digits = (
        f"WHEN regexp_full_match({text}, {quoted_sql(pattern)}) "
        f"THEN {local_time(f'try_strptime({text}, {quoted_sql(form)})', timezone)}"
        for pattern, form in FORMATS_OF_DIGITS
    )
    return cases_sql(
        rf"WHEN regexp_matches({text}, '^\d{{4}}-\d') THEN {iso}",
        *of_digits,
        f"WHEN regexp_full_match({text}, {quoted_sql(ANY_EPOCH)}) THEN {_epoch(text)}",
        f"ELSE coalesce({others})",
    )


def has_zone(form: str) -> bool:
    """Return whether a strptime format has the zone of its times."""
    return "%z" in form or "%Z" in form


def time_by(text: str, form: str, timezone: str) -> str:
    """Return SQL that reads a time in a strptime format; one without a zone is in `timezone`."""
    form = form.replace("%e", "%d")  # DuckDB reads a day that is filled with a space
    parsed = f"try_strptime({text}, {quoted_sql(form)})"
    return (
        f"{parsed}::TIMESTAMPTZ" if has_zone(form) else local_time(f"{parsed}::TIMESTAMP", timezone)
    )


def day_by(text: str, forms: Sequence[str]) -> str:
    """Return SQL for the TIMESTAMP that a text is in one of the forms (grammar/days.py)."""
    in_digits = [form for form in forms if form != DAY_IN_WORDS]
    ways = [f"try_strptime({text}, [{list_sql(in_digits)}])"] if in_digits else []
    ways += [_day_in_words(text)] if DAY_IN_WORDS in forms else []
    return f"coalesce({', '.join(ways)})" if len(ways) > 1 else ways[0]


def _day_in_words(text: str) -> str:
    plain = f"lower(regexp_replace({text}, {quoted_sql(WIDE_SPACES)}, ' ', 'g'))"
    day_first, month_first = (
        f"regexp_extract({plain}, {quoted_sql(f'^{pattern}$')}, [{list_sql(names)}])"
        for pattern, names in (
            (DAY_FIRST, ("day", "month", "year", "hour")),
            (MONTH_FIRST, ("month", "day", "year", "hour")),
        )
    )
    parts = f"CASE WHEN {day_first}.year <> '' THEN {day_first} ELSE {month_first} END"
    names = ", ".join(f"{quoted_sql(name)}: {month}" for name, month in months().items())
    return (
        f"list_transform([{parts}], lambda part: try(make_timestamp(part.year::BIGINT, "
        f"map {{{names}}}[strip_accents(part.month)], part.day::BIGINT, "
        "coalesce(nullif(part.hour, ''), '0')::BIGINT, 0, 0.0)))[1]"
    )


def _epoch(text: str) -> str:
    number = f"try_cast({text} AS DOUBLE)"
    micros = cases_sql(
        f"WHEN {number} < 1e11 THEN {number} * 1e6",
        f"WHEN {number} < 1e14 THEN {number} * 1e3",
        f"WHEN {number} < 1e17 THEN {number}",
        f"ELSE {number} / 1e3",
    )
    return f"try(make_timestamptz(round({micros})::BIGINT))"
