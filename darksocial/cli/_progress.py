"""A progress bar by bytes, with rate and time left: on a terminal and nowhere else."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from darksocial.reading.progress import Watch
from darksocial.scratch import stopping

CLEARED = b"\r\x1b[K\x1b[?25h"
"""Empties the line, and shows the cursor that the bar has hidden (ECMA-48, DECTCEM)."""


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Watch | None]:
    """Yield what the library calls with the bytes to read, or None where nobody looks."""
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

        def watch(total: int | None) -> Callable[[int], None]:
            task = progress.add_task("reading", total=total)
            return lambda count: progress.advance(task, count)

        yield watch


def _clear() -> None:
    os.write(2, CLEARED)
