"""`darksocial report`: one day of a store, beside the week before, and what stands out."""

from datetime import datetime
from pathlib import Path

import click

from darksocial.cli._forms import print_as
from darksocial.plugins import names_in


@click.command(short_help="Report on one day of a store.")
@click.argument("store", type=click.Path(file_okay=False, path_type=Path), metavar="STORE")
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Report on DAY (2026-03-02).  [default: the last day that is over]",
)
@click.option(
    "--format",
    "report_format",
    type=click.Choice(names_in("outputs/day")),
    default="terminal",
    show_default=True,
    help="What to print.",
)
def command(store: Path, day: datetime | None, report_format: str) -> None:
    """Report on one day of STORE, beside the same weekday before, and say what stands out.

    STORE is the folder that `darksocial nightly` keeps.
    """
    from datetime import UTC

    from darksocial.outputs.day import registry
    from darksocial.store.daily import day_report

    report = day_report(store, day.date() if day else None, now=lambda: datetime.now(UTC))
    print_as(registry()[report_format], report)
