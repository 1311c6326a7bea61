"""A progress bar by bytes, with rate and time left: on a terminal and nowhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Watch = Callable[[int | None], Callable[[int], None]]


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
    with Progress(*columns, console=console, transient=True) as progress:

        def watch(total: int | None) -> Callable[[int], None]:
            task = progress.add_task("reading", total=total)
            return lambda count: progress.advance(task, count)

        yield watch
