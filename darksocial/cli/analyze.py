"""`darksocial analyze`: the main job."""

from dataclasses import replace
from pathlib import Path

import click

from darksocial.cli._forms import print_as
from darksocial.cli._options import (
    analysis_options,
    engine_options,
    inputs_argument,
    keep_option,
    query_options,
    quiet_option,
    reading_options,
    resource_options,
)
from darksocial.cli._verbose import verbose_option
from darksocial.plugins import names_in
from darksocial.settings import ReadSettings, Settings


@click.command()
@inputs_argument
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False),
    default="darksocial-out",
    show_default=True,
    help="Write sessions/, rejects.parquet and summary.json into this folder (Spark: or URI).",
)
@reading_options
@analysis_options
@click.option(
    "--visitor-secret",
    metavar="TEXT",
    help="Key of the visitor hash. [default: kept in the file OUT.key]",
)
@keep_option("Write client addresses and user agents as well, and all as it was logged.")
@query_options
@click.option(
    "--report",
    type=click.Choice([*names_in("outputs/analysis"), "none"]),
    default="terminal",
    show_default=True,
    help="What to print.",
)
@resource_options
@engine_options
@quiet_option
@verbose_option
def command(
    inputs: tuple[str, ...],
    out: str,
    read: ReadSettings,
    settings: Settings,
    visitor_secret: str | None,
    keep_identifiers: bool,
    strip_query: tuple[str, ...],
    keep_query: tuple[str, ...],
    report: str,
    memory_limit: str | None,
    threads: int | None,
    engine: str,
    master: str | None,
    quiet: bool,
) -> None:
    """Find dark social in web-server logs.

    INPUT is a file, a glob, a folder, or - for standard input; plain or compressed (gz, bz2, xz,
    zst). The parts of a rotated log can be given in any order. On Spark it may also be a URI that
    Spark reads, such as s3a://bucket/logs.
    """
    from darksocial.cli._progress import progress_bar
    from darksocial.cli._secret import visitor_secret as secret_for
    from darksocial.errors import UsageError
    from darksocial.outputs.analysis import Saved, registry
    from darksocial.ownership import RESULT, check_own
    from darksocial.pipeline import analyze
    from darksocial.reading import is_uri
    from darksocial.results.places import cannot_write
    from darksocial.settings import Resources

    resources = Resources(memory_limit, threads, engine, master)
    folder = None if is_uri(out) else Path(out)
    if folder:
        check_own(folder, RESULT)
    elif engine == "duckdb":
        raise cannot_write(out)
    elif visitor_secret is None:
        raise UsageError(
            f"{out} is a URI, beside which no key of the visitor hash is kept",
            expected="--visitor-secret, or DARKSOCIAL_ANALYZE_VISITOR_SECRET",
        )
    settings = replace(
        settings,
        keep_identifiers=keep_identifiers,
        strip_query=strip_query,
        keep_query=keep_query,
    )
    with progress_bar(quiet) as watch:
        analysis = analyze(
            inputs,
            read=read,
            settings=settings,
            secret=secret_for(visitor_secret, folder),
            watch=watch,
            resources=resources,
        )
    with analysis:
        analysis.write(out)
        form = None if report == "none" else registry()[report]
        if form and not (quiet and form.show):
            print_as(form, Saved(analysis.report, folder))
