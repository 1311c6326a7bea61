"""`darksocial compare`: two results beside each other, and what explains the difference."""

import click

from darksocial.cli._command import described
from darksocial.cli._reports import NONE, TERMINAL, report_option
from darksocial.language import gettext as _

COMPARISON_KINDS = (TERMINAL, "json", NONE)
HELP = _(
    "Compare what A and B count: visits, Direct, channels and dark social.\n\n"
    "Each is the folder of an analysis or a store, or a log or an export, which is analysed first. "
    "Days can follow: darksocial-store@2026-03-01..2026-03-07. Both are cut to the days that they "
    "share; spans that share none, as a week and the week before, are compared as they are."
)


@described(
    help=HELP,
    short_help=_("Compare two results and explain the difference."),
    example="darksocial compare ga4.csv darksocial-store@2026-03-01..2026-03-31",
)
@click.argument("first", type=click.Path(), metavar="A")
@click.argument("second", type=click.Path(), metavar="B")
@report_option(COMPARISON_KINDS)
def command(first: str, second: str, report: str) -> None:
    """Print the comparison."""
    from darksocial.cli._printing import echo
    from darksocial.comparison import compare
    from darksocial.outputs.comparison import as_json, show_comparison

    comparison = compare(first, second)
    if report == TERMINAL:
        show_comparison(comparison)
    elif report != NONE:
        echo(as_json(comparison), nl=False)
