"""Whether a site uses the name of the share parameter for something else, and which name is free.

A site that has `sh` in its own addresses keeps them: the script leaves such pages alone, and the
values are counted as what they are. Only its shares would go without ids, so another name is
proposed.
"""

from collections import Counter
from collections.abc import Iterable

from darksocial.lookups.pages import parameters
from darksocial.tracking.share_id import DEFAULT_PARAMETER, parse

PROPOSED_NAMES = (DEFAULT_PARAMETER, "shr", "dsh", "share")
MIN_OTHER_VALUES = 10
"""So many answered requests with values of another form show that a site uses a name. Fewer come
from programs that try names. Assumed."""


class ParameterUse:
    """How often each parameter of answered requests has a value that is no share id."""

    def __init__(self) -> None:
        self._others: Counter[str] = Counter()

    def add(self, queries: Iterable[str]) -> None:
        """Count the parameters of queries."""
        self._others.update(
            name for query in queries for name, value in parameters(query) if not parse(value)
        )

    def others(self, name: str) -> int:
        """Return how many requests use the name for something else; 0 where they are too few."""
        count = self._others[name.lower()]
        return count if count >= MIN_OTHER_VALUES else 0

    def free_name(self) -> str:
        """Return the first proposed name that the site does not use."""
        return next((name for name in PROPOSED_NAMES if not self.others(name)), "dark_share")
