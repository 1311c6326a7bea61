"""What the files of an analysis hold."""

from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis._sections import headline
from darksocial.outputs.files.contents import Contents, Rows, facts_of, tables_in
from darksocial.report.values import Report
from darksocial.report.words import filter_rows, moment_in
from darksocial.schema import SHARES


def contents_of(saved: Saved) -> Contents:
    """Return the tables of the report with the visits and shares.

    Raises UsageError for a report without its analysis.
    """
    report, analysis = saved.report, saved.analysis
    if analysis is None:
        raise UsageError(_("A report alone has no visits to write: its analysis is missing."))
    sessions = Rows(analysis.session_schema, analysis.session_batches)
    facts = facts_of(
        headline(report), report.version, _period(report), report.notes, report.cannot_tell
    )
    return Contents(
        (*facts, *filter_rows(report.filter, report.zone)),
        tables_in(report),
        sessions,
        Rows(SHARES.arrow, analysis.share_batches),
    )


def _period(report: Report) -> str:
    if report.started_at is None or report.ended_at is None:
        return _("no hits")
    first, last = (moment_in(report.zone, time) for time in (report.started_at, report.ended_at))
    return _("{start} to {end} {zone}").format(start=first, end=last, zone=report.zone)
