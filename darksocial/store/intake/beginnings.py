"""Which logs begin with the same lines, and how many these are.

Logs with the same first line are compared by their running hashes (chains.py) at lines 1, 2, 4, 8
and so on; those that agree there are looked up in a table, not compared in pairs. So the cost grows
with the number of logs, also where thousands begin with the same comments.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Generic, Protocol, TypeVar

FEW = 4
"""So many logs are compared one by one."""


class Chained(Protocol):
    """A log whose running hashes are known."""

    @property
    def lines(self) -> int:
        """How many whole lines it has."""

    @property
    def first(self) -> int:
        """The hash at its first line."""

    def at(self, line: int) -> int:
        """Return 32 bits of the running hash at a line, from 1."""


T = TypeVar("T", bound=Chained)


class Beginnings(Generic[T]):
    """Logs by their beginnings."""

    def __init__(self, logs: Iterable[T]) -> None:
        self._alike: dict[int, list[T]] = defaultdict(list)
        for log in logs:
            if log.lines:
                self._alike[log.first].append(log)
        self._tables: dict[tuple[int, int], dict[int, list[T]]] = {}

    def shared(self, log: T) -> list[tuple[int, Sequence[T]]]:
        """Return the logs that share the most lines with one, by how many lines these are.

        Where a few logs are left to compare, each has its own number. The largest number comes
        first. The log itself may be among the others.
        """
        found = self._agreeing(log, 1) if log.lines else ()
        if len(found) < 2:
            return []
        shared, limit = 1, log.lines + 1
        while len(found) > FEW and limit - shared > 1:
            middle = 2 * shared if limit > log.lines else (shared + limit) // 2
            middle = min(middle, limit - 1)
            agreeing = self._agreeing(log, middle)
            if len(agreeing) > 1:
                found, shared = agreeing, middle
            else:
                limit = middle
        if len(found) > FEW:
            return [(shared, found)]
        counted = [(_shared(log, m, shared, limit), (m,)) for m in found if m is not log]
        return sorted(counted, key=lambda pair: -pair[0])

    def _agreeing(self, log: T, line: int) -> Sequence[T]:
        """The logs that agree with one at a line, and the log itself."""
        table = self._tables.get((log.first, line))
        if table is None:
            table = defaultdict(list)
            for other in self._alike[log.first]:
                if other.lines >= line:
                    table[other.at(line)].append(other)
            self._tables[log.first, line] = table
        return table[log.at(line)]


def _shared(log: Chained, other: Chained, least: int, limit: int) -> int:
    """How many lines two logs share, of which `least` are known to be, and fewer than `limit`."""
    low, high = least, min(log.lines, other.lines, limit - 1) + 1
    if high - 1 > low and log.at(high - 1) == other.at(high - 1):
        return high - 1
    while high - low > 1:
        middle = (low + high) // 2
        if log.at(middle) == other.at(middle):
            low = middle
        else:
            high = middle
    return low
