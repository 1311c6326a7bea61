"""How a run reports its progress: the bytes that it has read, and the phase that begins."""

from collections.abc import Callable
from typing import Literal, Protocol, runtime_checkable

Progress = Callable[[int], None]
"""Called with each number of bytes that was read since the last call."""
Watch = Callable[[int | None], Progress]
"""Called with the bytes to read (None: unknown); returns what is called as they are read."""
Phase = Literal["sessions", "judging", "writing"]
"""What follows on reading: making sessions, judging them, writing the results."""


@runtime_checkable
class PhaseWatch(Protocol):
    """A `Watch` that wants to know the phases after reading, too."""

    def __call__(self, total_bytes: int | None) -> Progress:
        """Return what is called as bytes are read."""

    def begin(self, phase: Phase) -> None:
        """Show that a phase begins."""


def begin(watch: Watch | None, phase: Phase) -> None:
    """Say that a phase begins to a watch that shows phases."""
    if isinstance(watch, PhaseWatch):
        watch.begin(phase)
