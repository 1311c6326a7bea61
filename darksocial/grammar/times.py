"""How times are written where no format says it: what detection accepts, the parser reads.

Both look here: `is_moment` asks whether a text is such a time, and parser/sql.py reads it.
"""

import re
from functools import cache

from darksocial.errors import UsageError
from darksocial.grammar.apache import strptime_format
from darksocial.grammar.layout import time_pattern
from darksocial.language import gettext as _

ISO_OR_RFC_3339 = (
    r"\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
    r"(?: ?(?:[zZ]|UTC|GMT|[+-]\d\d(?::?\d\d)?))?)?"
)
"""ISO 8601 and RFC 3339; log4j and Python's logging write a comma before the milliseconds."""
ANY_EPOCH = r"\d+(?:\.\d*)?(?:[eE]\+?\d+)?"
DIGITS_OF_DAY = r"(?:19|20)\d{6}"
DIGITS_OF_SECOND = r"(?:19|20)\d{12}"
"""As an epoch in milliseconds this would be after the year 2575."""
FORMATS_OF_DIGITS = ((DIGITS_OF_DAY, "%Y%m%d"), (DIGITS_OF_SECOND, "%Y%m%d%H%M%S"))
CLOCK_TIMES = (
    "%d/%b/%Y:%H:%M:%S %z",
    "%d/%b/%Y:%H:%M:%S%z",
    "%d/%b/%Y:%H:%M:%S.%f %z",
    "%d/%b/%Y:%H:%M:%S.%f",
    "%d/%b/%Y:%H:%M:%S",
    "%d/%b/%Y %H:%M:%S",
    "%Y/%m/%d %H:%M:%S.%f",
    "%Y/%m/%d %H:%M:%S",
    "%a, %d %b %Y %H:%M:%S %Z",
    "%a, %d %b %Y %H:%M:%S %z",
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S %Z %Y",
    "%d %b %Y %H:%M:%S,%f",
    "%d %b %Y %H:%M:%S",
)
"""Written by Apache and nginx (also without a zone, as gunicorn does, and with milliseconds, as
HAProxy and Tomcat do), Go and Caddy's `wall`, RFC 9110 5.6.7, RFC 5322 3.3, C's ctime, date(1), and
log4j's `DATE`. Forms with days and months as numbers are not guessed: 03/02 is two days.
"""
MIN_EPOCH_DIGITS = 8


def _clock_pattern(form: str) -> str:
    # ctime fills the day with a space.
    return time_pattern(form).replace(" " + time_pattern("%d"), " +" + time_pattern("%d"))


ANY_TIME = re.compile(
    "|".join(
        (
            ISO_OR_RFC_3339,
            rf"(?=\d{{{MIN_EPOCH_DIGITS}}}|\d(?:\.\d+)?[eE]){ANY_EPOCH}",
            rf"\[?(?:{'|'.join(map(_clock_pattern, CLOCK_TIMES))})\]?",
        )
    ),
    re.ASCII,
)


# Any one of each says the year, and the day in it.
YEARS = ("%Y", "%y")
PARTS_OF_DAYS = (("%d", "%e"), ("%m", "%b", "%B")), (("%j",),)


def strptime_form(text: str) -> str:
    """Return a time format that a user gives as one of strptime, with shorthands written out.

    `text` is one of strftime, or of Java's SimpleDateFormat if it has no percent sign. Raises
    UsageError if no time can be read by it, or if it lacks the year or the day.
    """
    form = strptime_format(text)
    has_day = any(all(any(one in form for one in part) for part in way) for way in PARTS_OF_DAYS)
    if not has_day or not any(year in form for year in YEARS):
        raise UsageError(
            _("The time format {text!r} lacks the year or the day.").format(text=text),
            expected=_("a pattern such as %d.%m.%Y %H:%M:%S"),
        )
    return form


def has_form(text: str | None, form: str) -> bool:
    """Return whether a text looks like a time in a strptime format."""
    return text is not None and _compiled(form).fullmatch(text) is not None


@cache
def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(time_pattern(form), re.ASCII)


def is_moment(text: str | None) -> bool:
    """Return whether a text looks like a time whose format need not be given."""
    return text is not None and ANY_TIME.fullmatch(text) is not None
