"""The report of a day as Markdown for a chat or a mail: headline, what stands out, a table."""

from collections.abc import Iterator
from pathlib import Path

from darksocial.outputs import Output
from darksocial.outputs.day._rows import count_rows, headline
from darksocial.outputs.drawing import about
from darksocial.outputs.markdown import escaped
from darksocial.results.directory import write_whole
from darksocial.store.daily import DayReport, Standout

STANDOUTS_SHOWN = 10


def text(report: DayReport) -> str:
    """Return the report. What stems from a log is escaped for Markdown and HTML."""
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
    yield f"| | {report.day} | {report.earlier_day or 'a week before'} | change |"
    yield "| --- | ---: | ---: | ---: |"
    for row in count_rows(report):
        yield "| " + " | ".join(row) + " |"
    if report.apps:
        apps = ", ".join(f"{escaped(row.label)} {about(row.expected)}" for row in report.apps)
        yield ""
        yield f"Apps: {apps}"
    for note in report.notes:
        yield ""
        yield note


def _standouts(report: DayReport) -> Iterator[str]:
    if not report.standouts:
        yield "Nothing stands out."
        return
    yield "What stands out:"
    yield ""
    for row in report.standouts[:STANDOUTS_SHOWN]:
        yield f"- {_told(row)}  "
        yield f"  {escaped(row.look)}"
    rest = len(report.standouts) - STANDOUTS_SHOWN
    if rest > 0:
        yield f"- and {rest:,} more"


def _told(standout: Standout) -> str:
    """The sentence on what stands out, in which the subject alone comes from a log."""
    return standout.told.replace(standout.subject, escaped(standout.subject), 1)


OUTPUT = Output("markdown", text)
