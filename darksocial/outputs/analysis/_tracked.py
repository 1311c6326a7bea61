"""The section on tracked shares, where links have ids.

What a share brought comes after it, and a tree goes over all pages and days. So it is shown for all
visits, not for a choice of them.
"""

from collections.abc import Iterator

import pyarrow.compute as pc

from darksocial.analysis import Analysis
from darksocial.language import gettext as _
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis._parts import Part, Section, Sentence, Table
from darksocial.outputs.share_words import counts_by_app, counts_by_method, sentences
from darksocial.outputs.shares import count_table, generation_table
from darksocial.results.shares import SHARE_COLUMNS_READ, VISIT_COLUMNS_READ, shares, shares_in
from darksocial.tracking.trees import SharesReport


def tracked(saved: Saved) -> Iterator[Section]:
    """Yield the section on the tracked shares of a report, if it has any and is about all visits.

    They are read from what was written; where nothing was, from the analysis.
    """
    report = _shares_of(saved)
    if report and (report.shares or report.chatbots or report.by_method):
        yield _section(report)


def _shares_of(saved: Saved) -> SharesReport | None:
    if saved.report.filter is not None or not saved.report.sessions:
        return None
    if saved.source:
        return shares(saved.source.folder) if saved.source.selection.is_everything else None
    if saved.out:
        return shares(saved.out)
    return _shares_in(saved.analysis) if saved.analysis else None


def _shares_in(analysis: Analysis) -> SharesReport:
    visits = analysis.ask(
        lambda rows: rows.filter(rows.share_method.notnull()).select(*VISIT_COLUMNS_READ)
    )
    ends = analysis.ask(lambda rows: rows.agg(ends=rows.started_at.max())).to_pylist()[0]["ends"]
    events = analysis.shares().filter(pc.field("tracked_id").is_valid())
    return shares_in(visits, events.select(SHARE_COLUMNS_READ), ends)


def _section(report: SharesReport) -> Section:
    parts: list[Part] = [Sentence(sentence) for sentence in sentences(report)]
    if report.generations:
        parts.append(Table(*generation_table(report.generations)))
    by_app, by_method = counts_by_app(report), counts_by_method(report)
    for heading, counts in ((_("app"), by_app), (_("method"), by_method)):
        if counts:
            parts.append(Table(*count_table(heading, counts)))
    return Section(_("Tracked shares, whose links have ids"), parts)
