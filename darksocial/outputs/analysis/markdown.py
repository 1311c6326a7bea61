"""The report of an analysis as Markdown: for a ticket, a chat or a mail, with every row."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from darksocial.language import gettext as _
from darksocial.outputs import Output, tables
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis._parts import FULL, Counts, Part, Remark, Sentence, Table
from darksocial.outputs.analysis._sections import headline, sections
from darksocial.outputs.analysis._tracked import tracked
from darksocial.outputs.markdown import escaped, table_lines
from darksocial.report.numbers import whole


def text(saved: Saved) -> str:
    """Return the report. What can come from a log is escaped for Markdown and HTML."""
    return "\n".join(_lines(saved)) + "\n"


def _lines(saved: Saved) -> Iterator[str]:
    yield f"**{headline(saved.report)}**"
    for section in sections(saved.report, FULL, tracked(saved)):
        yield ""
        yield f"## {section.title}"
        before: Part | None = None
        for part in section.parts:
            if not (isinstance(part, Remark) and isinstance(before, Remark)):
                yield ""
            yield from _part_lines(part)
            before = part


def _part_lines(part: Part) -> Iterator[str]:
    match part:
        case Sentence(sentence):
            yield sentence
        case Remark(remark):
            yield f"- {escaped(remark)}"
        case Table(columns, rows):
            yield from _table_lines(columns, rows)
        case Counts(columns=(name, count), rows=counts):
            rows = [(app, whole(hits)) for app, hits in counts]
            yield from _table_lines((tables.text(name), tables.number(count)), rows)


def _table_lines(columns: Sequence[tables.Column], rows: Sequence[tables.Row]) -> Iterator[str]:
    """Yield a table without its bars."""
    shown = [n for n, column in enumerate(columns) if column.kind != "bar"]
    headings = [columns[n].heading for n in shown]
    numbers = [columns[n].kind == "number" for n in shown]
    cells = ([escaped(_plain(row[n])) for n in shown] for row in rows)
    yield from table_lines(headings, numbers, cells)


def _plain(cell: tables.Cell) -> str:
    match cell:
        case tables.Path(path, below=below):
            return _("{path} ({remark})").format(path=path, remark=below) if below else path
        case Text():
            return cell.plain
        case str():
            return cell
        case tables.Bar():
            return ""


OUTPUT = Output("markdown", text)
