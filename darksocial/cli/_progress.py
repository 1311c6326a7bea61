"""The progress of a run: by bytes while it reads, and then by phases. On a terminal only."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from darksocial.language import gettext as _
from darksocial.reading.progress import Phase, Watch

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID
from darksocial.scratch import stopping

CLEARED = b"\r\x1b[K\x1b[?25h"
"""Empties the line, and shows the cursor that the bar has hidden (ECMA-48, DECTCEM)."""


class Bar:
    """Shows what a run does: a bar of bytes while it reads, and then the phase with its seconds."""

    def __init__(self, progress: "RichProgress") -> None:
        self._progress = progress
        self._columns = progress.columns
        self._tasks: list[TaskID] = []

    def __call__(self, total: int | None) -> Callable[[int], None]:
        """Show that reading begins; return what moves the bar."""
        self._progress.columns = self._columns
        task = self._show(_("reading"), total)
        return lambda count: self._progress.advance(task, count)

    def begin(self, phase: Phase) -> None:
        """Show that a phase begins, of which nobody knows the end."""
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn

        words = {
            "sessions": _("sessions"),
            "judging": _("judging"),
            "report": _("report"),
            "writing": _("writing"),
        }
        text = TextColumn("{task.description}")
        self._progress.columns = (text, BarColumn(), TimeElapsedColumn())
        self._show(words[phase], None)

    def _show(self, description: str, total: int | None) -> "TaskID":
        """Let a new line take the place of the one before."""
        for task in self._tasks:
            self._progress.remove_task(task)
        self._tasks = [self._progress.add_task(description, total=total)]
        self._progress.refresh()
        return self._tasks[0]


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Watch | None]:
    """Yield what the library calls as it works, or None where no terminal shows it."""
    if quiet:
        yield None
        return

    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=console, transient=True)
    with stopping.last_act(_clear), bar as progress:
        yield Bar(progress)


def _clear() -> None:
    os.write(2, CLEARED)
