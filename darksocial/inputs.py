"""From what the user named to streams of lines in a known format."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from darksocial.engines import LineCounts, LineStream
from darksocial.errors import InputError
from darksocial.grammar.directives import compile_directive, directive_from
from darksocial.printable import printable
from darksocial.reading import ByteStream, InputFile, discover, line_batches
from darksocial.settings import ReadSettings
from darksocial.sources import registry, source_named
from darksocial.sources._detect import Detection, detect
from darksocial.sources._source import Source

HEAD_BYTES = 1 << 18
EXAMPLE_LINES = 3
EXAMPLE_WIDTH = 160
Progress = Callable[[int], None]

FILES = pa.schema(
    [
        ("file", pa.int32()),
        ("name", pa.string()),
        ("records_referrer", pa.bool_()),
        ("records_agent", pa.bool_()),
    ]
)


@dataclass(slots=True)
class Input:
    """One file that is read: its number, its name, its format, and what was wrong with it.

    `lines` and `warning` are final once its batches have been read.
    """

    number: int
    file: InputFile
    source: Source
    stream: ByteStream
    lines: int = 0
    warning: str | None = None

    @property
    def name(self) -> str:
        """The path as text; bytes in it that are not UTF-8 stand as `\\xHH`."""
        return shown_path(self.file.path)

    def batches(self, progress: Progress | None) -> Iterator[pa.RecordBatch]:
        """Read the file once, counting its lines."""
        with self.stream as stream:
            for batch in line_batches(stream, self.number, progress=progress):
                self.lines += batch.num_rows
                yield batch
            self.warning = stream.warning


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one file's lines, and what was wrong with the file as a whole."""

    file: str
    format: str
    counts: LineCounts
    warning: str | None


@dataclass(slots=True)
class Inputs:
    """The files that are read, and those that are left out with the reason."""

    read: list[Input] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)

    @property
    def total_bytes(self) -> int | None:
        """Size on disk of all that is read, or None where standard input is among it."""
        sizes = [entry.file.size for entry in self.read]
        return None if None in sizes else sum(size or 0 for size in sizes)

    def table(self) -> pa.Table:
        """One row a file: its number, its name, and what its format records."""
        rows = [
            {
                "file": entry.number,
                "name": entry.name,
                "records_referrer": "referrer" in entry.source.records,
                "records_agent": "user_agent" in entry.source.records,
            }
            for entry in self.read
        ]
        return pa.Table.from_pylist(rows, schema=FILES)

    def account_for(self, counts: Mapping[int, LineCounts]) -> tuple[Tally, ...]:
        """Return what became of each file's lines, once all have been read.

        Raises RuntimeError if a line that was read is missing from the counts, or is there twice:
        that would be a fault of darksocial. Raises InputError if there were lines and no hit.
        """
        tallies = tuple(
            Tally(
                entry.name,
                entry.source.name,
                counts.get(entry.number, LineCounts()),
                entry.warning,
            )
            for entry in self.read
        )
        for entry, tally in zip(self.read, tallies, strict=True):
            if entry.lines != tally.counts.lines:
                raise RuntimeError(f"{tally}: {entry.lines} lines read, other number counted")
        if any(tally.counts.rejects for tally in tallies) and not any(
            tally.counts.hits for tally in tallies
        ):
            raise InputError(
                f"no line of {', '.join(tally.file for tally in tallies)} could be parsed",
                expected=f"lines in the format {tallies[0].format}",
                advice="`darksocial formats FILE` says what a file would be read as",
            )
        return tallies

    def streams(self, progress: Progress | None = None) -> Iterator[LineStream]:
        """One stream of lines for each format, over all its files."""
        by_source: dict[str, list[Input]] = {}
        for entry in self.read:
            by_source.setdefault(entry.source.name, []).append(entry)
        for name, entries in by_source.items():
            batches = (batch for entry in entries for batch in entry.batches(progress))
            yield LineStream(name, entries[0].source.layout, batches)


def chosen_source(settings: ReadSettings) -> Source | None:
    """Return the source that the settings name or describe, or None: detect it per file."""
    if settings.format:
        return source_named(settings.format)
    directive = settings.log_format
    if settings.log_format_from:
        directive = directive_from(settings.log_format_from)
    if directive:
        return Source("directive", f"the directive {directive}", compile_directive(directive))
    return None


def open_inputs(names: Sequence[str], settings: ReadSettings) -> Inputs:
    """Find the files behind `names` and tell the format of each.

    Raises InputError where a name leads to nothing readable, or where no file is in a known
    format. A file in no known format among others is left out and listed in `unread`.
    """
    chosen = chosen_source(settings)
    inputs = Inputs()
    failures: list[str] = []
    for file in discover(names):
        stream = ByteStream(file)
        head = stream.peek(HEAD_BYTES)
        stream.close()  # a folder can hold more files than a process may have open
        source = chosen or _detected(head, file, failures)
        if source:
            inputs.read.append(Input(len(inputs.read), file, source, stream))
        else:
            inputs.unread.append((shown_path(file.path), "no known format"))
    if not inputs.read:
        raise InputError(
            "\n".join(failures) or "there is nothing to read",
            expected="a format that `darksocial formats` lists",
            advice="--log-format with the directive from the server's configuration",
        )
    return inputs


def _detected(head: bytes, file: InputFile, failures: list[str]) -> Source | None:
    detection = detection_of(head)
    if detection.best:
        return detection.best.source
    if not detection.lines:
        return registry()["combined"]
    failures.append(f"{shown_path(file.path)}: no known format. It begins:\n{_example(head)}")
    return None


def shown_path(path: str) -> str:
    """Return a path as text that can be written anywhere."""
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")


def detection_of(head: bytes) -> Detection:
    """Let the formats claim the first bytes of a file (a line that is cut off is not shown)."""
    return detect(head_lines(head), registry().values())


def head_lines(head: bytes) -> list[str]:
    """The whole lines in the first bytes of a file."""
    text = head.decode("utf-8", errors="backslashreplace")
    lines = text.split("\n")
    whole = lines if len(head) < HEAD_BYTES or len(lines) == 1 else lines[:-1]
    return [line.rstrip("\r") for line in whole]


def _example(head: bytes) -> str:
    lines = [line for line in head_lines(head) if line.strip()][:EXAMPLE_LINES]
    return "\n".join(f"  {printable(line)[:EXAMPLE_WIDTH]}" for line in lines)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file as detection sees it: its compression, its first lines and the formats' claims."""

    path: str
    compression: str | None
    lines: tuple[str, ...]
    detection: Detection


def recognise(names: Sequence[str]) -> list[Recognised]:
    """Say what each file behind `names` would be read as. Raises InputError like `open_inputs`."""
    found = []
    for file in discover(names):
        with ByteStream(file) as stream:
            head = stream.peek(HEAD_BYTES)
            lines = tuple(head_lines(head)) if head else ()
            detection = detect(lines, registry().values())
            found.append(Recognised(shown_path(file.path), stream.compression, lines, detection))
    return found
