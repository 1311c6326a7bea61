"""From what the user named to streams of lines in a known format."""

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import TypeVar, cast

import pyarrow as pa
import pyarrow.compute as pc

from darksocial.engines import LineCounts, LineStream, Section
from darksocial.engines.parser.hits import Parsing
from darksocial.errors import InputError
from darksocial.grammar.columns import Columns
from darksocial.grammar.directives import compile_directive, directive_from
from darksocial.grammar.keys import Keys
from darksocial.grammar.layout import Layout, exact_pattern
from darksocial.grammar.values import values
from darksocial.limits import ORIGINS
from darksocial.printable import printable
from darksocial.reading import LINES, ByteStream, Finder, InputFile, line_batches, records
from darksocial.reading.files import Opener
from darksocial.recognition import data_files, look_at, shown_path
from darksocial.redaction import redacted
from darksocial.settings import ReadSettings
from darksocial.sources import registry, source_named
from darksocial.sources._detect import Claim
from darksocial.sources._mapping import mapped
from darksocial.sources._refused import refusal
from darksocial.sources._source import Grammar, Source

EXAMPLE_LINES = 3
EXAMPLE_WIDTH = 160
WAYS_OUT = (
    "--log-format with the directive from the server's configuration, or for JSON, "
    "CSV, TSV and Parquet --map time=KEY,url=KEY,referrer=KEY,user_agent=KEY"
)
Progress = Callable[[int], None]
T = TypeVar("T")

FILES = pa.schema(
    [
        ("file", pa.int32()),
        ("name", pa.string()),
        ("records_referrer", pa.bool_()),
        ("records_agent", pa.bool_()),
        ("records_visitor", pa.bool_()),
        ("aggregated", pa.bool_()),
    ]
)


@dataclass(slots=True)
class Input:
    """One file that is read: its number, how its lines become hits, what holds its records, and
    what was wrong with it.

    `lines` and `warning` are final once its batches have been read. Of a file that is read on,
    `lines_before` were read by an earlier run. `observe` is called with every batch.
    """

    number: int
    file: InputFile
    how: Parsing
    container: str
    stream: ByteStream
    others: tuple[Parsing, ...] = ()
    lines: int = 0
    warning: str | None = None
    lines_before: int = 0
    observe: Callable[[Parsing, pa.RecordBatch], None] | None = None

    @property
    def name(self) -> str:
        """The path as text; bytes in it that are not UTF-8 stand as `\\xHH`."""
        return shown_path(self.file.name)

    @property
    def format(self) -> str:
        """The format's name, with what stands around each line."""
        names = " + ".join(how.name for how in (self.how, *self.others))
        return f"{names} in {self.how.wrapper.name}" if self.how.wrapper else names

    @property
    def records(self) -> frozenset[str]:
        """The fields that each line records."""
        return frozenset.intersection(*(how.records for how in (self.how, *self.others)))

    def sections(self, progress: Progress | None = None) -> Iterator[Section]:
        """Read the file once, counting its lines; a header in mid-file changes the columns."""
        with self.stream as stream:
            yield from self.sections_of(self._batches(stream, progress))
            self.warning = stream.warning
        if not self.lines:
            yield self.how, pa.RecordBatch.from_pylist([], schema=LINES)

    def sections_of(self, batches: Iterable[pa.RecordBatch]) -> Iterator[Section]:
        """Say of batches of the file's lines how they become hits, counting the lines."""
        how = self.how
        for batch in batches:
            if isinstance(how.grammar, Columns) and how.grammar.header:
                how = yield from self._new(_cut_at_headers(how, batch))
            else:
                yield from self._new(_sorted_out(how, self.others, batch))

    @property
    def is_plain_text(self) -> bool:
        """Whether its bytes are lines as they stand, each of which can be read by itself."""
        grammar = self.how.grammar
        explodes = isinstance(grammar, Keys) and bool(grammar.each)
        has_header = isinstance(grammar, Columns) and grammar.header
        return (
            self.container == "lines"
            and not explodes
            and not has_header
            and self.stream.is_plain_text
        )

    def opened_by(self, opener: Opener | None) -> "Input":
        """Return the input as another process reads it, which opens its file with `opener`."""
        stream = ByteStream(replace(self.file, storage=opener))
        return replace(self, file=stream.file, stream=stream, lines=0, warning=None)

    def _new(self, sections: Generator[Section, None, T]) -> Generator[Section, None, T]:
        """Leave out the lines of an earlier run: a header before them still names the columns."""
        while True:
            try:
                how, batch = next(sections)
            except StopIteration as end:
                return cast(T, end.value)
            if self.lines_before:
                batch = batch.filter(pc.greater(batch.column("line"), self.lines_before))
            self.lines += batch.num_rows
            if self.observe and batch.num_rows:
                self.observe(how, batch)
            if batch.num_rows:
                yield how, batch

    def _batches(self, stream: ByteStream, progress: Progress | None) -> Iterator[pa.RecordBatch]:
        each = self.how.grammar.each if isinstance(self.how.grammar, Keys) else ""
        first = self.lines_before + 1 if getattr(stream, "start", 0) else 1
        lines = line_batches(stream, self.number, first_line=first, progress=progress)
        if self.container == "lines" and not each:
            return lines
        if self.container == "lines":
            texts: Iterator[str] = (
                text for batch in lines for text in batch.column("text").to_pylist()
            )
        else:
            texts = records.records_of(self.container, stream, progress)
        texts = records.exploded(texts, each) if each else texts
        return records.batches(texts, self.number, first_line=first)


def _cut_at_headers(how: Parsing, batch: pa.RecordBatch) -> Generator[Section, None, Parsing]:
    """Cut a batch where a comment line names other columns or another day; return the last."""
    start = 0
    for row in pc.indices_nonzero(pc.starts_with(batch.column("text"), "#")).to_pylist():
        assert isinstance(how.grammar, Columns)
        grammar = how.grammar.renamed(batch.column("text")[row].as_py())
        if grammar.essence != how.grammar.essence:
            if row > start:
                yield _essential(how), batch.slice(start, row - start)
            start = row
        how = replace(how, grammar=grammar)
    yield _essential(how), batch.slice(start)
    return how


def _essential(how: Parsing) -> Parsing:
    assert isinstance(how.grammar, Columns)
    return replace(how, grammar=how.grammar.essence)


def _sorted_out(
    how: Parsing, others: Sequence[Parsing], batch: pa.RecordBatch
) -> Generator[Section, None, None]:
    """Part the lines of a file that mixes formats; what none matches stays with the first."""
    for other in (how, *others) if others else ():
        assert isinstance(other.grammar, Layout)
        fits = pc.match_substring_regex(batch.column("text"), exact_pattern(other.grammar)[0])
        if other is not how and pc.any(fits).as_py():
            yield other, batch.filter(fits)
        if other is how:
            yield how, batch.filter(fits)
        batch = batch.filter(pc.invert(fits))
    if batch.num_rows:
        yield how, batch


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
    def files(self) -> list[Input]:
        """The files that are read, in the order of their numbers."""
        return self.read

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
                "records_referrer": bool(ORIGINS & entry.records),
                "records_agent": "user_agent" in entry.records,
                "records_visitor": bool({"visitor", "user_agent"} & entry.records)
                and "weight" not in entry.records,
                "aggregated": "weight" in entry.records,
            }
            for entry in self.read
        ]
        return pa.Table.from_pylist(rows, schema=FILES)

    def account_for(
        self, counts: Mapping[int, LineCounts], *, may_reject_all: bool = False
    ) -> tuple[Tally, ...]:
        """Return what became of each file's lines, once all have been read.

        Raises RuntimeError if a line that was read is missing from the counts, or is there twice:
        that would be a fault of darksocial. Raises InputError if there were lines and no hit,
        unless `may_reject_all`.
        """
        tallies = tuple(
            Tally(
                entry.name,
                entry.format,
                counts.get(entry.number, LineCounts()),
                entry.warning,
            )
            for entry in self.read
        )
        for entry, tally in zip(self.read, tallies, strict=True):
            if entry.lines != tally.counts.lines:
                raise RuntimeError(f"{tally}: {entry.lines} lines read, other number counted")
        any_hits = any(tally.counts.hits for tally in tallies)
        if any(tally.counts.rejects for tally in tallies) and not (any_hits or may_reject_all):
            raise InputError(
                f"no line of {', '.join(tally.file for tally in tallies)} could be parsed",
                expected=f"lines in the format {tallies[0].format}",
                advice="`darksocial formats FILE` says what a file would be read as",
            )
        return tallies

    def streams(self, progress: Progress | None = None) -> Iterator[LineStream]:
        """One stream of lines for each run of lines that are read alike, over all files."""
        entries = sorted(self.read, key=lambda entry: (entry.format, repr(entry.how.grammar)))
        sections = chain.from_iterable(entry.sections(progress) for entry in entries)
        for how, group in groupby(sections, key=lambda section: section[0]):
            yield LineStream(how, (batch for _, batch in group))


def chosen_source(settings: ReadSettings) -> Source | None:
    """Return the source that the settings name or describe, or None: detect it per file."""
    if settings.format:
        return source_named(settings.format)
    if settings.map:
        values(settings.mapping)  # a field that there is not is said now
        bind = partial(mapped, given=settings.mapping)
        return Source("map", "keys named by --map", Keys((), ()), bind)
    directive = settings.log_format
    if settings.log_format_from:
        directive = directive_from(settings.log_format_from)
    if directive:
        return Source("directive", f"the directive {directive}", compile_directive(directive))
    return None


def open_inputs(
    names: Sequence[str],
    settings: ReadSettings,
    *,
    keep_identifiers: bool = False,
    bare_paths: bool = False,
    leave_out: Callable[[InputFile], str | None] = lambda file: None,
    storage: Finder | None = None,
) -> Inputs:
    """Find the files behind `names` and tell the format of each.

    Rejects and errors show lines redacted unless identifiers are kept; `bare_paths` takes what
    tells of persons out of the paths of hits. A file in no known format among others is left out
    and listed in `unread`, and so is one for which `leave_out` gives a reason. Raises InputError
    where a name leads to nothing readable, or where no file is in a known format.
    """
    chosen = chosen_source(settings)
    inputs = Inputs()
    failures: list[str] = []
    for file in data_files(names, storage):
        if reason := leave_out(file):
            inputs.unread.append((shown_path(file.name), reason))
            continue
        stream = ByteStream(file)
        seen = look_at(stream, chosen)
        stream.close()  # a folder can hold more files than a process may have open
        claim = seen.detection.best
        if chosen and seen.lines and not (claim and claim.grammar):
            claim = seen.detection.claims[0]
        if not seen.detection.lines and not claim and not seen.damage:
            claim = _nothing(chosen)
        if claim and claim.grammar:
            others = () if chosen else seen.detection.others
            how, *rest = (
                replace(
                    _parsing(part, file, settings),
                    keep_identifiers=keep_identifiers,
                    bare_paths=bare_paths,
                )
                for part in (claim, *others)
            )
            number = len(inputs.read)
            inputs.read.append(Input(number, file, how, seen.container, stream, tuple(rest)))
        else:
            reason = seen.damage or refusal(seen.lines) or "no known format"
            inputs.unread.append((shown_path(file.name), reason))
            shown = str if keep_identifiers else redacted
            failures.append(_failure(file, [shown(line) for line in seen.lines], reason))
    if not inputs.read and (failures or not inputs.unread):
        raise InputError(
            "\n".join(failures) or "there is nothing to read",
            expected="a format that `darksocial formats` lists",
            advice=WAYS_OUT,
        )
    return inputs


def _nothing(chosen: Source | None) -> Claim:
    """What an empty file is read as."""
    source = chosen or registry()["combined"]
    return Claim(source, source.grammar, None, 0, 0)


def _parsing(claim: Claim, file: InputFile, settings: ReadSettings) -> Parsing:
    assert claim.grammar is not None
    return Parsing(
        claim.source.name,
        claim.grammar,
        claim.wrapper,
        settings.timezone,
        settings.trusted_proxies,
        _last_day(file, claim.grammar),
    )


def _last_day(file: InputFile, grammar: Grammar) -> str:
    """The day on which a file was last written, where times of its format lack the year."""
    if not isinstance(grammar, Layout) or grammar.tells_year:
        return ""
    written = file.written
    try:
        if written is None:
            written = Path(file.path).stat().st_mtime if file.size is not None else time.time()
    except FileNotFoundError:  # taken away since it was found
        written = time.time()
    return datetime.fromtimestamp(written, UTC).date().isoformat()


def _failure(file: InputFile, lines: Sequence[str], reason: str) -> str:
    beginning = f". It begins:\n{_example(lines)}" if lines else ""
    return f"{printable(shown_path(file.name))}: {reason}{beginning}"


def _example(lines: Sequence[str]) -> str:
    shown = [line for line in lines if line.strip()][:EXAMPLE_LINES]
    return "\n".join(f"  {printable(line)[:EXAMPLE_WIDTH]}" for line in shown)
