"""What a file would be read as: what holds its records, and which format they are in."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from darksocial import arguments
from darksocial.formats import Format, registry
from darksocial.grammar.columns import Columns
from darksocial.grammar.keys import Keys
from darksocial.inputs.detect import SAMPLE_LINES, Claim, Detection, detect, rank
from darksocial.reading import ByteStream, Finder, InputFile, discover, records

HEAD_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file as detection sees it: its compression, what holds its records, its first records, the
    formats' claims, and what is damaged so that there are no records."""

    path: str
    compression: str | None
    container: str
    lines: tuple[str, ...]
    detection: Detection
    damage: str | None = None


def look_at(stream: ByteStream, chosen: Format | None = None) -> Recognised:
    """Let the formats, or the chosen one, claim the first records of a file."""
    head = stream.peek(HEAD_BYTES)
    formats = [_with_sidecar(s, stream.file) for s in ([chosen] if chosen else registry().values())]
    container = records.container_of(head)
    lines: Sequence[str] = ()
    damage: str | None = None
    detection = Detection(())
    if container != "lines":
        lines, damage = records.first_records(container, stream, head, SAMPLE_LINES)
        named = [s for s in formats if isinstance(s.grammar, Keys)]
        detection = _exploding(lines, named)
    if container == "lines" or (container == "csv" and not detection.best):
        container, lines, damage = "lines", head_lines(head) if head else (), None
        detection = _exploding(lines, formats)
    path = shown_path(stream.file.name)
    ended = damage if not lines else None
    return Recognised(path, stream.compression, container, tuple(lines), detection, ended)


def recognise(names: arguments.Names) -> list[Recognised]:
    """Return what each file behind `names` would be read as, sorted by path.

    Raises InputError for a name that leads to no file that can be read.
    """
    found = []
    for file in data_files(arguments.names_of(names)):
        with ByteStream(file) as stream:
            found.append(look_at(stream))
    return found


def data_files(names: Sequence[str], storage: Finder | None = None) -> list[InputFile]:
    """Return the files behind `names`, but for those that hold the column names of others."""
    grammars = (log_format.grammar for log_format in registry().values())
    sidecars = {g.sidecar for g in grammars if isinstance(g, Columns) and g.sidecar}
    found = discover(names, storage)
    return [f for f in found if PurePath(f.member or f.path).name not in sidecars]


def _exploding(lines: Sequence[str], formats: Sequence[Format]) -> Detection:
    """Detect; formats whose records hold several hits see these."""
    by_list: dict[str, list[Format]] = {}
    for log_format in formats:
        each = log_format.grammar.each if isinstance(log_format.grammar, Keys) else ""
        by_list.setdefault(each, []).append(log_format)
    claims: list[Claim] = []
    for each, group in by_list.items():
        records_seen = list(records.exploded(lines, each))[:SAMPLE_LINES] if each else lines
        claims += detect(records_seen, group).claims
    return Detection(tuple(sorted(claims, key=rank)))


def _with_sidecar(log_format: Format, file: InputFile) -> Format:
    """Take the names of columns from the file beside the input that holds them."""
    grammar = log_format.grammar
    if not isinstance(grammar, Columns) or not grammar.sidecar:
        return log_format
    beside = file.beside(grammar.sidecar)
    if beside is None:
        return log_format
    names = beside.decode("utf-8", errors="replace").split()
    return replace(log_format, grammar=replace(grammar, names=tuple(names)))


def shown_path(path: str) -> str:
    """Return a path as text that can be written anywhere."""
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")


def head_lines(head: bytes) -> list[str]:
    """The whole lines in the first bytes of a file."""
    text = head.decode("utf-8", errors="backslashreplace")
    lines = text.split("\n")
    whole = lines if len(head) < HEAD_BYTES or len(lines) == 1 else lines[:-1]
    return [line.rstrip("\r") for line in whole]
