"""`darksocial page`: the report of an analysis or of a store as a page to forward."""

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
from darksocial.cli._reports import Reports, page_output_option
from darksocial.cli._selection import breakdown_options, selection_options
from darksocial.errors import UsageError
from darksocial.language import gettext as _

if TYPE_CHECKING:
    from darksocial.selection import Breakdown, Selection

HELP = _(
    "Write the report of OUT as a page: one file with charts and tables that opens anywhere.\n\n"
    "OUT is the folder that `darksocial analyze` wrote, or a store that `darksocial nightly` "
    "keeps, whose days are put together. The page has no scripts and loads nothing, so it can be "
    "kept with a build or put on an intranet. FILE ends in .html, in .pdf, or in .eml for a mail "
    "to send on; csv=DIR, duckdb=FILE and xlsx=FILE hold its tables and the visits."
)


@described(
    help=HELP,
    short_help=_("Write the report as a page to forward."),
    example="darksocial page darksocial-out -o report.html",
)
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@selection_options
@breakdown_options
@cost_options
@option("--partners", heading=INPUT, type=FILE, metavar="FILE", help=PARTNERS_HELP)
@margin_option
@page_output_option
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
    breakdown: "Breakdown | None",
    cost_input: CostInput,
    partners: Path | None,
    outputs: tuple[tuple[Path, ...], Reports],
    title: str | None,
    no_paths: bool,
    margin: float,
) -> None:
    """Write the page in the form that the ending of its file names, and files with its tables."""
    from darksocial.outputs.analysis import Saved, Source, registry
    from darksocial.outputs.page.forms import form_of
    from darksocial.outputs.page.stored import stored_page
    from darksocial.report.selected import stored_report

    paths, reports = outputs
    if no_paths and reports.files:
        raise UsageError(
            _("--no-paths leaves addresses out of the page, and its tables would hold them."),
            expected=_("a page without paths, or tables"),
        )
    forms = {path: form_of(path) for path in paths}
    for form in forms.values():
        form.check()
    reports.check(registry())
    costs = {**cost_input._asdict(), "partners": partners, "margin": margin}
    page = stored_page(
        out, selection, title, breakdown=breakdown, with_paths=not no_paths, costs=costs
    )
    for path, form in forms.items():
        form.write(page, path)
    if reports.files:
        report = stored_report(out, selection, breakdown)
        reports.deliver(registry(), Saved(report, source=Source(out, selection, breakdown)))
