"""`darksocial partners`: what partners cost and brought, by their links and codes."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from darksocial.cli._campaign_options import (
    PARTNERS_HELP,
    OrderInput,
    Terms,
    order_options,
    terms_options,
)
from darksocial.cli._command import INPUT, described, option
from darksocial.cli._options import FILE
from darksocial.cli._reports import table_options
from darksocial.language import gettext as _

if TYPE_CHECKING:
    from darksocial.cli._reports import Reports

HELP = _(
    "Show what partners cost and what they brought: by clicks on their links, by what these set "
    "off in private, and by their codes.\n\n"
    "OUT is the folder that `darksocial analyze` wrote, or a store. The file of --partners has a "
    "row for each link and code: partner, link (an address whose parameters count, or what paths "
    "begin with), code, since, until, fee and currency. Orders are joined with visits by time and "
    "in sums, never by person."
)


@described(
    help=HELP,
    short_help=_("Show what partners cost and brought."),
    example="darksocial partners darksocial-out --partners partners.csv --orders orders.csv",
)
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@option("--partners", heading=INPUT, type=FILE, metavar="FILE", required=True, help=PARTNERS_HELP)
@order_options
@terms_options
@table_options("partners")
def command(
    out: Path, partners: Path, order_input: OrderInput, terms: Terms, reports: "Reports"
) -> None:
    """Print what partners brought, and write it."""
    from darksocial.campaigns.partners import partners as partners_in
    from darksocial.outputs.partners import registry

    reports.check(registry())
    report = partners_in(out, partners=partners, **order_input._asdict(), **terms._asdict())
    reports.deliver(registry(), report)
