"""`darksocial campaigns`: what campaigns cost and brought."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from darksocial.cli._campaign_options import (
    PARTNERS_HELP,
    CostInput,
    Terms,
    by_option,
    cost_options,
    terms_options,
)
from darksocial.cli._command import INPUT, described, option
from darksocial.cli._options import FILE
from darksocial.cli._reports import table_options
from darksocial.language import gettext as _

if TYPE_CHECKING:
    from darksocial.cli._reports import Reports

HELP = _(
    "Show what campaigns cost and what they brought: as GA4 books it, and with the visits that "
    "their links set off in private.\n\n"
    "OUT is the folder that `darksocial analyze` wrote, or a store. Goals are those of the "
    "analysis. A file of costs is an export of Google Ads, Meta Ads, LinkedIn Ads, TikTok Ads, "
    "Microsoft Advertising, Yandex Metrica, cost data for GA4, or any table whose columns --map "
    "names, as CSV or Excel file. Costs and visits are joined by exactly the same source, medium "
    "and campaign."
)


@described(
    help=HELP,
    short_help=_("Show what campaigns cost and brought."),
    example="darksocial campaigns darksocial-out --costs costs.csv",
)
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@cost_options
@option("--partners", heading=INPUT, type=FILE, metavar="FILE", help=PARTNERS_HELP)
@by_option
@terms_options
@table_options("campaigns")
def command(
    out: Path,
    cost_input: CostInput,
    partners: Path | None,
    by: str,
    terms: Terms,
    reports: "Reports",
) -> None:
    """Print what campaigns brought, and write it."""
    from darksocial.campaigns.report import campaigns
    from darksocial.outputs.campaigns import registry

    reports.check(registry())
    report = campaigns(out, **cost_input._asdict(), **terms._asdict(), by=by, partners=partners)
    reports.deliver(registry(), report)
