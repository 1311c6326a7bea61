r"""Variants of a layout that a file's own lines show: another form of the time, or more spaces.

Servers write NCSA's formats with milliseconds (Tomcat, Jetty), without a zone (gunicorn, Python's
and PHP's own servers) or with an ISO time (`$time_iso8601`), and with two spaces between values
(Jetty, Pantheon). All else is as in the format's specification.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from darksocial.grammar.layout import COMMON_LOG_TIME, Field, Layout, Literal, time_pattern

TIMES_IN_BRACKETS = (
    COMMON_LOG_TIME,
    "%d/%b/%Y:%H:%M:%S.%f %z",
    "%d/%b/%Y:%H:%M:%S",
    "%d/%b/%Y:%H:%M:%S.%f",
    "%d/%b/%Y %H:%M:%S",
    "iso",
)
IN_QUOTES = re.compile(r'"(?:[^"\\]|\\.)*"')
PROBE_LINES = 25


def as_in(head: Sequence[str], grammar: Layout) -> Layout:
    """Return the layout as the first lines of a file have it."""
    lines = tuple(line for line in head[:PROBE_LINES] if line.strip())
    form = _time_form(lines) if grammar.time_format == COMMON_LOG_TIME else None
    if form and _is_in_brackets(grammar):
        grammar = replace(grammar, pieces=tuple(_timed(piece, form) for piece in grammar.pieces))
    if _has_wide_spaces(lines) and not any(grammar.matches(line) for line in lines):
        grammar = replace(grammar, is_spaced=True)
    return grammar


def timed(grammar: Layout, form: str) -> Layout:
    """Return the layout with a time in another format, without brackets around it."""
    pieces = tuple(_timed(piece, form.strip("[]")) for piece in grammar.pieces)
    return replace(grammar, pieces=pieces)


def _is_in_brackets(grammar: Layout) -> bool:
    place = next(i for i, p in enumerate(grammar.pieces) if getattr(p, "meaning", "") == "time")
    around = grammar.pieces[place - 1 : place] + grammar.pieces[place + 1 : place + 2]
    texts = [piece.text for piece in around if isinstance(piece, Literal)]
    return len(texts) == 2 and texts[0].endswith("[") and texts[1].startswith("]")


def _timed(piece: Literal | Field, form: str) -> Literal | Field:
    is_time = isinstance(piece, Field) and piece.meaning == "time"
    return Field("time", form) if is_time else piece


@lru_cache(maxsize=8)
def _time_form(lines: tuple[str, ...]) -> str | None:
    """Return the form of the times in brackets in most of the lines, if it is not the usual one."""
    forms = Counter(form for line in lines if (form := _form_in(line)))
    form = forms.most_common(1)[0][0] if forms else None
    return form if form != COMMON_LOG_TIME else None


def _form_in(line: str) -> str | None:
    return next((form for form, pattern in TIME_PATTERNS if pattern.search(line)), None)


@lru_cache(maxsize=8)
def _has_wide_spaces(lines: tuple[str, ...]) -> bool:
    """Return whether most of the lines have two spaces in a row outside quotes."""
    return sum("  " in IN_QUOTES.sub("", line).strip() for line in lines) * 2 > len(lines)


TIME_PATTERNS = [
    (form, re.compile(rf"\[(?:{time_pattern(form)})\]", re.ASCII)) for form in TIMES_IN_BRACKETS
]
