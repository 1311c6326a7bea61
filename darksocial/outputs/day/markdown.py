"""The report of a day as Markdown for a chat or a mail: headline, what is unusual, a table."""

from collections.abc import Iterator
from pathlib import Path

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs import Output
from darksocial.outputs.day._rows import count_rows, headline
from darksocial.outputs.drawing import about
from darksocial.outputs.markdown import escaped
from darksocial.results.directory import write_whole
from darksocial.store.daily import DayReport, Standout

MARKDOWN_STANDOUTS = 10


def text(report: DayReport) -> str:
    """Return the report. What comes from a log is escaped for Markdown and HTML."""
    return "\n".join(_lines(report)) + "\n"


def write(path: Path, report: DayReport) -> None:
    """Write the report to a file, whole or not at all. Raises OutputError."""
    write_whole(path, lambda draft: _write(draft, text(report)))


def _write(path: Path, content: str) -> None:
    path.write_text(content, "utf-8")


def _lines(report: DayReport) -> Iterator[str]:
    yield f"**{headline(report)}**"
    yield ""
    yield from _standouts(report)
    yield ""
    yield _("| | {day} | {before} | change |").format(
        day=report.day, before=report.earlier_day or _("a week before")
    )
    yield "| --- | ---: | ---: | ---: |"
    for row in count_rows(report):
        yield "| " + " | ".join(row) + " |"
    if report.apps:
        apps = ", ".join(f"{escaped(row.label)} {about(row.expected)}" for row in report.apps)
        yield ""
        yield _("Dark social by app: {apps}").format(apps=apps)
    for note in report.notes:
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
