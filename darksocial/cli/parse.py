"""`darksocial parse`: lines to hits, without judging them."""

from pathlib import Path
from typing import TYPE_CHECKING

from darksocial.cli._command import OUTPUT, described, option
from darksocial.cli._options import (
    FILE,
    inputs_argument,
    keep_option,
    reading_options,
    resource_options,
)
from darksocial.cli._reports import quiet_option
from darksocial.cli._verbose import verbose_option
from darksocial.language import gettext as _

if TYPE_CHECKING:
    from darksocial.settings import ReadSettings, Resources

HELP = _(
    "Turn log lines into a Parquet file of hits.\n\n"
    "The hits hold client addresses and user agents as they were logged. A table on standard error "
    "shows how many lines of each file became hits."
)


@described(
    help=HELP,
    short_help=_("Turn log lines into a Parquet file of hits."),
    example="darksocial parse access.log --out hits.parquet --rejects rejects.parquet",
)
@inputs_argument
@reading_options
@keep_option(_("Write rejects as they are, with addresses and user agents."))
@option(
    "-o",
    "--out",
    heading=OUTPUT,
    type=FILE,
    required=True,
    help=_("Write the hits to this Parquet file."),
)
@option("--rejects", heading=OUTPUT, type=FILE, help=_("Write the rejects to this Parquet file."))
@quiet_option
@resource_options
@verbose_option
def command(
    inputs: tuple[str, ...],
    read: "ReadSettings",
    keep_identifiers: bool,
    out: Path,
    rejects: Path | None,
    quiet: bool,
    resources: "Resources",
) -> None:
    """Parse logs and write the hits."""
    from darksocial.cli._progress import progress_bar
    from darksocial.outputs.tallies import show_tallies
    from darksocial.pipeline import parse

    _check_apart(inputs, [out, *([rejects] if rejects else [])])
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
            show_tallies(hits.tallies, hits.unread)


def _check_apart(inputs: tuple[str, ...], outputs: list[Path]) -> None:
    """Refuse to write over an input. Raises UsageError."""
    from darksocial import arguments
    from darksocial.errors import UsageError
    from darksocial.reading.discover import discover

    outputs = [arguments.folder("out", output) for output in outputs]
    read = {Path(file.path).resolve() for file in discover(inputs)}
    for output in outputs:
        if output.resolve() in read:
            raise UsageError(
                _("{path} is one of the inputs, and would be overwritten.").format(path=output),
                expected=_("another file for the result"),
            )
