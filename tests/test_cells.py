"""Rows that go to the parser as cells become what their texts as JSON objects become."""

import io
import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from darksocial.grammar.mapping import mapped
from darksocial.parser import Parsing
from darksocial.parser.connection import prepare
from darksocial.parser.hits import parser_sql
from darksocial.privacy.identifiers import Privacy
from darksocial.reading.cells import Cells
from darksocial.reading.records import DAMAGES, READERS, READERS_OF_CELLS, batches

HEADER = "ts,ip,address,code,came_from,agent"
FIELDS = {
    "time": "ts",
    "client_ip": "ip",
    "url": "address",
    "status": "code",
    "referrer": "came_from",
    "user_agent": "agent",
}
ROW = "2026-03-02T09:14:{:02}Z,203.0.113.7,https://www.example.net/a?b#c,200,{},{}\n"
QUOTED = '"Mozilla/5.0 (X11; Linux x86_64) (KHTML, like ""Gecko"")"'
GOOD = "".join(ROW.format(n, "https://t.co/", QUOTED) for n in range(20))
PLAIN = HEADER + "\n" + GOOD
# What follows rows without surprises, and whether all, some or none of the rows go as cells.

ALL, SOME, NONE = "all", "some", "none"
HEAD_RECORDS = 20
CSV = {
    "plain": (PLAIN, ALL),
    "no line end at the end": (PLAIN.rstrip("\n"), ALL),
    "CRLF": (PLAIN.replace("\n", "\r\n"), ALL),
    "CR": (PLAIN.replace("\n", "\r"), NONE),
    "semicolons": (PLAIN.replace(",", ";"), ALL),
    "rejects": (PLAIN + 'never,"a ""b"" \\x",\té\u2028,two,,\x7f\n', ALL),
    "comments": ("# All\n,,\n" + PLAIN, ALL),
    "values of comments": ("# Start date: 20260301\n" + PLAIN, NONE),
    "blank rows": (PLAIN + "\n,,,,,\n" + GOOD, NONE),
    "short and long rows": (PLAIN + "a,b\n" + ",a,b,c,d,e,f\n" + GOOD, NONE),
    "another table": (PLAIN + "# More\nts,address\n2026-03-02,/a\n", NONE),
    "line end in a cell": (PLAIN + ROW.format(1, "", '"a\nb"') + GOOD, NONE),
    "quote in a cell": (PLAIN + ROW.format(1, "", 'a "b" c') + GOOD, NONE),
    "quote that is not closed": (PLAIN + ROW.format(1, "", '"a') + GOOD, NONE),
    "text behind a quote": (PLAIN + ROW.format(1, "", '"a"b') + GOOD, NONE),
    "object": (PLAIN + ROW.format(1, '"{""a"": 1}"', ""), NONE),
    "null": (PLAIN + ROW.format(1, r"\N", ""), NONE),
    "brackets": (PLAIN + ROW.format(1, "[a", "[]b") + ROW.format(1, "{", "\\"), ALL),
    "control character": (PLAIN + ROW.format(1, "\x07", ""), NONE),
    "NUL": (PLAIN + ROW.format(1, "a\0b", ""), NONE),
    "no UTF-8": (PLAIN + ROW.format(1, "\udcff", ""), NONE),
    "the same name twice": (PLAIN.replace("agent", "ip", 1), NONE),
    "header alone": (HEADER, NONE),
}
MOMENT = datetime(2026, 3, 2, 9, 14, 5)
COLUMNS: dict[str, tuple[list[Any], pa.DataType, bool]] = {
    "texts": (["a", '"b" \\', "", None, "[FBAN", "\n\té"], pa.string(), True),
    "nulls in text": (["\\N", "a"], pa.string(), False),
    "lists in text": (["[1]", "a"], pa.string(), False),
    "control characters": (["\x1f", "a"], pa.string(), False),
    "integers": ([200, -1, None, 99999], pa.int64(), True),
    "truth": ([True, False, None], pa.bool_(), True),
    "floats": ([0.5, 3.0, -2.25, 0.0, None, 1 / 3, 123456.75], pa.float64(), True),
    "short floats": ([0.1, 2.5], pa.float32(), True),
    "large floats": ([1e22], pa.float64(), False),
    "small floats": ([1e-9], pa.float64(), False),
    "no number": ([float("nan")], pa.float64(), False),
    "days": ([date(2026, 3, 2), None], pa.date32(), True),
    "moments": ([MOMENT, None], pa.timestamp("us"), True),
    "moments in UTC": ([MOMENT], pa.timestamp("ms", "UTC"), True),
    "moments elsewhere": ([MOMENT], pa.timestamp("us", "+02:00"), False),
    "parts of a second": ([MOMENT + timedelta(milliseconds=5)], pa.timestamp("us"), False),
    "decimals": ([Decimal("1.10")], pa.decimal128(9, 2), False),
    "objects": ([{"a": 1}], pa.struct([("a", pa.int64())]), False),
    "nothing": ([None], pa.null(), True),
}


def _records(readers: Any, container: str, data: bytes) -> list[str | Cells]:
    found: list[str | Cells] = []
    try:
        found.extend(readers[container](io.BytesIO(data)))
    except DAMAGES as error:
        found.append(str(error))
    return found


def _parsed(records: Iterable[str | Cells], head: list[str]) -> list[dict[str, Any]]:
    """What the records become, rejects with their text as it is."""
    grammar = mapped(head, FIELDS)
    assert grammar
    rows: list[dict[str, Any]] = []
    with duckdb.connect() as connection:
        prepare(connection)
        for cells, batch in batches(records, 0):
            columns = tuple(zip(cells.names, cells.quoted, strict=True)) if cells else ()
            parsing = Parsing("map", grammar, privacy=Privacy(True), cells=columns)
            connection.register("lines", pa.Table.from_batches([batch]))
            rows += connection.sql(parser_sql(parsing)).to_arrow_table().to_pylist()
    return sorted(rows, key=repr)


def _is_same(container: str, data: bytes) -> str:
    """Hold that both ways have the same results; return whether rows went as cells."""
    texts = [str(record) for record in _records(READERS, container, data)]
    records = _records(READERS_OF_CELLS, container, data)
    head = texts[:HEAD_RECORDS]
    assert _parsed(records, head) == _parsed(texts, head)
    as_cells = sum(len(record) for record in records if isinstance(record, Cells))
    as_text = sum(isinstance(record, str) and record.startswith("{") for record in records)
    return NONE if not as_cells else SOME if as_text else ALL


@pytest.mark.parametrize("name", CSV)
def test_csv(name: str) -> None:
    text, extent = CSV[name]
    assert _is_same("csv", text.encode("utf-8", "surrogateescape")) == extent


def test_any_csv() -> None:
    """Cells of any signs, with separators, quotes and ends wherever they fall."""
    rng = random.Random(24)
    signs = [*'a",\n\r\\[]{}#é\t;', '""', '","', "\r\n", "\\N"]
    for _ in range(8):
        wild = "".join(rng.choices(signs, k=rng.randint(1, 30)))
        _is_same("csv", (PLAIN + wild + "\n" + GOOD).encode())


@pytest.mark.parametrize("name", COLUMNS)
def test_parquet(name: str) -> None:
    values, kind, is_sure = COLUMNS[name]
    table = pa.table(
        {
            "ts": ["2026-03-02 09:14:05"] * (len(values) - 1) + ["never"],
            "address": ["/a"] * len(values),
            "came_from": pa.array(values, kind),
        }
    )
    file = io.BytesIO()
    pq.write_table(table, file)
    assert _is_same("parquet", file.getvalue()) == (ALL if is_sure else NONE)


def _avro(rows: list[dict[str, Any]], kind: Any) -> bytes:
    fields = [{"name": name, "type": "string"} for name in ("ts", "address")]
    schema = {"type": "record", "name": "row", "fields": [*fields, {"name": "code", "type": kind}]}
    file = io.BytesIO()
    fastavro.writer(file, schema, rows)
    return file.getvalue()


@pytest.mark.parametrize(
    ("kind", "value_of", "extent"),
    [
        ("int", lambda n: 200 + n, ALL),
        (["null", "string"], lambda n: str(n) if n % 2 else None, ALL),
        (["int", "double"], lambda n: n if n % 2 else n / 2, NONE),
        (["int", "string"], lambda n: n if n % 2 else str(n), NONE),
        ({"type": "map", "values": "int"}, lambda n: {"a": n}, NONE),
        ("bytes", lambda n: bytes([n]), NONE),
    ],
)
def test_avro(kind: Any, value_of: Callable[[int], Any], extent: str) -> None:
    moments = (datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=n) for n in range(20))
    rows = [
        {"ts": moment.isoformat(), "address": "/a", "code": value_of(n)}
        for n, moment in enumerate(moments)
    ]
    data = _avro(rows, kind)
    assert _is_same("avro", data) == extent
    assert _is_same("avro", data[:-4]) == extent


def test_long_rows_and_comments_longer_than_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "".join(ROW.format(n, "x" * n * 300_000, "") for n in (1, 4))
    assert _is_same("csv", (PLAIN + long + GOOD).encode()) == NONE
    monkeypatch.setattr("darksocial.reading.csv_cells.CSV_BLOCK_BYTES", 2000)
    assert _is_same("csv", ("\n" * 2100 + PLAIN).encode()) == NONE
    assert _is_same("csv", (PLAIN + GOOD).encode()) == ALL
    assert _is_same("csv", (PLAIN + ROW.format(1, r"\N", "") + GOOD * 2).encode()) == SOME
