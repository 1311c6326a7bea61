"""Recognise what holds the records of a file, and in which format they are."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from types import NoneType

from darksocial import arguments
from darksocial.formats import Format, registry
from darksocial.grammar.columns import Columns
from darksocial.grammar.keys import Keys
from darksocial.grammar.times import strptime_form
from darksocial.inputs.detect import SAMPLE_LINES, Claim, Detection, detect, ranked
from darksocial.inputs.time_format import with_times
from darksocial.reading import ByteStream, Finder, InputFile, discover, records
from darksocial.reading.lines import without_colours
from darksocial.reading.workbook import Sheet

HEAD_BYTES = 1 << 18
# How much of a file is looked at for why it is not read.
REFUSAL_BYTES = 1 << 13


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file as it would be read.

    compression: gz, bz2, xz, zst, xlsx, or None.
    container: what holds its records: lines, csv, json, xml, parquet or avro.
    lines: its first records.
    detection: the claims of the formats.
    damage: why there are no records, if the file is damaged.
    sheet: which one is read of an Excel file.
    refused: why it is not read although it is recognised, or would be by its fields alone.
    """

    path: str
    compression: str | None
    container: str
    lines: tuple[str, ...]
    detection: Detection
    damage: str | None = None
    sheet: Sheet | None = None
    refused: str | None = None


def look_at(
    stream: ByteStream, chosen: Format | None = None, time_format: str | None = None
) -> Recognised:
    """Return the claims of the formats, or of the chosen one, on the first records of a file.

    Where none suffices they are those of the formats with times in `time_format`, if it is given
    and one of these suffices.
    """
    formats = [_with_sidecar(s, stream.file) for s in ([chosen] if chosen else registry().values())]
    recognised = _look_at(stream, formats)
    if time_format is None or recognised.detection.best:
        return recognised
    form = strptime_form(time_format)
    others = [other for one in formats if (other := with_times(one, form))]
    again = _look_at(stream, others)
    return again if again.detection.best else recognised


def _look_at(stream: ByteStream, formats: Sequence[Format]) -> Recognised:
    head = stream.peek(HEAD_BYTES)
    container = records.container_of(head)
    lines: Sequence[str] = ()
    damage: str | None = None
    detection = Detection(())
    if container != "lines":
        lines, damage = records.first_records(container, stream, head, SAMPLE_LINES)
        with_keys = [s for s in formats if isinstance(s.grammar, Keys)]
        detection = _detect(lines, with_keys)
    if container == "lines" or (container == "csv" and not detection.best):
        container, lines, damage = "lines", head_lines(head) if head else (), None
        detection = _detect(lines, formats)
    path = shown_path(stream.file.name)
    unopened = stream.warning if stream.compression == "xlsx" else None
    ended = None if lines else damage or unopened
    return Recognised(
        path=path,
        compression=stream.compression,
        container=container,
        lines=tuple(lines),
        detection=detection,
        damage=ended,
        sheet=stream.sheet,
        refused=_refusal(head, detection),
    )


def _refusal(head: bytes, detection: Detection) -> str | None:
    """Return why a file is refused by name, unless a format that knows its tool reads it."""
    best = detection.best
    if not head or (best and best.grammar and not best.format.generic):
        return None
    from darksocial.inputs.refused import refusal

    return refusal(head_lines(head[:REFUSAL_BYTES]))


def recognise(names: arguments.Names, *, time_format: str | None = None) -> list[Recognised]:
    """Return how each file behind `names` would be read, sorted by path.

    `time_format` is that of `ReadSettings`. Raises InputError for a name that leads to no readable
    file, and UsageError for a time format by which nothing can be read.
    """
    arguments.check("time_format", time_format, str, NoneType)
    if time_format is not None:
        strptime_form(time_format)
    recognised = []
    for file in data_files(arguments.names_of(names)):
        with ByteStream(file) as stream:
            recognised.append(look_at(stream, time_format=time_format))
    return recognised


def data_files(names: Sequence[str], storage: Finder | None = None) -> list[InputFile]:
    """Return the files behind `names`, except those that hold the column names of others."""
    grammars = (log_format.grammar for log_format in registry().values())
    sidecars = {g.sidecar for g in grammars if isinstance(g, Columns) and g.sidecar}
    files = discover(names, storage)
    return [f for f in files if PurePath(f.member or f.path).name not in sidecars]


def _detect(lines: Sequence[str], formats: Sequence[Format]) -> Detection:
    """Detect the format; those whose records hold several hits are tried on each hit."""
    by_list: dict[str, list[Format]] = {}
    for log_format in formats:
        each = log_format.grammar.each if isinstance(log_format.grammar, Keys) else ""
        by_list.setdefault(each, []).append(log_format)
    claims: list[Claim] = []
    for each, group in by_list.items():
        hits = list(records.exploded(lines, each))[:SAMPLE_LINES] if each else lines
        claims += detect(hits, group).claims
    return Detection(ranked(claims))


def _with_sidecar(log_format: Format, file: InputFile) -> Format:
    """Return the format with the column names from a file beside the input, if it has one."""
    grammar = log_format.grammar
    if not isinstance(grammar, Columns) or not grammar.sidecar:
        return log_format
    beside = file.beside(grammar.sidecar)
    if beside is None:
        return log_format
    names = beside.decode("utf-8", errors="replace").split()
    return replace(log_format, grammar=replace(grammar, names=tuple(names)))


def shown_path(path: str) -> str:
    """Return a path as text; bytes that are not UTF-8 are written as `\\xHH`."""
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")


def head_lines(head: bytes) -> list[str]:
    """Return the whole lines in the first bytes of a file."""
    text = without_colours(head).decode("utf-8", errors="backslashreplace")
    lines = text.lstrip("\0").split("\n")
    whole = lines if len(head) < HEAD_BYTES or len(lines) == 1 else lines[:-1]
    return [line.rstrip("\r") for line in whole]
