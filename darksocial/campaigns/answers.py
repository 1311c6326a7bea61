"""Read what people answered to the question how they heard of the site.

    date,answer
    2026-03-02,A friend sent me the link
    2026-03-02,Google

Forms of shops and of newsletters ask it, and it is what most people who cannot see dark social go
by. An answer is evidence on the mix of origins, never on one visit: only how many answers name each
origin is used (model/answers.py). The words that say an origin are those of data/answer_words.csv;
what they leave out or mistake, the owner maps.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from darksocial import arguments, data
from darksocial.campaigns.amounts import day_of, form_of_days
from darksocial.campaigns.sheets import cells_of, likely_separator, lines_of, plain, rows_below
from darksocial.errors import InputError, UsageError
from darksocial.grammar.headers import plain_header
from darksocial.language import gettext as _
from darksocial.plugins import one_of
from darksocial.settings import NO_ORIGIN, ORIGINS_OF_ANSWERS

DAY, ANSWER = "date", "answer"
ANSWERS_EXPECTED = _("a CSV with the columns date and answer, one line for each answer")
NO_WORDS = re.compile(r"[\W_]+")
MAX_AGE_DAYS = 365
"""Answers that are so much older than the newest do not count: the mix changes. Assumed."""


class _Header(NamedTuple):
    """Which line is the header, what separates its cells, and where both columns are."""

    line: int
    delimiter: str
    day: int
    answer: int


def read_answers(
    path: arguments.Place, origins: Mapping[str, str] | None = None
) -> tuple[tuple[str, int], ...]:
    """Return how many answers name each origin, as `Model` takes them for `heard_from`.

    `path` is a CSV or Excel file with the columns `date` and `answer`; others are not read.
    `origins` has the origin of an answer, by its whole text, where the words of the table do not
    say it or say another: dark_social, search, social, email, ai, or other for none of these.
    Answers count that are at most a year older than the newest. Those that name no origin, or two,
    are counted as `other`; empty ones are not counted.

    Raises InputError if the file cannot be read, lacks a column, or has a date that is none, and
    UsageError for an origin that does not exist.
    """
    file = Path(arguments.place("path", path))
    if origins is not None:
        arguments.check("origins", origins, Mapping)
    mapped = {plain_words(answer): _origin(name) for answer, name in (origins or {}).items()}
    lines = lines_of(file, ANSWERS_EXPECTED)
    header = _header(lines)
    if header is None:
        raise InputError(
            _("{file} has no columns date and answer.").format(file=file), expected=ANSWERS_EXPECTED
        )
    rows = rows_below(lines, header.line, header.delimiter)
    cells = [(number, _cell(row, header.day), _cell(row, header.answer)) for number, row in rows]
    form = form_of_days([day for _number, day, _answer in cells])
    dated = [(_day(file, number, day, form), answer) for number, day, answer in cells if answer]
    if not dated:
        raise InputError(_("{file} holds no answer.").format(file=file), expected=ANSWERS_EXPECTED)
    oldest = max(day for day, _answer in dated) - timedelta(days=MAX_AGE_DAYS)
    counts = Counter(origin_of(answer, mapped) for day, answer in dated if day >= oldest)
    return tuple((name, counts[name]) for name in ORIGINS_OF_ANSWERS if counts[name])


def origin_of(answer: str, mapped: Mapping[str, str]) -> str:
    """Return the origin that an answer names; `other` if it names none, or two.

    `mapped` has the origins of whole answers, which are written as `plain_words` returns them.
    """
    words = plain_words(answer)
    if words in mapped:
        return mapped[words]
    origins = {origin for pattern, origin in _words() if pattern.search(words)}
    return origins.pop() if len(origins) == 1 else NO_ORIGIN


def plain_words(text: str) -> str:
    """Return a text without case, accents and signs, one space between its words."""
    return plain_header(NO_WORDS.sub(" ", text).strip(), " ")


@cache
def _words() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(rf"\b{re.escape(row['word'])}\b"), row["origin"])
        for row in data.read("answer_words")
    )


def _origin(name: str) -> str:
    if name not in ORIGINS_OF_ANSWERS:
        raise UsageError(
            _("{name!r} is no origin of an answer.").format(name=name),
            expected=one_of(name, ORIGINS_OF_ANSWERS),
        )
    return name


def _header(lines: Sequence[str]) -> _Header | None:
    for number, line in enumerate(lines):
        if line.strip():
            names = [plain(cell) for cell in cells_of(line)]
            if DAY in names and ANSWER in names:
                return _Header(
                    number, likely_separator(line), names.index(DAY), names.index(ANSWER)
                )
    return None


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _day(file: Path, number: int, text: str, form: str | None) -> date:
    day = day_of(text, form)
    if day is None:
        raise InputError(
            _("{file}, line {number}: {text!r} is no date, or one that can be read both ways.")
            .format(file=file, number=number, text=text),
            expected=_("dates such as 2026-03-02"),
        )  # fmt: skip
    return day
