"""Sums alone: the visits as a report of GA4 has them, and nothing of a single one.

Each day is a table of its own, as in a download with several. GA4 counts by a script, so no machine
is in it.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from io import StringIO

from darksocial.lookups.channels import traffic_source
from darksocial.lookups.referrers import parse_referrer
from darksocial.lookups.utm import parse_query
from darksocial.simulation.log import Log, Truth
from darksocial.simulation.site import DAY_SECONDS

SUMS, SUMS_BY_PAGE = "sums", "sums-by-page"
WORLDS_OF_SUMS = (SUMS, SUMS_BY_PAGE)
PAGE_COLUMN, SOURCE_COLUMN, SESSIONS_COLUMN = "Landing page", "Session source / medium", "Sessions"


class SumsOfVisits(Log):
    """The number of visits by day and source, or by day, landing page and source.

    Hits are not recorded: visits are counted as they are noted for the truth.
    """

    def __init__(self, start: date, days: int, *, by_page: bool) -> None:
        super().__init__(start, days)
        self._start = start
        self._by_page = by_page
        self._sessions: defaultdict[int, Counter[tuple[str, ...]]] = defaultdict(Counter)

    def records(self, request: str, agent: str) -> bool:
        """Return that no hit is recorded."""
        return False

    def add_truncated(self, time: int, address: str) -> None:
        """Add nothing: a report has no broken lines."""

    def note(self, time: int, truth: Truth) -> bool:
        """Add one object to the truth, and count it if it is a visit."""
        inside = super().note(time, truth)
        if inside and truth["type"] == "visit":
            page = (str(truth["path"]),) if self._by_page else ()
            self._sessions[time // DAY_SECONDS][*page, source_medium(truth)] += 1
        return inside

    def take(self, day: int) -> tuple[list[str], list[str]]:
        """Remove and return a day's table, if it has visits, and its truth lines."""
        _lines, facts = super().take(day)
        counted = self._sessions.pop(day, Counter())
        return (self._table(day, counted) if counted else []), facts

    def _table(self, day: int, counted: Mapping[tuple[str, ...], int]) -> list[str]:
        text = StringIO()
        text.write(f"# Start date: {self._start + timedelta(days=day):%Y%m%d}\n")
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow([*([PAGE_COLUMN] if self._by_page else []), SOURCE_COLUMN, SESSIONS_COLUMN])
        rows.writerows([*row, sessions] for row, sessions in sorted(counted.items()))
        return text.getvalue().splitlines(keepends=True)


def source_medium(visit: Mapping[str, object]) -> str:
    """Return what GA4 books a visit of the truth to: `google / organic`."""
    referrer, query = (str(visit[name] or "") for name in ("referrer", "query"))
    source = traffic_source(parse_referrer(referrer or None), parse_query(query))
    return f"{source.source} / {source.medium}"
