"""`--timings`: what each phase of a run costs, in CPU seconds, on standard error at its end."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from darksocial.cli._command import ENGINE, option
from darksocial.cli._printing import echo
from darksocial.language import gettext as _

if TYPE_CHECKING:
    from darksocial.reading.progress import Phase, Watch

WANTED = "darksocial.timings"
"""Where the context of the command keeps whether the option is given."""


def _want(ctx: click.Context, parameter: click.Parameter, is_given: bool) -> None:
    ctx.meta[WANTED] = is_given


timings_option = option(
    "--timings",
    heading=ENGINE,
    is_flag=True,
    expose_value=False,
    callback=_want,
    help=_("Print the CPU seconds of each phase at the end, those of all threads together."),
)


class Timings:
    """Adds up CPU seconds by phase, and lets another watch show the phases.

    The first phase, the start, has what the process took before: Python, and what it imports.
    CPU seconds are those of this process. Those of a Spark cluster and its JVM are not among them.
    """

    def __init__(self) -> None:
        self._shown_by: Watch | None = None
        self._begun = 0.0
        self._phase = _("start")
        self._seconds: dict[str, float] = {}

    def around(self, watch: "Watch | None") -> "Watch":
        """Return the clock, which lets the watch show what begins."""
        self._shown_by = watch
        return self

    def __call__(self, total_bytes: int | None) -> Callable[[int], None]:
        """Reading begins."""
        self._enter(_("reading"))
        return self._shown_by(total_bytes) if self._shown_by else lambda count: None

    def begin(self, phase: "Phase") -> None:
        """Another phase begins."""
        from darksocial.reading.progress import begin

        names = {
            "sessions": _("sessions"),
            "judging": _("judging"),
            "report": _("report"),
            "writing": _("writing"),
        }
        self._enter(names[phase])
        begin(self._shown_by, phase)

    def lines(self) -> list[str]:
        """Return a line for each phase until now, in order, and one for the whole."""
        self._enter(_("the end"))
        line = _("{seconds:>9.2f} CPU s {proportion:>5.0%}  {phase}")
        total = sum(self._seconds.values())
        phases = {**self._seconds, _("all phases"): total}
        return [
            line.format(seconds=seconds, proportion=seconds / total, phase=phase)
            for phase, seconds in phases.items()
        ]

    def _enter(self, phase: str) -> None:
        now = time.process_time()
        self._seconds[self._phase] = self._seconds.get(self._phase, 0.0) + now - self._begun
        self._phase, self._begun = phase, now


@contextmanager
def timed() -> "Iterator[Callable[[Watch | None], Watch | None]]":
    """Yield what puts a clock around a watch; at the end print what that has counted.

    Nothing is counted without the option.
    """
    if not click.get_current_context().meta[WANTED]:
        yield lambda watch: watch
        return
    timings = Timings()
    yield timings.around
    for line in timings.lines():
        echo(line, err=True)
