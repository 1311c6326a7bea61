"""`darksocial page`: the report of an analysis as a page to forward."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from darksocial.cli._campaign_options import (
    PARTNERS_HELP,
    CostInput,
    cost_options,
    margin_option,
)
from darksocial.cli._command import INPUT, OUTPUT, SELECTION, described, option
from darksocial.cli._options import FILE
from darksocial.cli._selection import selection_options
from darksocial.language import gettext as _

if TYPE_CHECKING:
    from darksocial.selection import Selection

HELP = _(
    "Write the report of OUT as a page: one file with charts and tables that opens anywhere.\n\n"
    "OUT is the folder that `darksocial analyze` wrote, or a store that `darksocial nightly` "
    "keeps, whose days are put together. The page has no scripts and loads nothing, so it can be "
    "kept with a build or put on an intranet. FILE ends in .html, in .pdf, or in .eml for a mail "
    "to send on."
)


@described(
    help=HELP,
    short_help=_("Write the report as a page to forward."),
    example="darksocial page darksocial-out -o report.html",
)
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@selection_options
@cost_options
@option("--partners", heading=INPUT, type=FILE, metavar="FILE", help=PARTNERS_HELP)
@margin_option
@option(
    "-o",
    "--output",
    heading=OUTPUT,
    type=click.Path(path_type=Path, dir_okay=False),
    default="darksocial.html",
    show_default=True,
    metavar="FILE",
    help=_("Write the page to FILE."),
)
@option("--title", heading=OUTPUT, metavar="TEXT", help=_("The title of the page."))
@option(
    "--no-paths",
    heading=SELECTION,
    is_flag=True,
    help=_("Leave out addresses of pages, for readers who may not see them."),
)
def command(
    out: Path,
    selection: "Selection",
    cost_input: CostInput,
    partners: Path | None,
    output: Path,
    title: str | None,
    no_paths: bool,
    margin: float,
) -> None:
    """Write the page in the form that the ending of its file names."""
    from darksocial.outputs.page.forms import form_of
    from darksocial.outputs.page.stored import stored_page

    form = form_of(output)
    form.check()
    costs = {**cost_input._asdict(), "partners": partners, "margin": margin}
    page = stored_page(out, selection, title, with_paths=not no_paths, costs=costs)
    form.write(page, output)
