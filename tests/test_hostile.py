"""Hostile input, for real: bounded memory, a clear message, and nothing that reaches a terminal.

docs/security.md lists the cases with the tests that hold them.
"""

import bz2
import gzip
import io
import json
import lzma
import random
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import fastavro
import pyarrow as pa
import pytest

import darksocial
from darksocial.errors import DarkSocialError
from darksocial.reading.avro import read_avro
from darksocial.reading.bounds import MAX_RECORD_BYTES, MAX_RECORD_DEPTH, Metered, ShallowJson
from darksocial.reading.parquet import read_parquet
from darksocial.reading.records import DAMAGES
from darksocial.report import summary_json
from tests.gate import series
from tests.hostile_files import LINE, MIB, RECORD, ROOT, parquet, parsed
from tests.test_cli import process

"""What a process may take; reading a sample takes 230 MiB, most of it libraries."""


def squeezed(name: str, path: Path, mebibytes: int) -> None:
    """Five lines and then zeros without a line's end, in a few bytes."""
    if name == "zip":
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("access.log", "w") as file,
        ):
            _fill(file.write, mebibytes)
        return
    opened: dict[str, Callable[..., io.BufferedIOBase]] = {
        "gz": gzip.open, "bz2": bz2.open, "xz": lzma.open,
    }  # type: ignore[dict-item]  # fmt: skip
    if name == "zst":
        with pa.CompressedOutputStream(str(path), "zstd") as stream:
            _fill(stream.write, mebibytes)
        return
    with opened[name](path, "wb") as packed:
        _fill(packed.write, mebibytes)


def _fill(write: Callable[[bytes], object], mebibytes: int) -> None:
    write(LINE.encode() * 5)
    for _ in range(mebibytes):
        write(bytes(MIB))


@series("name", ["gz", "bz2", "xz", "zst", "zip"], in_gate=1)
def test_compressed_bombs_take_bounded_memory(tmp_path: Path, name: str) -> None:
    squeezed(name, tmp_path / "bomb", 256)
    assert (tmp_path / "bomb").stat().st_size < MIB
    code, said = parsed(tmp_path / "bomb", tmp_path, memory=440 * MIB)
    assert code == 0
    assert "lines: 6, of which hits: 5, rejects: 1" in said


def test_a_line_of_a_gigabyte_is_one_reject(tmp_path: Path) -> None:
    path = tmp_path / "long.log"
    path.write_text(LINE * 5)
    with path.open("ab") as file:
        file.truncate(1 << 30)  # a hole in the file: zeros that take no room
    code, said = parsed(path, tmp_path, memory=500 * MIB)
    assert (code, "lines: 6, of which hits: 5, rejects: 1" in said) == (0, True)


@pytest.mark.long
def test_a_million_columns(tmp_path: Path) -> None:
    path = tmp_path / "wide"
    path.write_text("a " * 500_000 + "\n" + LINE * 5)
    assert "lines: 6, of which hits: 5, rejects: 1" in parsed(path, tmp_path)[1]
    path.write_text(",".join(f"c{at}" for at in range(1_000_000)) + "\n1,2\n")
    assert parsed(path, tmp_path)[0] == 3
    rows = ["time,url,ip,user_agent,referrer", ",".join(RECORD.values()), "1," * 500_000]
    path.write_text("\n".join([*rows, rows[1]]) + "\n")
    assert "hits: 2, rejects: 1" in parsed(path, tmp_path)[1]


DEEP = 100_000
NESTED = {
    "array": "[" * DEEP + "]" * DEEP,
    "xml": "<r>" + "<a>" * DEEP + "</a>" * DEEP + "</r>",
    "objects in a list": '{\n"records":[\n' + '{"a":' * DEEP + "1" + "}" * DEEP + "]}",
    "objects in lines": '{"a":' * DEEP + "1" + "}" * DEEP + "\n",
    "a little": "<r>" + "<a>" * 5000 + "</a>" * 5000 + "</r>",
}


@series("name", NESTED, in_gate=1)
def test_deeply_nested_values(tmp_path: Path, name: str) -> None:
    (tmp_path / "deep").write_text(NESTED[name])
    code, said = parsed(tmp_path / "deep", tmp_path, memory=450 * MIB)
    assert code == 3
    assert "deep" in said


def test_a_deep_value_among_lines_is_one_reject(tmp_path: Path) -> None:
    lines = [json.dumps(RECORD)] * 5 + ['{"time": ' + "[" * DEEP + "]" * DEEP + "}"]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    assert "hits: 5, rejects: 1" in parsed(tmp_path / "a.jsonl", tmp_path)[1]


@pytest.mark.long
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_depth_is_counted_outside_of_strings(size: int) -> None:
    text = json.dumps([{"a": '[[{"[[' * 300, 'b"\\: [[': "\\"}] * 20).encode()
    file = ShallowJson(io.BytesIO(text))
    assert b"".join(iter(lambda: file.read(size), b"")) == text
    deep = ShallowJson(io.BytesIO(b'["\\"",' * (MAX_RECORD_DEPTH + 1)))
    with pytest.raises(ValueError, match="deep"):
        list(iter(lambda: deep.read(size), b""))


def test_a_record_without_end_is_refused() -> None:
    file = Metered(io.BytesIO(bytes(MAX_RECORD_BYTES + 1)))
    with pytest.raises(ValueError, match="64 MiB"):
        list(iter(lambda: file.read(MIB), b""))


ENTITIES = "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
XML = {
    "external": '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><r><row>&a;</row></r>',
    "laughs": f'<!DOCTYPE l [<!ENTITY a "lol">{ENTITIES}]><r><row><x>&j;</x></row></r>',
}


@series("name", XML, in_gate=1)
def test_xml_entities_are_not_expanded(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.xml").write_text('<?xml version="1.0"?>' + XML[name])
    code, said = parsed(tmp_path / "a.xml", tmp_path)
    assert code == 3
    assert "entities" in said
    assert "root:" not in said


def avro(*records: dict[str, str], codec: str = "null") -> bytes:
    schema = {
        "type": "record", "name": "r", "fields": [{"name": n, "type": "string"} for n in RECORD],
    }  # fmt: skip
    written = io.BytesIO()
    fastavro.writer(written, fastavro.parse_schema(schema), records, codec=codec)
    return written.getvalue()


READERS: dict[str, tuple[Callable[..., bytes], Callable[..., object]]] = {
    "avro": (avro, read_avro),
    "parquet": (parquet, read_parquet),
}


@pytest.mark.parametrize("name", READERS)
def test_damaged_containers(name: str) -> None:
    make, read = READERS[name]
    whole, chance = make(*[RECORD] * 200), random.Random(7)
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.randrange(1, 20)):
            damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
        damaged = damaged[: chance.randrange(len(damaged))] if chance.random() < 0.3 else damaged
        with suppress(*DAMAGES):
            list(read(io.BytesIO(bytes(damaged))))  # type: ignore[call-overload]


@pytest.mark.long
@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz"])
def test_avro_is_read_and_its_blocks_are_bounded(codec: str) -> None:
    records = [{**RECORD, "url": f"/{at}"} for at in range(2000)]
    assert list(read_avro(io.BytesIO(avro(*records, codec=codec)))) == records
    assert len(list(read_avro(io.BytesIO(avro(codec=codec))))) == 0
    bomb = avro({**RECORD, "url": "a" * (MAX_RECORD_BYTES + 1)}, codec=codec)
    with pytest.raises(ValueError, match="a block of"):
        list(read_avro(io.BytesIO(bomb)))


@pytest.mark.parametrize("codec", ["snappy", "zstandard"])
def test_avro_blocks_by_other_libraries_are_read(codec: str) -> None:
    plain = avro(RECORD, RECORD)
    body = plain[:-16].rpartition(plain[-16:])[2][3:]  # behind the sync, a count and a size
    packed = pa.compress(body, codec={"zstandard": "zstd"}.get(codec, codec), asbytes=True)
    packed += b"\0" * 4 if codec == "snappy" else b""
    size = io.BytesIO()
    fastavro.schemaless_writer(size, "long", len(packed))
    head = plain[: -16 - len(body) - 3].replace(
        b"\x08null", bytes([2 * len(codec)]) + codec.encode()
    )
    whole = head + b"\x04" + size.getvalue() + packed + plain[-16:]
    assert list(read_avro(io.BytesIO(whole))) == [RECORD, RECORD]


@pytest.mark.long
def test_declared_sizes_are_not_believed(tmp_path: Path) -> None:
    (tmp_path / "a.avro").write_bytes(avro(RECORD)[:4] + b"\x02\x16avro.schema" + b"\xfe" * 8)
    assert parsed(tmp_path / "a.avro", tmp_path)[0] == 3
    (tmp_path / "a.parquet").write_bytes(parquet(RECORD)[:-8] + b"\xf0\xff\xff\xffPAR1")
    assert parsed(tmp_path / "a.parquet", tmp_path)[0] == 3


def test_a_parquet_row_of_many_mebibytes_is_refused() -> None:
    with pytest.raises(ValueError, match="a row of more than 64 MiB"):
        list(read_parquet(io.BytesIO(parquet({**RECORD, "url": "a" * (MAX_RECORD_BYTES + 1)}))))


ODD = [
    LINE.replace("200 12", "9" * 400 + " 12"),
    LINE.replace("200 12", "200 " + "9" * 400),
    LINE.replace("2026", "9999"),
    LINE.replace("2026", "0000"),
    LINE.replace("/2026:", "/292278:"),
    LINE.replace("02/Mar", "31/Feb"),
    LINE.replace("08:15:01", "25:61:61"),
    LINE.replace("+0100", "+9999"),
    LINE.replace("/a", "/a\0b"),
]
ODD_JSON = [
    *({**RECORD, "time": odd} for odd in (1e308, int("9" * 300), -(10**17), True, [], None)),
    *({**RECORD, "status": odd} for odd in ("1e5", "NaN", -1, {}, 10**30)),
    {**RECORD, "url": "/\ud800x"},
    {**RECORD, "url": "/\0x"},
]


def test_numbers_and_times_out_of_range(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LINE * 30 + "".join(ODD))
    (tmp_path / "b.jsonl").write_text("\n".join(map(json.dumps, [RECORD] * 30 + ODD_JSON)))
    (tmp_path / "c.log").write_bytes(LINE.encode().replace(b"/a", b"/\xed\xa0\x80\xff") * 5)
    done = process("analyze", tmp_path, "--out", tmp_path / "out", "--report", "json")
    assert done.returncode == 0, done.stderr
    files = json.loads(done.stdout)["inputs"]
    assert [file["lines"] for file in files] == [30 + len(ODD), 30 + len(ODD_JSON), 5]
    assert all(file["lines"] == file["hits"] + file["rejects"] + file["blanks"] for file in files)


@pytest.mark.long
def test_sums_that_are_no_number_are_left_out(tmp_path: Path) -> None:
    odd = ("NaN", "inf", "-inf", "1e400", "1e308", "5")
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"
    rows = [
        {**RECORD, "user_agent": agent, "revenue": value, "url": f"/{at}"}
        for at, value in enumerate(odd)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    with darksocial.analyze([str(tmp_path / "a.jsonl")]) as analysis:
        summary = json.loads(summary_json.text(analysis.report))
        assert analysis.to_pandas().revenue.sum() == 5
    assert sum(row["revenue_before"] for row in summary["conversions"]) == 5


def test_everything_that_is_raised_for_a_file_is_an_error_of_ours(tmp_path: Path) -> None:
    chance = random.Random(5)
    heads = [b"", b"PAR1", b"Obj\x01", b"\x1f\x8b\x08", b"BZh91AY&SY", b"\xfd7zXZ\0", b"PK\x03\x04",
             b"\x28\xb5\x2f\xfd", b"\xff\xfe", b"[{", b"<?xml ", b"a,b\n"]  # fmt: skip
    for at, head in enumerate(heads):
        (tmp_path / f"{at}").write_bytes(head + chance.randbytes(3000))
        with suppress(DarkSocialError), darksocial.parse([str(tmp_path / f"{at}")]) as hits:
            [tally] = hits.tallies
            assert tally.warning and not tally.counts.hits


def test_the_table_in_the_docs_names_tests_that_exist() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    named = re.findall(r"`(test_\w+)`", page)
    there = set()
    for file in (ROOT / "tests").glob("test_*.py"):
        there |= set(re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE))
    assert len(named) > 25
    assert [name for name in named if name not in there] == []
    own = [
        name
        for file in (ROOT / "tests").glob("test_hostile*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    ]
    assert set(own) - set(named) == {"test_the_table_in_the_docs_names_tests_that_exist"}
