"""Results as a notebook shows them: a line and small tables in HTML, without scripts or styles.

Text from a log is escaped, so that it cannot become markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs.markdown import escaped
from darksocial.report.numbers import estimate, range_of, whole
from darksocial.report.words import what_before_means

if TYPE_CHECKING:
    from darksocial.analysis import Hits
    from darksocial.report.values import Report

ROWS_SHOWN = 10
"""Rows of a table: a notebook is scrolled, and the report holds the rest."""


def analysis_view(report: Report) -> str:
    """Return channels before and after weighing, the apps that shares came through, and what cannot
    be said."""
    channels = (
        (row.channel, estimate(row.before), estimate(row.after), range_of(row.low, row.high))
        for row in report.channels
    )
    meaning = what_before_means(report.before, report.dark_social.direct_sessions)
    apps = ((row.label, estimate(row.expected)) for row in report.apps)
    lacking = "".join(f"<p>{escaped(entry.says)}</p>" for entry in report.cannot_tell)
    return (
        f"<p>{escaped(report.headline)}</p>"
        + lacking
        + _table((_("Channel"), _("Booked"), _("Estimated"), _("90% interval")), channels)
        + f"<p>{escaped(meaning)}</p>"
        + _table((_("App"), _("Dark social visits")), apps)
    )


def hits_view(hits: Hits) -> str:
    """Return what became of the lines of each file, and the files that were left out."""
    files = (
        (t.file, t.format, *map(whole, (t.counts.lines, t.counts.hits, t.counts.rejects)))
        for t in hits.tallies
    )
    return (
        f"<p>{escaped(hits.headline)}</p>"
        + _table((_("File"), _("Format"), _("Lines"), _("Hits"), _("Rejects")), files)
        + _table((_("File left out"), _("Reason")), hits.unread)
    )


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with its headings, or nothing where there are no rows."""
    every = list(rows)
    if not every:
        return ""
    shown = "".join(_row(row) for row in every[:ROWS_SHOWN])
    left = len(every) - ROWS_SHOWN
    more = ngettext("{n:,} more row in the report", "{n:,} more rows in the report", left)
    below = f"<p>{more.format(n=left)}</p>" if left > 0 else ""
    head = "".join(f"<th>{escaped(name)}</th>" for name in names)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{shown}</tbody></table>{below}"


def _row(cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<td>{escaped(cell)}</td>" for cell in cells) + "</tr>"
