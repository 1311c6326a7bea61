"""Read files whose records are not lines: CSV, JSON documents, XML, Parquet and Avro.

Each record becomes the text of one JSON object, so that all of them are read alike. Whatever
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
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import IO

import pyarrow as pa

from darksocial.language import gettext as _
from darksocial.printable import printable
from darksocial.privacy.lines import redacted
from darksocial.reading.avro import AVRO_MAGIC, read_avro
from darksocial.reading.bounds import Metered, ShallowJson, check_depth, check_prolog
from darksocial.reading.lines import LINES, MAX_LINE_BYTES, OVERLONG_TEXT_BYTES
from darksocial.reading.parquet import PARQUET_MAGIC, read_parquet
from darksocial.reading.progress import Progress
from darksocial.reading.streams import ByteStream
from darksocial.scratch.folder import scratch_place

XML_START = re.compile(rb"\s*<(?:\?xml|!DOCTYPE|[A-Za-z]\w*[\s>])")
JSON_DOCUMENT = re.compile(rb"\s*(?:\[\s*[\[{\]]|\{\s*(?:\r?\n|\"[^\"\n]*\"\s*:\s*\[?\{?\s*\r?\n))")
DELIMITERS = ",;\t|"
HEADER_CELL = re.compile(r"(?:(?:(?!\d)|(?=\d[A-Z][a-z]))[\w#$@(\[&€£¥%][^\"\\<>{}=;|\t]{0,99})?")
"""A name above a column, in any language and with any sign that people write, or none.

GoatCounter writes the version of its export before the first name: `2Path`.
"""
COMMENT_PAIR = re.compile(r"#\s*([^:]+?)\s*:\s*(.+?)\s*$")
# The period of an exploration of Google Analytics 4.
COMMENT_PERIOD = re.compile(r"#\s*(\d{8})\s*-\s*(\d{8})\s*$")
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
MAX_CELL_CHARACTERS = 1 << 20
READ_BYTES = 1 << 16
MAX_REASON_CHARACTERS = 200

Records = Iterator[str]


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
    return "csv" if _delimiter(head.decode("utf-8", errors="backslashreplace")) else "lines"


def records_of(container: str, stream: ByteStream, progress: Progress | None = None) -> Records:
    """Return the records of a file. Damage ends them and sets the stream's `warning`.

    `progress` is called with the number of bytes of the file read since the last call.
    """
    blocks = io.BufferedReader(_Blocks(stream, progress))
    try:
        with _seekable(stream, blocks) if container == "parquet" else blocks as file:
            yield from READERS[container](file)
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
    texts: Iterable[str], file_number: int, *, first_line: int = 1
) -> Iterator[pa.RecordBatch]:
    """Return texts as batches of the schema `LINES`, numbered from `first_line` on."""
    numbered = iter(enumerate(texts, start=first_line))
    while rows := list(_fitting(numbered)):
        columns = [
            pa.array([file_number] * len(rows), pa.int32()),
            pa.array([row[0] for row in rows], pa.int64()),
            pa.array([row[1] for row in rows], pa.string()),
            pa.array([row[2] for row in rows], pa.bool_()),
        ]
        yield pa.record_batch(columns, schema=LINES)


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
            yield _text({**record, each: element})


def _csv(file: IO[bytes]) -> Records:
    text = io.TextIOWrapper(file, "utf-8", errors="backslashreplace", newline="")
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    pairs: dict[str, str] = {}
    header: list[str] = []
    pending = ""
    lines = _bounded_lines(text)
    for line in lines:
        bare = line.strip().strip(",;\t")
        if not bare or bare.startswith("#"):
            pairs |= _pair(bare)
            yield bare
            continue
        pending = line
        break
    delimiter = _delimiter(pending) or ","
    header = [cell.strip() for cell in next(csv.reader([pending], delimiter=delimiter), [])]
    if header:
        yield "#" + pending.rstrip("\r\n")
    names_follow = False
    for row in csv.reader(_without_nul(lines), delimiter=delimiter):
        if not any(row):
            yield ""
        elif row[0].startswith("#") and len(row) != len(
            header
        ):  # the comments before another table
            names_follow = True
            pairs |= _pair(row[0].strip())
            yield row[0]
        elif names_follow:
            names_follow, header = False, [cell.strip() for cell in row]
            yield "#" + delimiter.join(row)
        elif len(row) == len(header) + 1 and not row[0]:  # a row of totals, with its name behind
            yield _text({**pairs, **_opened(dict(zip([*header, "#"], row, strict=True)))})
        elif len(row) != len(header):
            yield _text(row)
        else:
            yield _text({**pairs, **_opened(dict(zip(header, row, strict=True)))})


def _bounded_lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Return the lines; of a line over 1 MiB only its beginning."""
    while line := text.readline(MAX_CELL_CHARACTERS):
        piece = line
        while len(piece) == MAX_CELL_CHARACTERS and not piece.endswith("\n"):
            piece = text.readline(MAX_CELL_CHARACTERS)
        yield line


def _pair(comment: str) -> dict[str, str]:
    """Return `# Start date: 20260301` as a value that all records have."""
    if period := COMMENT_PERIOD.match(comment):
        return {"#Start date": period[1], "#End date": period[2]}
    match = COMMENT_PAIR.match(comment)
    return {f"#{match[1]}": match[2]} if match else {}


def _opened(row: dict[str, object]) -> dict[str, object]:
    """Parse texts that are JSON objects or lists themselves, as warehouses write them.

    `\\N` is the null of MySQL, PostgreSQL and ClickHouse in text.
    """
    cells = {name: None if cell == r"\N" else cell for name, cell in row.items()}
    return {name: _json_value(cell) if _may_be_json(cell) else cell for name, cell in cells.items()}


def _may_be_json(cell: object) -> bool:
    return isinstance(cell, str) and (cell[:1], cell[-1:]) in (("{", "}"), ("[", "]"))


def _json_value(cell: object) -> object:
    try:
        return json.loads(str(cell))
    except (ValueError, RecursionError):
        return cell


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    return (line.replace("\0", "\\x00") for line in lines)


def _delimiter(text: str) -> str | None:
    """Return the delimiter of a CSV header, or None if the first line is not a header."""
    lines = (line.strip("\r") for line in text.split("\n"))
    first = next((line for line in lines if line.strip(" ,;\t") and not line.startswith("#")), "")
    is_text = first.replace("\t", " ").isprintable() and not first.startswith(("{", "["))
    if not first or not is_text:
        return None
    best = max(DELIMITERS, key=first.count)
    cells = _header_cells(first, best)
    names = [cell.strip() for cell in cells]
    written = [name for name in names if name]
    is_header = len(written) > 1 and len(set(written)) == len(written)
    return best if is_header and all(map(HEADER_CELL.fullmatch, names)) else None


def _header_cells(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line; none if it cannot be a header."""
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    try:
        return next(csv.reader([line[:MAX_CELL_CHARACTERS]], delimiter=delimiter), [])
    except csv.Error:
        return []


def _json(file: IO[bytes]) -> Records:
    import ijson

    prefix, shallow = _json_prefix(_beginning(file)), ShallowJson(file)
    try:
        for item in ijson.items(shallow, prefix, use_float=True, multiple_values=True):
            shallow.reset()
            yield _text(item)
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
            yield _text(content if isinstance(content, dict) else {element.tag: content})
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
        yield _text(_opened(row))


def _avro(file: IO[bytes]) -> Records:
    for row in read_avro(file):
        yield _text(_opened(row) if isinstance(row, dict) else row)


READERS: dict[str, Callable[[IO[bytes]], Records]] = {
    "csv": _csv,
    "json": _json,
    "xml": _xml,
    "parquet": _parquet,
    "avro": _avro,
}
DAMAGES = (ValueError, EOFError, ElementTree.ParseError, csv.Error, pa.ArrowException, IndexError)


def _text(record: object) -> str:
    return json.dumps(record, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace")
    return str(value)


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
