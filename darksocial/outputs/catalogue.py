"""Formats and signals in the terminal."""

import re
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from darksocial.formats import registry as formats
from darksocial.grammar import Grammar
from darksocial.grammar.keys import Keys
from darksocial.grammar.unread import unread_names
from darksocial.inputs.gaps import missing_evidence
from darksocial.inputs.recognise import Recognised
from darksocial.language import gettext as _
from darksocial.language import ngettext
from darksocial.outputs.drawing import INDENT, display, wrapped
from darksocial.printable import printable
from darksocial.privacy.identifiers import Privacy
from darksocial.reading.workbook import Sheet
from darksocial.report.numbers import log_odds
from darksocial.signals import Signal, documentation, registry

EXAMPLE_CHARACTERS = 160
"""Characters that are shown of a line that does not match."""
FIELD_NAME = re.compile(r"[\w$#./() -]{1,60}")
MAX_NAMES = 20
"""So many of the fields that are not read are named."""
CLASS_NAMES = {
    "dark_social": _("dark social"),
    "direct": _("direct"),
    "lost_search": _("search"),
    "lost_social": _("social"),
    "lost_email": _("email"),
    "lost_ai": _("AI"),
    "booked": _("booked"),
}
WAYS_OUT = _(
    "--log-format with the directive from the server's configuration, or, for JSON, CSV, TSV and "
    "Parquet, --map time=KEY,url=KEY,referrer=KEY,user_agent=KEY"
)


def show_formats() -> None:
    """Print the formats: name, title, and the fields that each records."""
    console = Console(highlight=False)
    for log_format in formats().values():
        display(console, Text(log_format.name, "bold"))
        wrapped(console, log_format.title)
        wrapped(console, ", ".join(sorted(log_format.can_record)), "dim")
    display(console)
    other = _(
        "Any other Apache LogFormat or nginx log_format can be read with --log-format or "
        "--log-format-from."
    )
    wrapped(console, other, indent="")


def show_recognised(files: Iterable[Recognised], privacy: Privacy) -> None:
    """Print what each file would be read as, and why, with lines as `privacy` lets them be
    quoted."""
    console = Console(highlight=False)
    for file in files:
        display(console, Text(printable(file.path), style="bold"))
        for line in _reasons(file, privacy):
            wrapped(console, printable(line))


def _reasons(file: Recognised, privacy: Privacy) -> Iterator[str]:
    best = file.detection.best
    if file.refused:
        yield _("is not read: {reason}").format(reason=file.refused)
        return
    if best and best.grammar:
        yield from _matched(file)
    elif not file.lines:
        yield _with_container(file, file.damage or _("empty: nothing to read"))
    else:
        yield from _unmatched(file, privacy)
    yield from _misfit(file, privacy)


def _misfit(file: Recognised, privacy: Privacy) -> Iterator[str]:
    """Say which formats read what the best one does not, and show the first line of no format."""
    claim, others = file.detection.nearest, file.detection.others
    if not claim or not claim.misfit:
        return
    if others:
        names = ", ".join(other.format.name for other in others)
        yield _("lines that do not match are read as {formats}").format(formats=names)
        return
    misfit = (
        _("line {number} does not match: {line}")
        if _has_lines(file)
        else _("record {number} does not match: {line}")
    )
    yield misfit.format(number=claim.misfit, line=_cut(privacy.quoted(claim.example)))


def _matched(file: Recognised) -> Iterator[str]:
    """Say which format matches a file, what it records, and what is missing."""
    best = file.detection.best
    assert best and best.grammar
    name = best.format.name
    if best.wrapper:
        name = _("{format} in {wrapper}").format(format=name, wrapper=best.wrapper.name)
    yield _with_container(file, f"{name}: {best.format.title}")
    if file.sheet:
        yield _sheet(file.sheet)
    yield _share_of_matches(file, best.matched, best.lines)
    yield _("records {fields}").format(fields=", ".join(sorted(best.grammar.records)))
    yield from _unread(file, best.grammar)
    yield from missing_evidence(best.grammar.records)
    for rival in file.detection.claims[1:]:
        if rival.matched == best.matched:
            yield _("{format} matches as many lines, but records less or is less specific").format(
                format=rival.format.name
            )


def _unread(file: Recognised, grammar: Grammar) -> Iterator[str]:
    """Name the fields that are filled and not read; names that are none of words are left out."""
    if not isinstance(grammar, Keys):
        return
    names = [name for name in unread_names(grammar, file.lines) if FIELD_NAME.fullmatch(name)]
    if names:
        fields = ", ".join(names[:MAX_NAMES])
        left = len(names) - MAX_NAMES
        if left > 0:
            text = ngettext(
                "does not read {fields} and {n} other",
                "does not read {fields} and {n} others",
                left,
            )
            yield text.format(fields=fields, n=left)
        else:
            yield _("does not read {fields}").format(fields=fields)


def _unmatched(file: Recognised, privacy: Privacy) -> Iterator[str]:
    """Say that no format matches a file, which one is the nearest, and what helps."""
    yield _with_container(file, _("no known format"))
    if nearest := file.detection.nearest:
        yield _("nearest format: {format}").format(format=nearest.format.name)
        yield _share_of_matches(file, nearest.matched, nearest.lines)
    else:
        yield _no_match(file)
        first = _cut(privacy.quoted(next(filter(str.strip, file.lines), "")))
        yield _("the first: {line}").format(line=first)
    yield _("what helps: {advice}").format(advice=WAYS_OUT)


def _with_container(file: Recognised, text: str) -> str:
    """Return the text with how the file is packed, if it is."""
    container = None if _has_lines(file) else file.container
    if container and file.compression:
        packed = _("{container} in {compression}")
        return f"{text} ({packed.format(container=container, compression=file.compression)})"
    packing = container or file.compression
    return f"{text} ({packing})" if packing else text


def _sheet(sheet: Sheet) -> str:
    """Say which sheet is read of an Excel file."""
    sentence = ngettext(
        "reads the first sheet, {name}, and not {n} other",
        "reads the first sheet, {name}, and not {n} others",
        sheet.others,
    )
    alone = _("reads the sheet {name}")
    return (sentence if sheet.others else alone).format(name=sheet.name, n=sheet.others)


def _share_of_matches(file: Recognised, matched: int, count: int) -> str:
    if _has_lines(file):
        sentence = ngettext(
            "{matched:,} of the first {n:,} line match",
            "{matched:,} of the first {n:,} lines match",
            count,
        )
    else:
        sentence = ngettext(
            "{matched:,} of the first {n:,} record match",
            "{matched:,} of the first {n:,} records match",
            count,
        )
    return sentence.format(matched=matched, n=count)


def _no_match(file: Recognised) -> str:
    count = len(file.lines)
    if _has_lines(file):
        sentence = ngettext(
            "no format matches the first line",
            "no format matches any of the first {n:,} lines",
            count,
        )
    else:
        sentence = ngettext(
            "no format matches the first record",
            "no format matches any of the first {n:,} records",
            count,
        )
    return sentence.format(n=count)


def _has_lines(file: Recognised) -> bool:
    return file.container == "lines"


def _cut(text: str) -> str:
    return printable(text)[:EXAMPLE_CHARACTERS]


def show_signals() -> None:
    """Print the signals: levels, log-odds by class, reference."""
    console = Console(highlight=False)
    for signal in registry().values():
        group = _("group: {group}").format(group=signal.group)
        display(console, Text(signal.name, style="bold").append(f"  {group}", "dim"))
        _show_levels(console, signal)
        display(console)


def _show_levels(console: Console, signal: Signal) -> None:
    for level in signal.levels.values():
        wrapped(console, level.note)
        weights = ", ".join(f"{CLASS_NAMES[c]} {log_odds(x)}" for c, x in level.log_odds.items())
        wrapped(console, weights, "cyan", INDENT * 2)
        reference = _("reference: {reference}").format(reference=level.reference)
        wrapped(console, reference, "dim", INDENT * 2)


def show_signal(name: str) -> None:
    """Print the documentation of one signal and its weights."""
    console = Console(highlight=False)
    for paragraph in documentation(name).split("\n\n"):
        display(console, Text(paragraph.replace("\n", " "), end="\n\n"))
    _show_levels(console, registry()[name])
