"""Which days depend on which: the hits of a day count in the days around it (days.py)."""

from collections.abc import Iterable
from datetime import date, timedelta

DAYS_BEFORE = 6
DAYS_AFTER = 1


def due_after(changed: Iterable[str], known: Iterable[str]) -> set[str]:
    """Return the days whose sessions depend on the hits of the days that have changed."""
    days = set(known)
    due: set[str] = set()
    for text in changed:
        day = date.fromisoformat(text)
        around = range(-DAYS_AFTER, DAYS_BEFORE + 1)
        due |= {(day + timedelta(days=n)).isoformat() for n in around} & days
    return due
