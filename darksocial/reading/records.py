"""Read files whose records are not lines: CSV, JSON documents, XML, Parquet and Avro.

Each record becomes the text of one JSON object, so that all of them are read alike; rows of CSV,
Parquet and Avro go to the parser as columns of texts where that is the same (cells.py). Whatever
precedes the records (comments, a CSV header) becomes a text that begins with `#`. Records are
numbered from 1 in the order of the file.
"""

import csv
import io
import json
import re
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from typing import IO, TypeVar, cast

import pyarrow as pa

from darksocial.language import gettext as _
from darksocial.printable import printable
from darksocial.privacy.lines import redacted
from darksocial.reading.avro import AVRO_MAGIC, read_avro
from darksocial.reading.bounds import Metered, ShallowJson, check_depth, check_prolog
from darksocial.reading.cells import Cells, batch_of_cells, batch_of_rows, cells_of
from darksocial.reading.csv_cells import read_csv_cells
from darksocial.reading.csv_rows import delimiter_of, read_csv
from darksocial.reading.lines import LINES, MAX_LINE_BYTES, OVERLONG_TEXT_BYTES
from darksocial.reading.parquet import PARQUET_MAGIC, parquet_batches, read_parquet
from darksocial.reading.progress import Progress
from darksocial.reading.record_texts import Records, opened, text_of
from darksocial.reading.streams import ByteStream
from darksocial.scratch.folder import scratch_place

XML_START = re.compile(rb"\s*<(?:\?xml|!DOCTYPE|[A-Za-z]\w*[\s>])")
JSON_DOCUMENT = re.compile(rb"\s*(?:\[\s*[\[{\]]|\{\s*(?:\r?\n|\"[^\"\n]*\"\s*:\s*\[?\{?\s*\r?\n))")
# Keys under which documents hold their list of records.
RECORD_LIST_KEYS = (
    "records",
    "data",
    "items",
    "results",
    "events",
    "logs",
    "rows",
    "hits",
    "entries",
)
MAX_BATCH_RECORDS, MAX_BATCH_CHARACTERS = 10_000, 1 << 24
READ_BYTES = 1 << 16
MAX_REASON_CHARACTERS = 200
T = TypeVar("T")


def container_of(head: bytes) -> str:
    """Return what holds the records of a file: lines, csv, json, xml, parquet or avro.

    `csv` means that the first line looks like a header; the formats decide whether it is one.
    """
    if head.startswith(PARQUET_MAGIC):
        return "parquet"
    if head.startswith(AVRO_MAGIC):
        return "avro"
    if XML_START.match(head):
        return "xml"
    if JSON_DOCUMENT.match(head):
        return "json"
    return "csv" if delimiter_of(head.decode("utf-8", errors="backslashreplace")) else "lines"


def records_of(container: str, stream: ByteStream, progress: Progress | None = None) -> Records:
    """Return the records of a file. Damage ends them and sets the stream's `warning`.

    `progress` is called with the number of bytes of the file read since the last call.
    """
    yield from _read(READERS[container], container, stream, progress)


def rows_of(
    container: str, stream: ByteStream, progress: Progress | None = None
) -> Iterator[str | Cells]:
    """Return the records of a file as `records_of` does, but rows as cells where that is the same.

    The numbers of records are the same, too.
    """
    reader = READERS_OF_CELLS.get(container, READERS[container])
    yield from _read(reader, container, stream, progress)


def _read(
    reader: Callable[[IO[bytes]], Iterator[T]],
    container: str,
    stream: ByteStream,
    progress: Progress | None,
) -> Iterator[T]:
    blocks = io.BufferedReader(_Blocks(stream, progress))
    try:
        with _seekable(stream, blocks) if container == "parquet" else blocks as file:
            yield from reader(file)
    except DAMAGES as error:
        stream.warning = _("the {format} data is damaged or ends early ({reason})").format(
            format=container, reason=_reason(error)
        )


def first_records(
    container: str, stream: ByteStream, head: bytes, count: int
) -> tuple[list[str], str | None]:
    """Return the first records, found in the first bytes of the file alone, and the damage.

    Parquet has its directory at the end, so its file itself is opened.
    """
    first: list[str] = []
    beginning = io.BytesIO(head)
    try:
        with _seekable(stream, beginning) if container == "parquet" else beginning as file:
            for record in islice(READERS[container](file), count):
                first.append(record)
    except DAMAGES as error:  # the head of a file can end within a record
        damage = _("the {format} data is damaged ({reason})").format(
            format=container, reason=_reason(error)
        )
        return first, damage
    return first, None


def _reason(error: Exception) -> str:
    """Return a reader's description of damage, redacted because it may quote the file."""
    return printable(redacted(str(error)))[:MAX_REASON_CHARACTERS]


def batches(
    records: Iterable[str | Cells], file_number: int, *, first_line: int = 1
) -> Iterator[tuple[Cells | None, pa.RecordBatch]]:
    """Return records as batches, numbered from `first_line` on, with the cells that they hold.

    Texts have the schema `LINES`, cells that of `cells.lines_schema`.
    """
    line = first_line
    for is_text, several in groupby(records, key=lambda record: isinstance(record, str)):
        if is_text:
            texts = enumerate(cast("Iterator[str]", several), start=line)
            while rows := list(_fitting(texts)):
                yield None, _batch_of_texts(rows, file_number)
                line += len(rows)
        else:
            for cells in cast("Iterator[Cells]", several):
                yield cells, batch_of_cells(cells, file_number, line)
                line += len(cells)


def _batch_of_texts(rows: list[tuple[int, str, bool]], file_number: int) -> pa.RecordBatch:
    columns = [
        pa.array([file_number] * len(rows), pa.int32()),
        pa.array([row[0] for row in rows], pa.int64()),
        pa.array([row[1] for row in rows], pa.string()),
        pa.array([row[2] for row in rows], pa.bool_()),
    ]
    return pa.record_batch(columns, schema=LINES)


def _fitting(numbered: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str, bool]]:
    """Return the next records that fit into a batch: number, text, and whether it was too long."""
    characters = 0
    for number, text in islice(numbered, MAX_BATCH_RECORDS):
        overlong = len(text) > MAX_LINE_BYTES
        text = text[:OVERLONG_TEXT_BYTES] if overlong else text
        yield number, text, overlong
        characters += len(text)
        if characters > MAX_BATCH_CHARACTERS:
            return


def exploded(texts: Iterable[str], each: str) -> Records:
    """Return each element of the list `each` as a record of its own, with the parent's fields."""
    for text in texts:
        try:
            record = json.loads(text)
        except (ValueError, RecursionError):
            record = None
        elements = record.get(each) if isinstance(record, dict) else None
        if not isinstance(elements, list) or not elements:
            yield text
            continue
        for element in elements:
            yield text_of({**record, each: element})


def _json(file: IO[bytes]) -> Records:
    import ijson

    prefix, shallow = _json_prefix(_beginning(file)), ShallowJson(file)
    try:
        for item in ijson.items(shallow, prefix, use_float=True, multiple_values=True):
            shallow.reset()
            yield text_of(item)
    except ijson.JSONError as error:
        raise ValueError(str(error).strip().split("\n")[0]) from error


def _beginning(file: IO[bytes]) -> bytes:
    """Return the first bytes without consuming them."""
    if hasattr(file, "peek"):
        peeked: bytes = file.peek(READ_BYTES)
        return peeked[:READ_BYTES]
    start = file.read(READ_BYTES)
    file.seek(0)
    return start


def _json_prefix(start: bytes) -> str:
    """Return the path of the records of a JSON document, as ijson writes it.

    They are in an array, in a list within an object, or are the objects themselves (no path).
    """
    if start.lstrip().startswith(b"["):
        return "item"
    first_list = re.match(rb'\s*\{\s*"([^"]+)"\s*:\s*\[', start)
    known_list = re.search(
        rb'"(' + "|".join(RECORD_LIST_KEYS).encode() + rb')"\s*:\s*\[\s*\{', start
    )
    records_list = known_list or first_list
    return f"{records_list[1].decode(errors='replace')}.item" if records_list else ""


def _xml(file: IO[bytes]) -> Records:
    depth, metered = 0, Metered(file)
    check_prolog(_beginning(file))
    for event, element in ElementTree.iterparse(metered, events=("start", "end")):
        depth += 1 if event == "start" else -1
        check_depth(depth)
        if event == "end" and depth == 1:
            metered.reset()
            content = _content(element)
            yield text_of(content if isinstance(content, dict) else {element.tag: content})
            element.clear()


def _content(element: ElementTree.Element) -> object:
    children = list(element)
    if not children:
        return element.text
    if all(child.tag == "row" for child in children):
        return [_content(child) for child in children]
    return {child.tag: _content(child) for child in children}


def _parquet(file: IO[bytes]) -> Records:
    for row in read_parquet(file):
        yield text_of(opened(row))


def _parquet_cells(file: IO[bytes]) -> Iterator[str | Cells]:
    for batch in parquet_batches(file):
        if cells := cells_of(batch):
            yield cells
        else:
            yield from (text_of(opened(row)) for row in batch.to_pylist())


def _avro(file: IO[bytes]) -> Records:
    for row in read_avro(file):
        yield text_of(opened(row) if isinstance(row, dict) else row)


def _avro_cells(file: IO[bytes]) -> Iterator[str | Cells]:
    rows: list[object] = []
    try:
        for row in read_avro(file):
            rows.append(row)
            if len(rows) == MAX_BATCH_RECORDS:
                yield from _cells_or_texts(rows)
                rows = []
    except DAMAGES:
        yield from _cells_or_texts(rows)
        raise
    yield from _cells_or_texts(rows)


def _cells_or_texts(rows: list[object]) -> Iterator[str | Cells]:
    batch = batch_of_rows(rows)
    if cells := cells_of(batch) if batch else None:
        yield cells
    else:
        yield from (text_of(opened(row) if isinstance(row, dict) else row) for row in rows)


READERS: dict[str, Callable[[IO[bytes]], Records]] = {
    "csv": read_csv,
    "json": _json,
    "xml": _xml,
    "parquet": _parquet,
    "avro": _avro,
}
READERS_OF_CELLS: dict[str, Callable[[IO[bytes]], Iterator[str | Cells]]] = {
    "csv": read_csv_cells,
    "parquet": _parquet_cells,
    "avro": _avro_cells,
}
DAMAGES = (ValueError, EOFError, ElementTree.ParseError, csv.Error, pa.ArrowException, IndexError)


class _Blocks(io.RawIOBase):
    """The decompressed bytes of a stream as a file."""

    def __init__(self, stream: ByteStream, progress: Progress | None) -> None:
        self._stream = stream
        self._progress = progress
        self._reported = 0
        self._blocks = stream.blocks(READ_BYTES)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            block = next(self._blocks, None)
            if self._progress and self._stream.consumed > self._reported:
                self._progress(self._stream.consumed - self._reported)
                self._reported = self._stream.consumed
            if block is None:
                return 0
            self._rest = block
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def _seekable(stream: ByteStream, file: IO[bytes]) -> IO[bytes]:
    """Return a seekable file: the file itself, or a copy of a compressed file or a pipe."""
    if stream.is_plain_file:
        return stream.reopened()
    copy = tempfile.TemporaryFile(dir=scratch_place())  # noqa: SIM115 - deleted when it is closed
    for block in iter(lambda: file.read(READ_BYTES), b""):
        copy.write(block)
    copy.seek(0)
    return copy
