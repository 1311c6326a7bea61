"""Row-local work in the workers of a cluster: from Arrow batches to Arrow batches.

This code is pickled on the driver and runs in other processes. It reads and parses with the same
code as the engine in the process; each task has a DuckDB of its own, on one core.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import IO
from urllib.parse import unquote

import duckdb
import numpy as np
import pyarrow as pa

from darksocial.engines import RowFunction
from darksocial.engines._streams import pieces
from darksocial.inputs.file import Input, Section
from darksocial.parser import Parsing
from darksocial.parser.connection import prepare
from darksocial.reading import lines_as_batch
from darksocial.reading.cells import lines_schema

WORKER_BATCH_ROWS = 16_384
WORKER_PIECE_ROWS = 250_000
# Columns in addition to those of parsed lines. A row that has `read` is not a line: it says how
# many lines of a file, or of a part of it, were read, and what is wrong with the file.
MARK_COLUMNS = pa.schema([("read", pa.int64()), ("warning", pa.string())])

Batches = Iterator[pa.RecordBatch]
Mark = tuple[int, int, str | None]


def applied(batches: Batches, function: RowFunction) -> Batches:
    """Apply a function to each batch that has rows."""
    return (function(batch) for batch in batches if batch.num_rows)


def applied_in_order(table: pa.Table, order: Sequence[str], function: RowFunction) -> pa.Table:
    """Apply a function to one group of rows, sorted by the columns `order`."""
    ordered = table.sort_by([(name, "ascending") for name in order]).combine_chunks()
    [batch] = ordered.to_batches()
    return pa.Table.from_batches([function(batch)])


@dataclass(frozen=True, slots=True)
class FolderOpener:
    """Opens files on this machine by paths relative to a folder."""

    folder: str

    def open(self, path: str) -> IO[bytes]:
        return Path(self.folder, path).open("rb")

    def exists(self, path: str) -> bool:
        return Path(self.folder, path).is_file()


@dataclass(frozen=True, slots=True)
class ContentOpener:
    """Opens one file whose content is already in memory."""

    content: bytes

    def open(self, path: str) -> IO[bytes]:
        return io.BytesIO(self.content)

    def exists(self, path: str) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Parser:
    """Parses lines to rows, given the files by number, the query and the schema of the rows.

    The schema ends with `MARK_COLUMNS`. Its other columns are null if the query lacks them.
    """

    files: Mapping[int, Input]
    query: Callable[[Parsing], str]
    schema: pa.Schema

    def picklable(self) -> "Parser":
        """Return the parser without what only the driver can open, so that it can be pickled."""
        return replace(self, files={n: file.opened_by(None) for n, file in self.files.items()})

    def of_splits(self, batches: Batches) -> Batches:
        """Parse lines of plain texts: file, start of the split, lines before it, value, overlong.

        The rows of a split must be consecutive and in their order.
        """
        counts: Counter[tuple[int, int]] = Counter()
        yield from self._parsed(self._sections_of_splits(batches, counts))
        yield from self._marks((file, lines, None) for (file, _), lines in counts.items())

    def of_files(self, batches: Batches, numbers: Sequence[int], folder: str) -> Batches:
        """Parse whole files on this machine, given by their positions (`id`) in `numbers`."""
        chosen = (numbers[index] for batch in batches for index in batch.column("id").to_pylist())
        opened = (self.files[number].opened_by(FolderOpener(folder)) for number in chosen)
        yield from self._of_whole(opened)

    def of_contents(self, batches: Batches, numbers: Mapping[str, Sequence[int]]) -> Batches:
        """Parse whole files, given by `path` and `content`; `numbers` lists the files at a path."""
        opened = (
            self.files[number].opened_by(ContentOpener(row["content"]))
            for batch in batches
            for row in batch.to_pylist()
            for number in numbers[comparable_uri(row["path"])]
        )
        yield from self._of_whole(opened)

    def _of_whole(self, opened: Iterator[Input]) -> Batches:
        marks: list[Mark] = []

        def sections() -> Iterator[Section]:
            for file in opened:
                yield from file.sections()
                marks.append((file.number, file.lines, file.warning))

        yield from self._parsed(sections())
        yield from self._marks(iter(marks))

    def _sections_of_splits(
        self, batches: Batches, counts: Counter[tuple[int, int]]
    ) -> Iterator[Section]:
        for batch in batches:
            for part in _same_split(batch):
                file, start, before = (
                    part.column(name)[0].as_py() for name in ("file", "start", "before")
                )
                line = before + counts[file, start] + 1
                counts[file, start] += part.num_rows
                lines = lines_as_batch(part.column("value"), part.column("overlong"), file, line)
                yield from self.files[file].sections_of([lines])

    def _parsed(self, sections: Iterator[Section]) -> Batches:
        with duckdb.connect(config={"threads": 1}) as connection:
            prepare(connection)
            for parsing, group in groupby(sections, key=itemgetter(0)):
                query = self.query(parsing)
                for piece in pieces((batch for _parsing, batch in group), WORKER_PIECE_ROWS):
                    schema = lines_schema(len(parsing.cells))
                    lines = pa.RecordBatchReader.from_batches(schema, piece)
                    connection.register("lines", lines)
                    for batch in connection.sql(query).to_arrow_reader(WORKER_BATCH_ROWS):
                        yield self._completed(batch)
                    connection.unregister("lines")

    def _completed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the batch with all columns of the schema; those that it lacks are null."""
        columns = [
            batch.column(field.name).cast(field.type)
            if field.name in batch.schema.names
            else pa.nulls(batch.num_rows, field.type)
            for field in self.schema
        ]
        return pa.record_batch(columns, schema=self.schema)

    def _marks(self, marks: Iterator[Mark]) -> Batches:
        rows = [{"file": file, "read": lines, "warning": warning} for file, lines, warning in marks]
        if rows:
            yield pa.RecordBatch.from_pylist(rows, schema=self.schema)


def comparable_uri(uri: str) -> str:
    """Return a URI for comparison: file:/a%20b and file:///a b are the same."""
    scheme, _mark, rest = unquote(uri).partition(":")
    return f"{scheme}:{rest.lstrip('/')}"


def _same_split(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Cut a batch where the split changes."""
    keys = [batch.column(name).to_numpy(zero_copy_only=False) for name in ("file", "start")]
    changes = np.flatnonzero((np.diff(keys[0]) != 0) | (np.diff(keys[1]) != 0)) + 1
    bounds = [0, *changes.tolist(), batch.num_rows]
    for start, end in pairwise(bounds):
        if end > start:
            yield batch.slice(start, end - start)
