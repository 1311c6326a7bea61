"""Row-local work inside the workers of a cluster: from Arrow batches to Arrow batches.

What runs here is pickled on the driver and run in other processes. It reads and parses as the
engine in the process does, with the same code; each task has a DuckDB of its own, on one core.
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
from darksocial.reading import LINES, lines_as_batch

WORKER_BATCH_ROWS = 16_384
WORKER_PIECE_ROWS = 250_000
READ = pa.schema([("read", pa.int64()), ("warning", pa.string())])
"""Columns beside those of parsed lines. A row that has `read` is no line: it says how many lines of
a file, or of a part of it, were read, and what was wrong with the file."""

Batches = Iterator[pa.RecordBatch]
Mark = tuple[int, int, str | None]


def applied(batches: Batches, function: RowFunction) -> Batches:
    """Apply a function to each batch that has rows."""
    return (function(batch) for batch in batches if batch.num_rows)


def applied_in_order(table: pa.Table, order: Sequence[str], function: RowFunction) -> pa.Table:
    """Apply a function to one group of rows, in their order."""
    placed = table.sort_by([(name, "ascending") for name in order]).combine_chunks()
    [batch] = placed.to_batches()
    return pa.Table.from_batches([function(batch)])


@dataclass(frozen=True, slots=True)
class Rooted:
    """Opens files of this machine whose paths are relative to a folder."""

    folder: str

    def open(self, path: str) -> IO[bytes]:
        return Path(self.folder, path).open("rb")

    def exists(self, path: str) -> bool:
        return Path(self.folder, path).is_file()


@dataclass(frozen=True, slots=True)
class Held:
    """Opens one file whose content is here already."""

    content: bytes

    def open(self, path: str) -> IO[bytes]:
        return io.BytesIO(self.content)

    def exists(self, path: str) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Parser:
    """Lines to rows: the files by number, the query, and the schema of what comes out.

    The schema ends with `READ`; other columns that the query does not have are null.
    """

    files: Mapping[int, Input]
    query: Callable[[Parsing], str]
    schema: pa.Schema

    def sent(self) -> "Parser":
        """The parser as it can be pickled: without what only the driver can open."""
        return replace(self, files={n: file.opened_by(None) for n, file in self.files.items()})

    def of_splits(self, batches: Batches) -> Batches:
        """Parse lines of plain texts: file, start of the split, lines before it, value, overlong.

        The rows of a split must come together and in their order.
        """
        counts: Counter[tuple[int, int]] = Counter()
        yield from self._parsed(self._sections_of_splits(batches, counts))
        yield from self._marks((file, lines, None) for (file, _), lines in counts.items())

    def of_files(self, batches: Batches, numbers: Sequence[int], folder: str) -> Batches:
        """Parse whole files of this machine, given by their places (`id`) in `numbers`."""
        chosen = (numbers[at] for batch in batches for at in batch.column("id").to_pylist())
        opened = (self.files[number].opened_by(Rooted(folder)) for number in chosen)
        yield from self._of_whole(opened)

    def of_contents(self, batches: Batches, numbers: Mapping[str, Sequence[int]]) -> Batches:
        """Parse whole files, given by `path` and `content`; `numbers` are those at a path."""
        opened = (
            self.files[number].opened_by(Held(row["content"]))
            for batch in batches
            for row in batch.to_pylist()
            for number in numbers[bare_uri(row["path"])]
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
                for piece in pieces((batch for _, batch in group), WORKER_PIECE_ROWS):
                    lines = pa.RecordBatchReader.from_batches(LINES, piece)
                    connection.register("lines", lines)
                    for batch in connection.sql(query).to_arrow_reader(WORKER_BATCH_ROWS):
                        yield self._completed(batch)
                    connection.unregister("lines")

    def _completed(self, batch: pa.RecordBatch) -> pa.RecordBatch:
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


def bare_uri(uri: str) -> str:
    """A URI as it can be compared: file:/a%20b and file:///a b are the same."""
    scheme, _, rest = unquote(uri).partition(":")
    return f"{scheme}:{rest.lstrip('/')}"


def _same_split(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Cut a batch where the split changes."""
    keys = [batch.column(name).to_numpy(zero_copy_only=False) for name in ("file", "start")]
    changes = np.flatnonzero((np.diff(keys[0]) != 0) | (np.diff(keys[1]) != 0)) + 1
    bounds = [0, *changes.tolist(), batch.num_rows]
    for start, end in pairwise(bounds):
        if end > start:
            yield batch.slice(start, end - start)
