"""What the files of an analysis hold."""

from functools import partial

from darksocial.errors import UsageError
from darksocial.language import gettext as _
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis._sections import headline
from darksocial.outputs.files.contents import Contents, Rows, facts_of, tables_in
from darksocial.report.stored import share_batches, visit_batches
from darksocial.report.values import Report
from darksocial.report.words import filter_rows, moment_in
from darksocial.schema import SESSIONS, SHARES


def contents_of(saved: Saved) -> Contents:
    """Return the tables of the report with the visits and shares.

    Raises UsageError for a report without its analysis.
    """
    report = saved.report
    sessions, shares = _events(saved)
    facts = facts_of(
        headline(report), report.version, _period(report), report.notes, report.cannot_tell
    )
    return Contents(
        (*facts, *filter_rows(report.filter, report.zone)),
        tables_in(report),
        sessions,
        shares,
    )


def _events(saved: Saved) -> tuple[Rows, Rows]:
    """Return the visits and shares of a report."""
    if saved.source:
        chosen = saved.source.folder, saved.source.selection
        return (
            Rows(SESSIONS.arrow, partial(visit_batches, *chosen)),
            Rows(SHARES.arrow, partial(share_batches, *chosen)),
        )
    analysis = saved.analysis
    if analysis is None:
        raise UsageError(_("A report alone has no visits to write: its analysis is missing."))
    return (
        Rows(analysis.session_schema, analysis.session_batches),
        Rows(SHARES.arrow, analysis.share_batches),
    )


def _period(report: Report) -> str:
    if report.started_at is None or report.ended_at is None:
        return _("no hits")
    first, last = (moment_in(report.zone, time) for time in (report.started_at, report.ended_at))
    return _("{start} to {end} {zone}").format(start=first, end=last, zone=report.zone)
