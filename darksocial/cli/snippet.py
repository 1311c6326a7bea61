"""`darksocial snippet`: the script that gives the addresses of pages their share ids."""

from pathlib import Path

import click

from darksocial.cli._command import INPUT, OUTPUT, SELECTION, Name, described, option
from darksocial.cli._options import FILE, share_option
from darksocial.language import gettext as _

DEFAULT_FILE = "ds.js"
HELP = _(
    "Write a script for the site's pages that makes private shares countable.\n\n"
    "It puts a random id of the share into the address, once a visitor has moved the pointer or "
    "pressed a key, so that it goes along when the address is shared or copied. No cookie and "
    "nothing else is kept on the device. The lines for the page, the server and its caches are "
    "printed beside it.\n\n"
    "INPUT are logs of the site: where the parameter is in use already, another name is proposed."
)


@described(
    help=HELP,
    short_help=_("Write the script that tracks shares."),
    example="darksocial snippet access.log -o ds.js",
)
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@share_option(INPUT)
@option(
    "--level",
    heading=SELECTION,
    type=Name(["full", "method"]),
    default="full",
    show_default=True,
    help=_("Say which share it is (full), or only how a link was shared (method)."),
)
@option(
    "--path",
    heading=SELECTION,
    multiple=True,
    metavar="PATH",
    help=_("Give ids to the pages with this path alone, where * is any number of characters."),
)
@option(
    "--with",
    heading=SELECTION,
    metavar="PART,...",
    help=_("Add buttons (elements with data-share) or share (the site's calls of "
           "navigator.share)."),
)  # fmt: skip
@option(
    "--beacon",
    heading=OUTPUT,
    default="/ds.txt",
    show_default=True,
    metavar="PATH",
    help=_("Ask for this path when a page gets its id, so that the log counts shares that nobody "
           "used."),
)  # fmt: skip
@option("--no-beacon", heading=OUTPUT, is_flag=True, help=_("Ask for nothing."))
@option(
    "-o",
    "--out",
    heading=OUTPUT,
    type=FILE,
    help=_("Write the script to this file.  [default: standard output]"),
)
def command(
    inputs: tuple[str, ...],
    share_parameter: str,
    level: str,
    path: tuple[str, ...],
    beacon: str,
    no_beacon: bool,
    out: Path | None,
    **extras: str | None,
) -> None:
    """Write the script, and print what goes with it.

    `extras` holds the value of --with, which no parameter of Python can be called.
    """
    from rich.console import Console

    from darksocial.cli._printing import echo
    from darksocial.outputs.snippet import show_snippet
    from darksocial.results.directory import write_text_whole
    from darksocial.survey import check_unused
    from darksocial.tracking.snippet import snippet

    script = snippet(
        level=level,
        paths=path,
        beacon=None if no_beacon else beacon,
        extras=tuple(filter(None, (extras["with"] or "").split(","))),
        share_parameter=share_parameter,
    )
    if inputs:
        check_unused(inputs, share_parameter)
    if out:
        write_text_whole(out, script.text)
    else:
        echo(script.text, nl=False)
    console = Console(highlight=False, stderr=out is None)
    show_snippet(script, f"/{(out or Path(DEFAULT_FILE)).name}", console)
