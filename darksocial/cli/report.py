"""`darksocial report`: one day of a store, beside the week before, and what is unusual."""

from datetime import UTC, datetime
from pathlib import Path

import click

from darksocial.cli._command import SELECTION, described, option
from darksocial.cli._options import DAY, FOLDER
from darksocial.cli._reports import Reports, report_options
from darksocial.language import gettext as _

HELP = _(
    "Report on one day of STORE, beside the same weekday before, and show what is unusual.\n\n"
    "STORE is the folder that `darksocial nightly` keeps."
)


@described(
    help=HELP,
    short_help=_("Report on one day of a store."),
    example="darksocial report darksocial-store --day 2026-03-02 --output markdown=day.md",
)
@click.argument("store", type=FOLDER, metavar="STORE")
@option(
    "--day",
    heading=SELECTION,
    type=DAY,
    metavar="DAY",
    help=_("Report on DAY (2026-03-02).  [default: the last complete day]"),
)
@report_options("day")
def command(store: Path, day: datetime | None, reports: Reports) -> None:
    """Print and write the report of a day."""
    from darksocial.outputs.day import registry
    from darksocial.store.daily import day_report

    reports.check(registry())
    chosen = day.date() if day else None
    report = day_report(store, chosen, now=lambda: datetime.now(UTC), before=reports.before)
    reports.deliver(registry(), report)
