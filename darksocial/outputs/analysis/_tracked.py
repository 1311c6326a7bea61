"""The section on tracked shares, where links have ids.

What a share brought comes after it, and a tree goes over all pages and days. So it is shown for all
visits, not for a choice of them.
"""

from collections.abc import Iterator, Sequence

import pyarrow.compute as pc

from darksocial.analysis import Analysis
from darksocial.language import gettext as _
from darksocial.lookups.apps import label
from darksocial.outputs import tables
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis._parts import Part, Section, Sentence, Table
from darksocial.outputs.share_words import METHOD_LABELS, rate_with_interval, sentences
from darksocial.report.numbers import whole
from darksocial.results.shares import SHARE_COLUMNS_READ, VISIT_COLUMNS_READ, shares, shares_in
from darksocial.tracking.trees import Generation, SharesReport


def tracked(saved: Saved) -> Iterator[Section]:
    """Yield the section on the tracked shares of a report, if it has any and is about all visits.

    They are read from what was written; where nothing was, from the analysis.
    """
    report = _shares_of(saved)
    if report and (report.shares or report.by_method):
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
    parts: list[Part] = [Sentence(sentence) for sentence in sentences(report) if report.shares]
    if report.generations:
        parts.append(_generations(report.generations))
    by_app = [(label(name), n, clicks) for name, n, clicks in report.by_app]
    by_method = [(METHOD_LABELS[name], n, clicks) for name, n, clicks in report.by_method]
    for heading, counts in ((_("app"), by_app), (_("method"), by_method)):
        if counts:
            parts.append(_counts(heading, counts))
    return Section(_("Tracked shares, whose links have ids"), parts)


def _generations(generations: Sequence[Generation]) -> Table:
    columns = (
        tables.number(_("generation")),
        tables.number(_("shares")),
        tables.number(_("visits")),
        tables.label(_("shares of the next, for each")),
    )
    rows = [
        (
            str(row.generation),
            whole(row.shares),
            whole(row.clicks),
            rate_with_interval(row.reproduction) if row.reproduction else "",
        )
        for row in generations
    ]
    return Table(columns, rows)


def _counts(heading: str, counts: Sequence[tuple[str, int, int]]) -> Table:
    columns = (tables.label(heading), tables.number(_("shares")), tables.number(_("visits")))
    return Table(columns, [(name, whole(n), whole(clicks)) for name, n, clicks in counts])
