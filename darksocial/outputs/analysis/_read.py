"""The sections that say what was read: files, visits, bots and link previews."""

from collections.abc import Iterator, Sequence

from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs import tables
from darksocial.outputs.analysis._parts import (
    Counts,
    Limits,
    Part,
    Remark,
    Section,
    Sentence,
    Table,
)
from darksocial.outputs.texts import all_not_read, bot_reason, preview_app
from darksocial.report.numbers import whole
from darksocial.report.values import InputReport, Report
from darksocial.report.words import filter_rows, moment_in, what_masking_shows, which_visits


def what_was_read(report: Report, limits: Limits) -> Section:
    """Return what became of each file's lines, what the visits were, and what was left out."""
    return Section(_("What was read"), [*_files(report.inputs, limits), *_totals(report)])


def _files(inputs: Sequence[InputReport], limits: Limits) -> Iterator[Part]:
    columns = (
        tables.path(_("file")),
        tables.number(_("lines")),
        tables.number(_("hits")),
        tables.number(_("rejects")),
        tables.number(_("blank")),
        tables.number(_("bots")),
        tables.number(_("previews")),
    )
    shown = _files_shown(inputs, limits.files)
    yield Table(columns, [_file_row(file) for file in shown])
    if len(shown) < len(inputs):
        yield _other_files(inputs, len(inputs) - len(shown))


def _files_shown(inputs: Sequence[InputReport], limit: int | None) -> Sequence[InputReport]:
    """Return all files, or of many those that need a look (at least the first few)."""
    if limit is None or len(inputs) <= limit:
        return inputs
    notable = [file for file in inputs if file.rejects or file.warning]
    return notable[:limit] or inputs[:limit]


def _file_row(file: InputReport) -> tables.Row:
    counts = (file.lines, file.hits, file.rejects, file.blanks, file.bots, file.previews)
    name = tables.Path(file.file, is_file=True, below=file.format)
    return (name, *map(whole, counts))


def _other_files(inputs: Sequence[InputReport], rest: int) -> Sentence:
    sentence = ngettext(
        "and {n:,} more file; all files together: {lines:,} lines, {rejects:,} rejects",
        "and {n:,} more files; all files together: {lines:,} lines, {rejects:,} rejects",
        rest,
    )
    lines, rejects = (sum(getattr(file, name) for file in inputs) for name in ("lines", "rejects"))
    return Sentence(sentence.format(n=rest, lines=lines, rejects=rejects))


def _totals(report: Report) -> Iterator[Part]:
    """Yield how many visits, visitors and page views there were, and when; and the warnings."""
    counts = (
        (_("visits"), report.sessions),
        (_("visitors"), report.visitors),
        (_("page views"), report.pageviews),
    )
    rows = [(name, whole(count)) for name, count in counts if count or name == counts[0][0]]
    if report.started_at and report.ended_at:
        zone = report.zone
        first, last = (moment_in(zone, time) for time in (report.started_at, report.ended_at))
        period = _("{start} to {end} {zone}")
        rows.append((_("period"), period.format(start=first, end=last, zone=zone)))
    rows += filter_rows(report.filter, report.zone)
    yield Table((tables.label(""), tables.text("")), rows)
    if about := which_visits(report.sessions, report.filter):
        yield Sentence(about)
    for note in report.site_notes:
        yield Remark(note, is_warning=False)
    yield from warnings(report)


def warnings(report: Report) -> Iterator[Remark]:
    """Yield what is wrong with the files, what was not read, and what limits the numbers."""
    for file in report.inputs:
        if file.warning:
            yield Remark(f"{file.file}: {file.warning}")
    for sentence in all_not_read((entry.file, entry.reason) for entry in report.unread):
        yield Remark(sentence)
    said_elsewhere = (*report.site_notes, *what_masking_shows(report.masked_origins))
    for note in report.notes:
        if note not in said_elsewhere:
            yield Remark(note)


def bots(report: Report) -> Iterator[Section]:
    """Yield the hits of bots, by how they were recognised, if there are any."""
    if report.bots:
        columns = (tables.number(_("hits")), tables.text(_("how the bot was recognised")))
        rows = [(whole(row.count), bot_reason(row.name)) for row in report.bots]
        yield Section(_("Bots, which are not counted as visits"), [Table(columns, rows)])


def previews(report: Report) -> Iterator[Section]:
    """Yield the hits that fetched a link preview, by app, if there are any."""
    if report.previews:
        rows = [(preview_app(row.name), row.count) for row in report.previews]
        counts = Counts((_("app"), _("hits")), rows)
        yield Section(_("Link previews by app, in hits"), [counts])
