"""The report of a day as Markdown for a chat or a mail: headline, what is unusual, a table."""

from collections.abc import Iterator

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs import Output
from darksocial.outputs.day._rows import count_rows, headline
from darksocial.outputs.markdown import escaped, table_lines
from darksocial.report.before import LAST_NON_DIRECT
from darksocial.report.numbers import estimate, is_none
from darksocial.report.words import what_before_means
from darksocial.store.daily import DayReport, Standout

MARKDOWN_STANDOUTS = 10


def text(report: DayReport) -> str:
    """Return the report. What comes from a log is escaped for Markdown and HTML."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: DayReport) -> Iterator[str]:
    yield f"**{headline(report)}**"
    yield ""
    yield from _standouts(report)
    yield ""
    before = str(report.earlier_day or _("a week before"))
    headings = ("", str(report.day), before, _("change"))
    yield from table_lines(headings, (False, True, True, True), count_rows(report))
    if report.before.reading == LAST_NON_DIRECT:
        yield ""
        yield what_before_means(report.before, report.counts.direct)
    shown = [row for row in report.apps if not is_none(row.expected)]
    if shown:
        apps = ", ".join(f"{escaped(row.label)} {estimate(row.expected)}" for row in shown)
        yield ""
        yield _("Dark social by app: {apps}").format(apps=apps)
    for note in (*(entry.says for entry in report.cannot_tell), *report.notes):
        yield ""
        yield note


def _standouts(report: DayReport) -> Iterator[str]:
    if not report.standouts:
        yield _("Nothing differs from what is usual.")
        return
    yield _("Unusual on this day:")
    yield ""
    for row in report.standouts[:MARKDOWN_STANDOUTS]:
        yield f"- {_sentence(row)}  "
        yield f"  {escaped(row.look)}"
    rest = len(report.standouts) - MARKDOWN_STANDOUTS
    if rest > 0:
        yield ngettext("- and {n:,} more", "- and {n:,} more", rest).format(n=rest)


def _sentence(standout: Standout) -> str:
    """Return the sentence on what is unusual, in which the subject alone comes from a log."""
    return standout.told.replace(standout.subject, escaped(standout.subject), 1)


OUTPUT = Output("markdown", text)
