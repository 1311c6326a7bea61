"""`darksocial check`: fail where a log or its numbers are not as they should be."""

from pathlib import Path

import click

from darksocial.cli._options import (
    analysis_options,
    inputs_argument,
    quiet_option,
    reading_options,
    resource_options,
)
from darksocial.cli._verbose import verbose_option
from darksocial.settings import ReadSettings, Settings


@click.command(short_help="Check logs, and fail where an error is found.")
@inputs_argument
@click.option(
    "--rules",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Take bounds and levels from FILE (TOML). [default: [checks] of darksocial.toml, if any]",
)
@click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Compare with an earlier run, whose summary.json is FILE.",
)
@click.option(
    "--output",
    multiple=True,
    metavar="KIND[=FILE]",
    help="Say it as text, json, junit, sarif, github or markdown, and write it to FILE. May be "
    "given several times. [default: text]",
)
@reading_options
@analysis_options
@resource_options
@quiet_option
@verbose_option
@click.pass_context
def command(
    ctx: click.Context,
    inputs: tuple[str, ...],
    rules: Path | None,
    baseline: Path | None,
    output: tuple[str, ...],
    read: ReadSettings,
    settings: Settings,
    memory_limit: str | None,
    threads: int | None,
    quiet: bool,
) -> None:
    """Check logs and what they say, and exit with 1 where an error is found.

    Without rules, checks that the log is sound: that its lines can be read, that no days, hours or
    referrers are missing, that its clock does not jump, that campaign links are tagged well. Rules
    set other bounds, and bounds for pages, apps and shares. `darksocial checks` lists the checks.

    With --baseline it says as well what differs from an earlier run, and whether that is noise.
    """
    from darksocial.checking.run import check
    from darksocial.cli._configuration import read_configuration
    from darksocial.cli._progress import progress_bar
    from darksocial.cli._verdict import deliver, outputs_of
    from darksocial.report.summary_json import read_summary
    from darksocial.settings import Resources

    outputs = outputs_of(output)
    with progress_bar(quiet) as watch:
        checked = check(
            inputs,
            rules=read_configuration(rules) if rules else None,
            rules_name=str(rules),
            baseline=read_summary(baseline) if baseline else None,
            read=read,
            settings=settings,
            watch=watch,
            resources=Resources(memory_limit, threads),
        )
    deliver(checked, outputs, quiet=quiet)
    ctx.exit(1 if checked.failed else 0)
