"""One file that is read: how its lines become hits, and whether it is damaged."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar, cast

import pyarrow as pa
import pyarrow.compute as pc

from darksocial.grammar.columns import Columns
from darksocial.grammar.keys import Keys
from darksocial.grammar.layout import Layout, exact_pattern
from darksocial.inputs.recognise import shown_path
from darksocial.parser import Parsing
from darksocial.reading import LINES, ByteStream, InputFile, line_batches, records
from darksocial.reading.files import Opener
from darksocial.reading.progress import Progress

Section = tuple[Parsing, pa.RecordBatch]
T = TypeVar("T")


@dataclass(slots=True)
class Input:
    """One file that is read.

    number: its place in the list of inputs.
    parsing: how its lines become hits.
    container: what holds its records (see `reading.records.container_of`).
    others: how the lines of other formats in the file become hits.
    lines, warning: how many lines were read, and what is wrong with the file; final once all
        batches have been read.
    lines_before: how many lines an earlier run has read.
    observe: is called with every batch.
    """

    number: int
    file: InputFile
    parsing: Parsing
    container: str
    stream: ByteStream
    others: tuple[Parsing, ...] = ()
    lines: int = 0
    warning: str | None = None
    lines_before: int = 0
    observe: Callable[[Parsing, pa.RecordBatch], None] | None = None

    @property
    def name(self) -> str:
        """The path as text; bytes that are not UTF-8 are written as `\\xHH`."""
        return shown_path(self.file.name)

    @property
    def format(self) -> str:
        """The names of the file's formats, and of the wrapper around each line or the sheet."""
        names = " + ".join(parsing.name for parsing in (self.parsing, *self.others))
        if self.stream.sheet:
            return f"{names} in xlsx, {self.stream.sheet.name}"
        return f"{names} in {self.parsing.wrapper.name}" if self.parsing.wrapper else names

    @property
    def records(self) -> frozenset[str]:
        """The fields that every line records."""
        return frozenset.intersection(
            *(parsing.records for parsing in (self.parsing, *self.others))
        )

    def sections(self, progress: Progress | None = None) -> Iterator[Section]:
        """Read the file once and count its lines; a header within the file renames its columns."""
        with self.stream as stream:
            if self._has_cells:
                yield from self._new(self._rows(stream, progress))
            else:
                yield from self.sections_of(self._batches(stream, progress))
            self.warning = stream.warning
        if not self.lines:
            yield self.parsing, pa.RecordBatch.from_pylist([], schema=LINES)

    def sections_of(self, batches: Iterable[pa.RecordBatch]) -> Iterator[Section]:
        """Return batches of the file's lines with how they become hits, and count the lines."""
        parsing = self.parsing
        for batch in batches:
            if isinstance(parsing.grammar, Columns) and parsing.grammar.header:
                parsing = yield from self._new(_cut_at_headers(parsing, batch))
            else:
                yield from self._new(_separated(parsing, self.others, batch))

    @property
    def is_plain_text(self) -> bool:
        """Whether its bytes are lines without further decoding, each readable by itself."""
        grammar = self.parsing.grammar
        explodes = isinstance(grammar, Keys) and bool(grammar.each)
        has_header = isinstance(grammar, Columns) and grammar.header
        return (
            self.container == "lines"
            and not explodes
            and not has_header
            and self.stream.is_plain_text
        )

    def opened_by(self, opener: Opener | None) -> "Input":
        """Return the input for another process, which opens the file with `opener`."""
        stream = ByteStream(replace(self.file, storage=opener))
        return replace(self, file=stream.file, stream=stream, lines=0, warning=None)

    def _new(self, sections: Generator[Section, None, T]) -> Generator[Section, None, T]:
        """Leave out the lines of an earlier run, after their headers have named the columns."""
        while True:
            try:
                parsing, batch = next(sections)
            except StopIteration as end:
                return cast(T, end.value)
            if self.lines_before:
                batch = batch.filter(pc.greater(batch.column("line"), self.lines_before))
            self.lines += batch.num_rows
            if self.observe and batch.num_rows:
                self.observe(parsing, batch)
            if batch.num_rows:
                yield parsing, batch

    @property
    def _has_cells(self) -> bool:
        """Whether rows may go to the parser as cells: nobody looks at their texts."""
        grammar = self.parsing.grammar
        if not isinstance(grammar, Keys) or grammar.each or grammar.prefix:
            return False
        is_bare = not self.parsing.wrapper and not self.others and not self.observe
        return self.container != "lines" and is_bare and not self.lines_before

    def _rows(
        self, stream: ByteStream, progress: Progress | None
    ) -> Generator[Section, None, None]:
        rows = records.rows_of(self.container, stream, progress)
        parsing = self.parsing
        for cells, batch in records.batches(rows, self.number):
            columns = tuple(zip(cells.names, cells.quoted, strict=True)) if cells else ()
            if columns != parsing.cells:
                parsing = replace(parsing, cells=columns)
            yield parsing, batch

    def _batches(self, stream: ByteStream, progress: Progress | None) -> Iterator[pa.RecordBatch]:
        each = self.parsing.grammar.each if isinstance(self.parsing.grammar, Keys) else ""
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
        batches = records.batches(texts, self.number, first_line=first)
        return (batch for _no_cells, batch in batches)


def _cut_at_headers(parsing: Parsing, batch: pa.RecordBatch) -> Generator[Section, None, Parsing]:
    """Cut a batch where a comment line names other columns or another day.

    Return how the lines after the last comment become hits.
    """
    start = 0
    for row in pc.indices_nonzero(pc.starts_with(batch.column("text"), "#")).to_pylist():
        assert isinstance(parsing.grammar, Columns)
        grammar = parsing.grammar.renamed(batch.column("text")[row].as_py())
        if grammar.essence != parsing.grammar.essence:
            if row > start:
                yield _essential(parsing), batch.slice(start, row - start)
            start = row
        parsing = replace(parsing, grammar=grammar)
    yield _essential(parsing), batch.slice(start)
    return parsing


def _essential(parsing: Parsing) -> Parsing:
    """Return the parsing with only what matters to the query, so that equal ones share it."""
    assert isinstance(parsing.grammar, Columns)
    return replace(parsing, grammar=parsing.grammar.essence)


def _separated(
    parsing: Parsing, others: Sequence[Parsing], batch: pa.RecordBatch
) -> Generator[Section, None, None]:
    """Separate the lines of a file that mixes formats; what none matches goes to the first.

    A format to which anything may be added takes what the others leave.
    """
    either = sorted((parsing, *others), key=lambda each: each.grammar.is_open)
    for other in either if others else ():
        assert isinstance(other.grammar, Layout)
        fits = pc.match_substring_regex(batch.column("text"), exact_pattern(other.grammar)[0])
        if other is not parsing and pc.any(fits).as_py():
            yield other, batch.filter(fits)
        if other is parsing:
            yield parsing, batch.filter(fits)
        batch = batch.filter(pc.invert(fits))
    if batch.num_rows:
        yield parsing, batch
