"""`darksocial analyze`: the main job."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from darksocial.cli._command import OUTPUT, described, option
from darksocial.cli._options import (
    engine_options,
    inputs_argument,
    reading_options,
    secret_option,
    stored_analysis_options,
)
from darksocial.cli._reports import Reports, report_options
from darksocial.cli._selection import breakdown_options, selection_options
from darksocial.cli._timings import timed, timings_option
from darksocial.cli._verbose import verbose_option
from darksocial.language import gettext as _

if TYPE_CHECKING:
    from darksocial.selection import Breakdown, Selection
    from darksocial.settings import ReadSettings, Resources, Settings

HELP = _(
    "Find dark social in web-server logs.\n\n"
    "INPUT is a file, a glob, a folder, or - for standard input; plain or compressed (gz, bz2, xz, "
    "zst). Rotated logs can be given in any order. On Spark INPUT may also be a URI that Spark "
    "reads, such as s3a://bucket/logs."
)


@described(
    help=HELP,
    short_help=_("Find dark social in web-server logs."),
    example="darksocial analyze access.log* --site www.example.org --out report",
)
@inputs_argument
@reading_options
@stored_analysis_options(
    _("Write client addresses and user agents too, and everything as it was logged.")
)
@secret_option(_("The key of visitor ids.  [default: in the file OUT.key]"))
@option(
    "-o",
    "--out",
    heading=OUTPUT,
    type=click.Path(file_okay=False),
    default="darksocial-out",
    show_default=True,
    help=_(
        "Write sessions/, shares.parquet, rejects.parquet and summary.json into this folder, or "
        "on Spark to this URI."
    ),
)
@selection_options
@breakdown_options
@report_options("analysis")
@engine_options
@verbose_option
@timings_option
def command(
    inputs: tuple[str, ...],
    read: "ReadSettings",
    settings: "Settings",
    visitor_secret: str | None,
    out: str,
    selection: "Selection",
    breakdown: "Breakdown | None",
    reports: Reports,
    resources: "Resources",
) -> None:
    """Analyse logs, write the tables, and print the report."""
    from darksocial.cli._progress import progress_bar
    from darksocial.cli._secret import visitor_secret as secret_for
    from darksocial.errors import UsageError
    from darksocial.outputs.analysis import Saved, registry
    from darksocial.pipeline import analyze
    from darksocial.reading import is_uri
    from darksocial.reading.progress import begin
    from darksocial.results.ownership import RESULT, check_own
    from darksocial.results.places import cannot_write

    folder = None if is_uri(out) else Path(out)
    if folder:
        check_own(folder, RESULT)
    elif resources.engine == "duckdb":
        raise cannot_write(out)
    elif visitor_secret is None:
        raise UsageError(
            _("{out} is a URI, and no key of visitor ids is kept beside a URI.").format(out=out),
            expected=_("--visitor-secret, or DARKSOCIAL_ANALYZE_VISITOR_SECRET"),
        )
    reports.check(registry())
    with timed() as in_time, ExitStack() as stack:
        with progress_bar(reports.is_quiet) as bar:
            watch = in_time(bar)
            analysis = analyze(
                inputs,
                read=read,
                settings=settings,
                before=reports.before,
                secret=secret_for(visitor_secret, folder),
                watch=watch,
                resources=resources,
                selection=selection,
                breakdown=breakdown,
            )
            stack.enter_context(analysis)
            begin(watch, "writing")
            analysis.write(out)
        reports.deliver(registry(), Saved(analysis.report, folder, analysis))
