"""Sums of money and days as exports of costs write them."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from darksocial.grammar.numbers import COMMA, POINT, decimal_mark
from darksocial.grammar.values import value

Days = tuple[date, date]
"""The first and the last day of a row of costs."""

AMOUNTS = (value("revenue", "cost"), value("weight", "clicks"))
"""What detection of the decimal mark looks at: sums of money, and counts."""
MINUS = "\N{MINUS SIGN}"
NOT_OF_NUMBER = re.compile(rf"[^\d.,\-{MINUS}()]")
WRITTEN_DAYS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d %b %Y",
    "%d %B %Y",
)
"""Days that can mean one day only: a point is written between day and month, not month and day
(https://unicode.org/reports/tr35, the patterns of de, fr-CH, ru and the like)."""
DAY_FIRST, MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"
# Python takes any character for what separates a day from the time.
ISO_DAY = re.compile(r"\d{4}-?\d\d-?\d\d(?:[T ]|$)")
NUMBERED_DAY = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
MONTHS_OF_YEAR = 12


def mark_of(cells: Sequence[tuple[str, str]], delimiter: str) -> str:
    """Return what comes before decimals in the cells of a file, each its cost and its clicks; empty
    where they contradict each other. A spreadsheet that separates cells by `;` writes a comma."""
    records = [{"cost": cost, "clicks": clicks} for cost, clicks in cells]
    return decimal_mark(records, AMOUNTS, COMMA if delimiter == ";" else POINT)


def amount_of(text: str, mark: str) -> Decimal | None:
    """Return a sum of money with this decimal mark, without its currency; None if it is none. A
    credit is negative: a minus before it, or brackets around it."""
    bare = NOT_OF_NUMBER.sub("", text).replace(MINUS, "-")
    is_credit = bare.startswith(("-", "(")) or bare.endswith("-")
    bare = bare.strip("-()")
    thousands = COMMA if mark == POINT else POINT
    bare = bare.replace(thousands, "").replace(mark, ".")
    try:
        amount = Decimal(bare)
    except InvalidOperation:
        return None
    return -amount if is_credit else amount


def form_of_days(texts: Sequence[str]) -> str | None:
    """Return how days as 3/2/2026 are written in a file, where one of them shows it; None if all of
    them can be read both ways."""
    pairs = [
        (int(match[1]), int(match[2])) for text in texts for match in NUMBERED_DAY.finditer(text)
    ]
    if any(first > MONTHS_OF_YEAR for first, _second in pairs):
        return DAY_FIRST
    if any(second > MONTHS_OF_YEAR for _first, second in pairs):
        return MONTH_FIRST
    return None


def day_of(text: str, form: str | None) -> date | None:
    """Return a day, of a time the day alone; None if it is none or `form` is needed and unknown."""
    bare = text.strip()
    if match := NUMBERED_DAY.match(bare):
        return _parsed("/".join(match.groups()), form) if form else None
    if ISO_DAY.match(bare):
        try:
            return datetime.fromisoformat(bare).date()
        except ValueError:
            return None
    days = (_parsed(bare, written) for written in WRITTEN_DAYS)
    return next((day for day in days if day), None)


def _parsed(text: str, form: str) -> date | None:
    try:
        return datetime.strptime(text, form).date()
    except ValueError:
        return None


def days_of(text: str, form: str | None) -> Days | None:
    """Return the first and the last day of a text: one day, or two with a slash between them
    (`2026-03-02/2026-03-08`, as Yandex Metrica has it). None if it is neither, or the last day
    comes before the first."""
    whole = day_of(text, form)
    if whole:
        return whole, whole
    half = len(text) // 2
    first, separator, last = text[:half], text[half : half + 1], text[half + 1 :]
    begin, end = day_of(first, form), day_of(last, form)
    return (begin, end) if separator == "/" and begin and end and begin <= end else None
