"""`darksocial nightly`: bring a store up to date with what is new in the logs."""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import click

from darksocial.cli._forms import print_as
from darksocial.cli._options import (
    analysis_options,
    keep_option,
    query_options,
    quiet_option,
    reading_by,
    resource_options,
)
from darksocial.cli._verbose import verbose_option
from darksocial.plugins import names_in
from darksocial.settings import ReadSettings, Settings

DAY = click.DateTime(["%Y-%m-%d"])
UNUSED = "a dry run makes no ids of visitors"


@click.command(short_help="Bring a store up to date with what is new.")
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option(
    "--store",
    type=click.Path(file_okay=False, path_type=Path),
    default="darksocial-store",
    show_default=True,
    help="Keep hits, sessions and reports in this folder.",
)
@click.option("--since", type=DAY, metavar="DAY", help="Write no day before DAY (2026-03-02).")
@click.option("--until", type=DAY, metavar="DAY", help="Write no day after DAY.")
@click.option("--rebuild", is_flag=True, help="Write all days anew, from the stored hits.")
@click.option("--dry-run", is_flag=True, help="Say what would be read and written, no more.")
@click.option(
    "--retention-days",
    type=click.IntRange(1, 36_500),
    metavar="N",
    help="Erase what is older than N days. [default: keep all]",
)
@click.option(
    "--rotate-key",
    type=click.Choice(["never", "monthly", "daily"]),
    default="never",
    show_default=True,
    help="How often the ids of visitors change.",
)
@reading_by("--directive")
@analysis_options
@click.option(
    "--visitor-secret",
    metavar="TEXT",
    help="Key of the visitor hash. [default: kept in the file STORE.key]",
)
@keep_option("Store client addresses and user agents as well, and all as it was logged.")
@query_options
@click.option(
    "--report",
    type=click.Choice([*names_in("outputs/day"), "none"]),
    default="terminal",
    show_default=True,
    help="What to print of the last day.",
)
@click.option(
    "--markdown",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the report of the last day to FILE, for a chat or a mail.",
)
@click.option(
    "--prometheus",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the figures of the last day to FILE, as node_exporter reads them.",
)
@click.option(
    "--log-format",
    "log_lines",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the log lines on stderr.",
)
@resource_options
@quiet_option
@verbose_option
def command(
    inputs: tuple[str, ...],
    store: Path,
    since: datetime | None,
    until: datetime | None,
    rebuild: bool,
    dry_run: bool,
    retention_days: int | None,
    rotate_key: str,
    read: ReadSettings,
    settings: Settings,
    visitor_secret: str | None,
    keep_identifiers: bool,
    strip_query: tuple[str, ...],
    keep_query: tuple[str, ...],
    report: str,
    markdown: Path | None,
    prometheus: Path | None,
    log_lines: Literal["text", "json"],
    memory_limit: str | None,
    threads: int | None,
    quiet: bool,
) -> None:
    """Read what is new since the last run, add it to a store, and write the days it changes.

    INPUT is as for `analyze`. What was read before is told by its content: logs may be renamed,
    rotated, compressed or truncated between runs, and runs may be missed or repeated.
    """
    from datetime import UTC

    from darksocial.cli._logging import run_logger
    from darksocial.cli._progress import progress_bar
    from darksocial.cli._secret import visitor_secret as secret_for
    from darksocial.errors import OutputError, UsageError
    from darksocial.outputs.day import prometheus as textfile
    from darksocial.outputs.store import show_run
    from darksocial.settings import Resources
    from darksocial.store.files.state import load
    from darksocial.store.night import Policy
    from darksocial.store.nightly import check_folder, nightly

    if not inputs:
        raise UsageError(
            "no logs are named",
            expected="INPUT... or the key inputs in darksocial.toml",
            advice="`darksocial init` looks for logs and writes that file",
        )
    settings = replace(
        settings,
        keep_identifiers=keep_identifiers,
        strip_query=strip_query,
        keep_query=keep_query,
    )
    policy = Policy(
        retention_days,
        rotate_key,
        since.date() if since else None,
        until.date() if until else None,
        rebuild,
        dry_run,
    )
    if log_lines == "json" or not (quiet or sys.stderr.isatty()):
        run_logger(log_lines)
    if prometheus:
        textfile.check_folder(prometheus)
    check_folder(store)
    secret = secret_for(visitor_secret, None if dry_run else store) or UNUSED
    with progress_bar(quiet) as watch:
        run = nightly(
            inputs,
            store,
            secret=secret,
            now=lambda: datetime.now(UTC),
            read=read,
            settings=settings,
            policy=policy,
            watch=watch,
            resources=Resources(memory_limit, threads),
        )
    if not quiet and report == "terminal":
        show_run(run, store)
    if not dry_run and load(store).days and any((store / "reports").glob("date=*/summary.json")):
        _tell(store, "none" if quiet else report, markdown, prometheus)
    if run.skipped:
        day, reason = run.skipped[0]
        raise OutputError(
            f"{len(run.skipped)} days are not written, {day} the first: {reason}",
            expected="hits as they were written; all else is done",
            advice=f"restore the file, or `darksocial store recover {store}` and then this again",
        )


def _tell(store: Path, report: str, markdown: Path | None, prometheus: Path | None) -> None:
    """Print and write the report of the last day that the store holds."""
    from datetime import UTC

    from darksocial.outputs.day import markdown as day_markdown
    from darksocial.outputs.day import prometheus as textfile
    from darksocial.outputs.day import registry
    from darksocial.store.daily import day_report

    of_day = day_report(store, now=lambda: datetime.now(UTC))
    if markdown:
        day_markdown.write(markdown, of_day)
    if prometheus:
        textfile.write(prometheus, of_day)
    if report != "none":
        print_as(registry()[report], of_day)
