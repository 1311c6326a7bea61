"""Days: how they are numbered and written, and which of them depend on each other.

The hits of a day also count in the sessions of the days around it (days/write.py).
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from darksocial.expressions import ir, parameter
from darksocial.language import gettext as _
from darksocial.visits.bounds import DAY_SECONDS

EPOCH = date(1970, 1, 1)
DAYS_BEFORE = 6
DAYS_AFTER = 1


def day_number(day: str) -> int:
    """Return the number of a day (ISO 8601): how many days it is after 1970-01-01."""
    return (date.fromisoformat(day) - EPOCH).days


def day_of_number(number: int) -> str:
    """Return the day (ISO 8601) with a number."""
    return (EPOCH + timedelta(days=number)).isoformat()


def day_numbers(times: ir.TimestampValue) -> ir.IntegerValue:
    """Return the numbers of the UTC days of some times."""
    return times.epoch_seconds() // DAY_SECONDS


def is_on(times: ir.TimestampValue, day: str) -> ir.BooleanValue:
    """Return the condition that times are on a UTC day (ISO 8601)."""
    return day_numbers(times) == parameter("day", day_number(day), "int64")


def span_text(days: Sequence[object]) -> str:
    """Return one day, or the first and the last of several in order, as a text."""
    if len(days) == 1:
        return str(days[0])
    return _("{first} to {last}").format(first=days[0], last=days[-1])


def due_after(changed: Iterable[str], stored: Iterable[str]) -> set[str]:
    """Return those of the stored days whose sessions depend on the hits of the changed days."""
    days = set(stored)
    due: set[str] = set()
    for text in changed:
        day = date.fromisoformat(text)
        around = range(-DAYS_AFTER, DAYS_BEFORE + 1)
        due |= {(day + timedelta(days=n)).isoformat() for n in around} & days
    return due
