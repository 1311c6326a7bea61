"""Days as exports write them: in digits, or with the name of the month in one of seven languages.

The names are rows of data/month_names.csv. Where it is the month that is a word there is no doubt
which number is the day, in whatever order they come.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from darksocial import data
from darksocial.grammar.headers import plain_header
from darksocial.grammar.times import has_form

DAY_IN_WORDS = "day in words"
"""Among strptime formats: `12 mars 2026`, `12. März 2026`, `12 de marzo de 2026` or `Mar 12, 2026`,
with or without the day of the week before and the hour behind."""
DAYS_IN_DIGITS = ("%Y%m%d", "%Y-%m-%d", "%d.%m.%Y")
MONTHS_IN_DIGITS = ("%Y%m", "%Y-%m")
LETTERS = r"\pL{3,12}"
NAME_OF_DAY = rf"(?:{LETTERS}\.?,? )?"
ORDINAL = "(?:[.\u00ba\u00b0]|er|st|nd|rd|th)?"
HOUR = r"(?: (\d{1,2}))?"
DAY_FIRST = (
    rf"{NAME_OF_DAY}(\d{{1,2}}){ORDINAL} (?:de |of )?({LETTERS})\.?,? (?:de |del )?(\d{{4}}){HOUR}"
)
MONTH_FIRST = rf"{NAME_OF_DAY}({LETTERS})\.? (\d{{1,2}}){ORDINAL},? (\d{{4}}){HOUR}"
"""For RE2, which knows `\\pL`; what they are matched with is in lower case, with usual spaces."""
_FIRST = re.compile(DAY_FIRST.replace(r"\pL", r"[^\W\d_]"))
_SECOND = re.compile(MONTH_FIRST.replace(r"\pL", r"[^\W\d_]"))
DATED_COMMENT = re.compile(r"#(?:[^:]+:)?\s*\d{8}(?:\s*[-,\u2013]\s*\d{8})*\s*$")
EIGHT_DIGITS = re.compile(r"\d{8}")
WIDE_SPACES = "[\u00a0\u202f]"


@cache
def months() -> Mapping[str, int]:
    """Return the number of each month, from 1, by its names without case and accents."""
    return {plain_header(row["name"]): int(row["month"]) for row in data.read("month_names")}


def is_day(text: str | None, forms: Sequence[str]) -> bool:
    """Return whether a text looks like a day in one of the forms."""
    if text is None:
        return False
    return any(
        is_in_words(text) if form == DAY_IN_WORDS else has_form(text, form) for form in forms
    )


def names_two_periods(lines: Sequence[str]) -> bool:
    """Return whether the comments before a table name more than one first day and one last day."""
    dates: list[str] = []
    for line in lines:
        bare = line.strip().strip(",;\t")
        if bare and not bare.startswith("#"):
            break
        dates += EIGHT_DIGITS.findall(bare) if DATED_COMMENT.match(bare) else []
    return len(dates) > 2


def is_in_words(text: str) -> bool:
    """Return whether a text is a day whose month is a word."""
    plain = re.sub(WIDE_SPACES, " ", text.lower())
    if match := _FIRST.fullmatch(plain):
        return plain_header(match[2]) in months()
    match = _SECOND.fullmatch(plain)
    return match is not None and plain_header(match[1]) in months()
