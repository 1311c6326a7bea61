"""The hits around days that are due: days near each other share most of them.

Each day is judged from its own window of hits. The windows of several days are read together, once:
decoded, with their goals applied, and in one table, of which each window is a view.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from darksocial.engines.duckdb import DuckDBEngine
from darksocial.expressions import ibis, ir, parameter
from darksocial.parser.requests import NOT_MODIFIED
from darksocial.settings import Goal, Resources
from darksocial.store.calendar import DAYS_AFTER, DAYS_BEFORE, day_number, day_numbers
from darksocial.store.days.goals import with_goals
from darksocial.store.days.paths import with_decoded_paths
from darksocial.store.files.layout import part_of
from darksocial.store.files.state import State
from darksocial.store.intake.events import EVENT_COLUMN

MAX_DAYS_TOGETHER = 14
"""So many windows are read together: 21 days of hits at most, which take 30 bytes each on disk
(measured: docs/architecture.md), and each is read one and a half times and not eight times."""


@dataclass(frozen=True, slots=True)
class Windows:
    """The hits of some days' windows, and the engine that holds them."""

    engine: DuckDBEngine
    hits: ir.Table

    def requests_around(self, day: str) -> ir.Table:
        """Return the hits of a day's window as requests, which the parser would have made."""
        first, last = bounds(day)
        number = self.hits.day
        hits = self.hits.filter(
            number >= parameter("first_day", day_number(first.isoformat()), "int64"),
            number <= parameter("last_day", day_number(last.isoformat()), "int64"),
        ).drop("day")
        requests = hits.mutate(
            reason=ibis.null("string"),
            text=ibis.null("string"),
            last_at=hits.time,
            lines=ibis.literal(1, "int64"),
            revalidated=hits.status == NOT_MODIFIED,
        )
        return self.engine.view("requests", requests)


@contextmanager
def opened(
    store: Path,
    state: State,
    days: Sequence[str],
    goals: Sequence[Goal],
    resources: Resources | None,
) -> Iterator[Windows]:
    """Read the windows of some `days` together, with `goals` applied."""
    engine = DuckDBEngine(resources)
    try:
        around = sorted({each for day in days for each in window(state, day)})
        read = engine.read("hits_around", part_paths(store, "hits", state, around))
        read = read.drop(EVENT_COLUMN) if EVENT_COLUMN in read.columns else read
        hits = with_goals(with_decoded_paths(engine, read), goals)
        numbered = hits.mutate(day=day_numbers(hits.time))
        yield Windows(engine, engine.stage_on_disk("hits_by_day", numbered))
    finally:
        engine.close()


def together(days: Sequence[str]) -> Iterator[list[str]]:
    """Yield groups of `days` (ISO 8601, in order) whose windows are read together.

    Days whose windows do not meet are apart.
    """
    group: list[str] = []
    for day in days:
        if group and (len(group) == MAX_DAYS_TOGETHER or bounds(group[-1])[1] < bounds(day)[0]):
            yield group
            group = []
        group.append(day)
    if group:
        yield group


def bounds(day: str) -> tuple[date, date]:
    """Return the first and the last day of a day's window."""
    middle = date.fromisoformat(day)
    return middle - timedelta(days=DAYS_BEFORE), middle + timedelta(days=DAYS_AFTER)


def window(state: State, day: str) -> list[str]:
    """Return the stored days from whose hits a day is judged."""
    first, last = bounds(day)
    return [stored for stored in state.days if first.isoformat() <= stored <= last.isoformat()]


def part_paths(store: Path, kind: str, state: State, days: Sequence[str]) -> list[Path]:
    """Return the files of some days with the hits or the people (`kind`)."""
    return [store / part_of(kind, day, name) for day in days for name in state.parts.get(day, ())]
