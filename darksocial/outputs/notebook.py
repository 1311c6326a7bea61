"""Results as a notebook shows them: a line and small tables in HTML, without scripts or styles.

Text from a log stands there as it is, whatever it holds: it cannot become markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from darksocial.outputs.drawing import about
from darksocial.outputs.markdown import escaped

if TYPE_CHECKING:
    from darksocial.analysis import Hits
    from darksocial.report.values import Report

ROWS = 10
"""Rows of a table: a notebook is scrolled, and the report holds the rest."""


def analysis_view(report: Report) -> str:
    """Return channels before and after weighing, and the apps that shares came through."""
    channels = ((row.channel, about(row.before), about(row.after)) for row in report.channels)
    apps = ((row.label, about(row.expected)) for row in report.apps)
    return (
        f"<p>{escaped(report.headline)}</p>"
        + _table(("Channel", "As booked", "Expected"), channels)
        + _table(("App", "Dark social expected"), apps)
    )


def hits_view(hits: Hits) -> str:
    """Return what became of the lines of each file, and the files that were left out."""
    files = (
        (t.file, t.format, f"{t.counts.lines:,}", f"{t.counts.hits:,}", f"{t.counts.rejects:,}")
        for t in hits.tallies
    )
    return (
        f"<p>{escaped(hits.headline)}</p>"
        + _table(("File", "Format", "Lines", "Hits", "Rejects"), files)
        + _table(("File left out", "Reason"), hits.unread)
    )


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with its head; nothing where there are no rows."""
    every = list(rows)
    if not every:
        return ""
    shown = "".join(_row(row) for row in every[:ROWS])
    left = len(every) - ROWS
    more = f"<p>{left:,} more in the report</p>" if left > 0 else ""
    head = "".join(f"<th>{escaped(name)}</th>" for name in names)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{shown}</tbody></table>{more}"


def _row(cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<td>{escaped(cell)}</td>" for cell in cells) + "</tr>"
