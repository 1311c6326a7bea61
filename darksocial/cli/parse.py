"""`darksocial parse`: lines to hits, without judging them."""

from pathlib import Path

import click

from darksocial.cli._options import (
    inputs_argument,
    keep_option,
    quiet_option,
    reading_options,
    resource_options,
)
from darksocial.cli._verbose import verbose_option
from darksocial.settings import ReadSettings

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@inputs_argument
@click.option("-o", "--out", type=FILE, required=True, help="Write the hits to this Parquet file.")
@click.option("--rejects", type=FILE, help="Write the rejects to this Parquet file.")
@reading_options
@keep_option("Write rejects as they are, addresses and agents included.")
@resource_options
@quiet_option
@verbose_option
def command(
    inputs: tuple[str, ...],
    out: Path,
    rejects: Path | None,
    read: ReadSettings,
    keep_identifiers: bool,
    memory_limit: str | None,
    threads: int | None,
    quiet: bool,
) -> None:
    """Turn log lines into a Parquet file of hits.

    The hits hold client addresses and user agents as they were logged. What became of the lines
    of each file is printed to standard error.
    """
    from darksocial.cli._progress import progress_bar
    from darksocial.outputs.analysis import terminal
    from darksocial.pipeline import parse
    from darksocial.settings import Resources

    _check_apart(inputs, [out, *([rejects] if rejects else [])])
    resources = Resources(memory_limit, threads)
    with progress_bar(quiet) as watch:
        hits = parse(
            inputs,
            read=read,
            keep_identifiers=keep_identifiers,
            watch=watch,
            resources=resources,
        )
    with hits:
        hits.write(out, rejects)
        if not quiet:
            terminal.show_tallies(hits.tallies, hits.unread)


def _check_apart(inputs: tuple[str, ...], outputs: list[Path]) -> None:
    """Refuse to write over a file that is read. Raises UsageError."""
    from darksocial import given
    from darksocial.errors import UsageError
    from darksocial.reading.discover import discover

    outputs = [given.folder("out", output) for output in outputs]
    read = {Path(file.path).resolve() for file in discover(inputs)}
    for output in outputs:
        if output.resolve() in read:
            raise UsageError(
                f"{output} is one of the inputs, and would be overwritten",
                expected="another file for the result",
            )
