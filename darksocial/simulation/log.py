"""Log lines and truth, collected by day and returned in the order of time."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter

from darksocial.simulation.site import DAY_SECONDS

TIME_ZONE = "+0100"
ZONE_HOURS = 1
TIMES_OF_DAY = tuple(f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(DAY_SECONDS))
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

Timed = list[tuple[int, str]]
Fact = str | int | float | bool | None
Truth = Mapping[str, Fact]


class Log:
    """Lines and truth of the present day and of later ones; what is after the end is dropped.

    Times are seconds since local midnight of the first day, `middle` among them; lines are
    NCSA combined as Apache writes it (`-` for no bytes).
    """

    def __init__(self, start: date, days: int) -> None:
        self._days = days
        self.middle = days // 2 * DAY_SECONDS
        self._midnight = datetime(start.year, start.month, start.day, tzinfo=UTC)
        dates = [start + timedelta(days=day) for day in range(days)]
        self._dates = [f"{d.day:02d}/{MONTHS[d.month - 1]}/{d.year}" for d in dates]
        self._lines: defaultdict[int, Timed] = defaultdict(list)
        self._truth: defaultdict[int, Timed] = defaultdict(list)

    def add(
        self,
        time: int,
        address: str,
        request: str,
        status: int,
        size: str,
        referrer: str,
        agent: str,
    ) -> None:
        """Add one hit, if the log records it."""
        day = time // DAY_SECONDS
        if day < self._days and self.records(request, agent):
            second = time % DAY_SECONDS
            sender = f"{address} - - [{self._dates[day]}:{TIMES_OF_DAY[second]} {TIME_ZONE}]"
            line = self.line(sender, request, status, size, referrer, agent)
            self._lines[day].append((second, line))

    def records(self, request: str, agent: str) -> bool:
        """Return whether a hit is recorded."""
        return True

    def line(
        self, sender: str, request: str, status: int, size: str, referrer: str, agent: str
    ) -> str:
        """Return a hit as a line. `sender` is its address and time."""
        return f'{sender} "{request}" {status} {size} "{referrer}" "{agent}"\n'

    def add_truncated(self, time: int, address: str) -> None:
        """Add a line that was cut in the middle of its request."""
        day, second = divmod(time, DAY_SECONDS)
        time_text = f"{self._dates[day]}:{TIMES_OF_DAY[second]} {TIME_ZONE}"
        line = f'{address} - - [{time_text}] "GET /politics/20\n'
        self._lines[day].append((second, line))

    def note(self, time: int, truth: Truth) -> bool:
        """Add one object to the truth; return whether its time lies within the log."""
        inside = time // DAY_SECONDS < self._days
        if inside:
            self._truth[time // DAY_SECONDS].append((time, json.dumps(truth)))
        return inside

    def utc(self, time: int) -> str:
        """Return a time as ISO 8601 in UTC."""
        moment = self._midnight + timedelta(hours=-ZONE_HOURS, seconds=time)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def take(self, day: int) -> tuple[list[str], list[str]]:
        """Remove and return a day's log lines and truth lines, each in the order of time."""
        lines = sorted(self._lines.pop(day, []), key=itemgetter(0))
        truth = sorted(self._truth.pop(day, []), key=itemgetter(0))
        return [line for _, line in lines], [f"{text}\n" for _, text in truth]
