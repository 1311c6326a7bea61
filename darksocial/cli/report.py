"""`darksocial report`: one day of a store, beside the week before, or several days together."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from darksocial.cli._command import SELECTION, described, option
from darksocial.cli._options import DAY, FOLDER
from darksocial.cli._reports import Reports, report_options
from darksocial.cli._selection import breakdown_options, selection_options
from darksocial.language import gettext as _

if TYPE_CHECKING:
    from darksocial.selection import Breakdown, Selection

HELP = _(
    "Report on one day of STORE, beside the same weekday before, and show what is unusual.\n\n"
    "STORE is the folder that `darksocial nightly` keeps. With --since, --until, --only or --by "
    "the report is that of `analyze`, on the days together."
)


@described(
    help=HELP,
    short_help=_("Report on days of a store."),
    example="darksocial report darksocial-store --since 7d --output html=week.html",
)
@click.argument("store", type=FOLDER, metavar="STORE")
@option(
    "--day",
    heading=SELECTION,
    type=DAY,
    metavar="DAY",
    help=_("Report on DAY (2026-03-02).  [default: the last complete day]"),
)
@selection_options
@breakdown_options
@report_options("day")
def command(
    store: Path,
    day: datetime | None,
    selection: "Selection",
    breakdown: "Breakdown | None",
    reports: Reports,
) -> None:
    """Print and write the report of a day, or of the days that were chosen."""
    from darksocial.outputs.day import registry
    from darksocial.selection import UTC_NAME
    from darksocial.store.daily import day_report

    is_of_days = breakdown is not None or selection.zone != UTC_NAME
    if is_of_days or not selection.is_everything:
        _report_on_days(store, day, selection, breakdown, reports)
        return
    reports.check(registry())
    chosen = day.date() if day else None
    report = day_report(store, chosen, now=lambda: datetime.now(UTC), before=reports.before)
    reports.deliver(registry(), report)


def _report_on_days(
    store: Path,
    day: datetime | None,
    selection: "Selection",
    breakdown: "Breakdown | None",
    reports: Reports,
) -> None:
    from darksocial.errors import UsageError
    from darksocial.outputs.analysis import Saved, Source, registry
    from darksocial.report.before import AS_ARRIVED
    from darksocial.report.selected import stored_report

    if day is not None:
        raise UsageError(
            _("`day` is for one whole day in UTC."),
            expected=_("--day, or --since and --until with what goes with them"),
        )
    if reports.before != AS_ARRIVED:
        raise UsageError(
            _("`before` is {reading!r}, which only the report of a day has.").format(
                reading=reports.before
            ),
            expected=_("--day, or a new analysis with --before"),
        )
    reports.check_forms(registry())
    reports.check(registry())
    report = stored_report(store, selection, breakdown)
    reports.deliver(registry(), Saved(report, source=Source(store, selection, breakdown)))
