"""Find logs that begin with the same lines, and the number of these lines.

Logs with the same first line are compared by their running hashes (chains.py) at lines 1, 2, 4, 8
and so on. Those with the same hash are looked up in a table, not compared in pairs. So the cost
grows with the number of logs, even if thousands begin with the same comments.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Generic, Protocol, TypeVar

MAX_LOGS_COMPARED = 4
"""Up to this number, logs are compared one by one."""


class Chained(Protocol):
    """A log with running hashes."""

    @property
    def lines(self) -> int:
        """The number of its whole lines."""

    @property
    def first(self) -> int:
        """The hash at its first line."""

    def hash_at(self, line: int) -> int:
        """Return 32 bits of the running hash at a line, counted from 1."""


T = TypeVar("T", bound=Chained)


class Beginnings(Generic[T]):
    """Finds the logs of a run that begin alike."""

    def __init__(self, logs: Iterable[T]) -> None:
        self._alike: dict[int, list[T]] = defaultdict(list)
        for log in logs:
            if log.lines:
                self._alike[log.first].append(log)
        self._tables: dict[tuple[int, int], dict[int, list[T]]] = {}

    def shared(self, log: T) -> list[tuple[int, Sequence[T]]]:
        """Return the logs that share the most lines with this one, with the number of lines.

        If only a few logs remain, each has its own number. The largest number comes first. The
        log itself may be among the others.
        """
        alike = self._agreeing(log, 1) if log.lines else ()
        if len(alike) < 2:
            return []
        shared, limit = 1, log.lines + 1
        while len(alike) > MAX_LOGS_COMPARED and limit - shared > 1:
            middle = 2 * shared if limit > log.lines else (shared + limit) // 2
            middle = min(middle, limit - 1)
            agreeing = self._agreeing(log, middle)
            if len(agreeing) > 1:
                alike, shared = agreeing, middle
            else:
                limit = middle
        if len(alike) > MAX_LOGS_COMPARED:
            return [(shared, alike)]
        counted = [(_shared(log, m, shared, limit), (m,)) for m in alike if m is not log]
        return sorted(counted, key=lambda pair: -pair[0])

    def _agreeing(self, log: T, line: int) -> Sequence[T]:
        """Return the logs with the same hash at a line, including the log itself."""
        table = self._tables.get((log.first, line))
        if table is None:
            table = defaultdict(list)
            for other in self._alike[log.first]:
                if other.lines >= line:
                    table[other.hash_at(line)].append(other)
            self._tables[log.first, line] = table
        return table[log.hash_at(line)]


def _shared(log: Chained, other: Chained, least: int, limit: int) -> int:
    """Return how many lines two logs share: at least `least`, and fewer than `limit`."""
    low, high = least, min(log.lines, other.lines, limit - 1) + 1
    if high - 1 > low and log.hash_at(high - 1) == other.hash_at(high - 1):
        return high - 1
    while high - low > 1:
        middle = (low + high) // 2
        if log.hash_at(middle) == other.hash_at(middle):
            low = middle
        else:
            high = middle
    return low
