"""Which of the judged visits a report is about, as the report says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class OnlyRow:
    """A pattern that holds for every visit of a report, and what it is about (`key`)."""

    key: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which of the visits that were judged a report is about.

    since: their first moment, in UTC; null where all from the beginning are meant.
    until: the moment before which they started, in UTC; null where all to the end are meant.
    only: the patterns that hold for them.
    sessions: how many sessions were judged, from which they were chosen.
    """

    since: datetime | None
    until: datetime | None
    only: tuple[OnlyRow, ...]
    sessions: float


def filter_of(content: Mapping[str, Any]) -> Filter:
    """Return a filter as summary.json has it."""
    since, until = (
        datetime.fromisoformat(content[name]) if content[name] else None
        for name in ("since", "until")
    )
    only = tuple(OnlyRow(**row) for row in content["only"])
    return Filter(since, until, only, content["sessions"])
