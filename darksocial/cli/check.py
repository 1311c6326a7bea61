"""`darksocial check`: fail if a log or its numbers are not as they should be."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from darksocial.cli._campaign_options import Spending, spending_options
from darksocial.cli._command import JUDGING, described, option
from darksocial.cli._options import (
    FILE,
    analysis_options,
    inputs_argument,
    reading_options,
    resource_options,
)
from darksocial.cli._reports import Reports, check_options
from darksocial.cli._verbose import verbose_option
from darksocial.language import gettext as _

if TYPE_CHECKING:
    from darksocial.settings import ReadSettings, Resources, Settings

HELP = _(
    "Check logs and their numbers, and exit with 1 if an error is found.\n\n"
    "Without rules, check that the log is sound: that its lines can be read, that no days, hours "
    "or referrers are missing, that its clock does not jump, and that campaign links are tagged "
    "well. Rules set other bounds, and bounds for pages, apps and shares. `darksocial checks` "
    "lists the checks.\n\n"
    "With --baseline, also report what differs from an earlier run, and whether that is noise. "
    "With --costs, also check what campaigns cost and brought."
)


@described(
    help=HELP,
    short_help=_("Check logs, and fail if an error is found."),
    example="darksocial check access.log --rules checks.toml --output junit=checks.xml",
)
@inputs_argument
@reading_options
@analysis_options
@option(
    "--rules",
    heading=JUDGING,
    type=FILE,
    metavar="FILE",
    help=_("Read bounds and levels from FILE (TOML).  [default: [checks] of darksocial.toml]"),
)
@option(
    "--baseline",
    heading=JUDGING,
    type=FILE,
    metavar="FILE",
    help=_("Compare with an earlier run, whose summary.json is FILE."),
)
@spending_options
@check_options()
@resource_options
@verbose_option
@click.pass_context
def command(
    ctx: click.Context,
    inputs: tuple[str, ...],
    read: "ReadSettings",
    settings: "Settings",
    rules: Path | None,
    baseline: Path | None,
    spending: Spending,
    reports: Reports,
    resources: "Resources",
) -> None:
    """Run the checks, deliver the results, and exit with 1 if one failed."""
    from darksocial.checking.run import check
    from darksocial.cli._configuration import read_configuration
    from darksocial.cli._progress import progress_bar
    from darksocial.outputs.checks import registry
    from darksocial.report.summary_json import read_summary

    with progress_bar(reports.is_quiet) as watch:
        checked = check(
            inputs,
            rules=read_configuration(rules) if rules else None,
            rules_name=str(rules),
            baseline=read_summary(baseline) if baseline else None,
            **spending._asdict(),
            read=read,
            settings=settings,
            watch=watch,
            resources=resources,
        )
    reports.deliver(registry(), checked)
    ctx.exit(1 if checked.failed else 0)
