"""How times are written where no format says it: what detection accepts, the parser reads.

Both look here: `is_moment` asks whether a text is such a time, and parser/sql.py reads it.
"""

import re

from darksocial.grammar.layout import time_pattern

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


def is_moment(text: str | None) -> bool:
    """Return whether a text looks like a time whose format need not be given."""
    return text is not None and ANY_TIME.fullmatch(text) is not None
