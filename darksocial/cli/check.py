"""`darksocial check`: fail where a log or its numbers are not as they should be."""

from pathlib import Path

import click

from darksocial.cli._options import (
    exclude_option,
    goal_option,
    inputs_argument,
    prior_option,
    quiet_option,
    reading_options,
    resource_options,
    session_option,
    site_option,
)


@click.command()
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
@session_option
@site_option
@exclude_option
@goal_option
@prior_option
@resource_options
@quiet_option
@click.pass_context
def command(
    ctx: click.Context,
    inputs: tuple[str, ...],
    rules: Path | None,
    baseline: Path | None,
    output: tuple[str, ...],
    format: str | None,  # noqa: A002  # the option's name
    log_format: str | None,
    log_format_from: str | None,
    map: tuple[str, ...],  # noqa: A002  # the option's name
    timezone: str,
    trusted_proxy: tuple[str, ...],
    session_timeout: int,
    site: tuple[str, ...],
    exclude_referrer: tuple[str, ...],
    goal: tuple[str, ...],
    prior_file: Path | None,
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
    import darksocial
    from darksocial.cli._configuration import read_configuration
    from darksocial.cli._goals import goals_of
    from darksocial.cli._prior import model_of
    from darksocial.cli._progress import progress_bar
    from darksocial.cli._verdict import deliver, outputs_of
    from darksocial.outputs.summary_json import read_summary

    outputs = outputs_of(output)
    read = darksocial.ReadSettings(
        format, log_format, log_format_from, map, timezone, trusted_proxy
    )
    settings = darksocial.Settings(
        session_timeout,
        site,
        exclude_referrer,
        goals=goals_of(goal),
        model=model_of(prior_file),
    )
    with progress_bar(quiet) as watch:
        checked = darksocial.check(
            inputs,
            rules=read_configuration(rules) if rules else None,
            rules_name=str(rules),
            baseline=read_summary(baseline) if baseline else None,
            read=read,
            settings=settings,
            watch=watch,
            resources=darksocial.Resources(memory_limit, threads),
        )
    deliver(checked, outputs, quiet=quiet)
    ctx.exit(1 if checked.failed else 0)
