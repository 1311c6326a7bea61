"""How a run reports its progress: the bytes that it has read and the phase that it begins."""

from collections.abc import Callable
from typing import Literal, Protocol, runtime_checkable

Progress = Callable[[int], None]
"""Called with the number of bytes read since the last call."""
Watch = Callable[[int | None], Progress]
"""Called with the total number of bytes (None: unknown); returns the progress to report to."""
Phase = Literal["sessions", "judging", "report", "writing"]
"""The phases after reading: making sessions, judging them, counting for the report, writing."""


@runtime_checkable
class PhaseWatch(Protocol):
    """A `Watch` that also shows the phases after reading."""

    def __call__(self, total_bytes: int | None) -> Progress:
        """Return the progress to report to."""

    def begin(self, phase: Phase) -> None:
        """Show that a phase begins."""


def begin(watch: Watch | None, phase: Phase) -> None:
    """Report the beginning of a phase to a watch that shows phases."""
    if isinstance(watch, PhaseWatch):
        watch.begin(phase)
