"""Hostile input, for real: bounded memory, a clear message, and nothing that reaches a terminal.

docs/security.md lists the cases with the tests that hold them.
"""

import bz2
import gzip
import io
import json
import lzma
import os
import random
import re
import subprocess
import sys
import threading
import unicodedata
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import fastavro
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import darksocial
from darksocial.errors import DarkSocialError, InputError
from darksocial.inputs.open import open_inputs
from darksocial.printable import printable
from darksocial.reading import ByteStream, discover, line_batches
from darksocial.reading.avro import read_avro
from darksocial.reading.bounds import DEEPEST, LARGEST_RECORD, Metered, ShallowJson
from darksocial.reading.parquet import read_parquet
from darksocial.reading.records import DAMAGES
from darksocial.report import summary_json
from darksocial.settings import ReadSettings
from tests.test_cli import process

ROOT = Path(__file__).parents[1]
LOG = ROOT / "sample_logs" / "combined.log"
MIB = 1 << 20
MEMORY = 700 * MIB
"""What a process may take; reading a sample takes 230 MiB, most of it libraries."""
MEASURED = """
import atexit, re, sys
from darksocial.cli import main
status = open("/proc/self/status")
peak = re.compile(r"VmHWM:\\s*(\\d+)")
atexit.register(lambda: print("PEAK", peak.search(status.read())[1], file=sys.stderr))
main()
"""
LINE = (
    '192.0.2.1 - - [02/Mar/2026:08:15:01 +0100] "GET /a HTTP/1.1" 200 12 "-" '
    '"Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0"\n'
)
RECORD = {
    "time": "2026-03-02T08:15:01Z",
    "url": "/a",
    "ip": "192.0.2.1",
    "user_agent": "Mozilla/5.0",
    "referrer": "-",
}


def parsed(path: object, folder: Path, *, memory: int = MEMORY) -> tuple[int, str]:
    """The exit code and what was said of parsing a file, in a process that may not take more."""
    command = [sys.executable, "-c", MEASURED, "parse", str(path), "-o", str(folder / "h")]
    done = subprocess.run(command, capture_output=True, timeout=100, check=False)
    said, _, peak = done.stderr.decode().rpartition("PEAK ")
    assert "Traceback" not in said
    assert int(peak) * 1024 < memory, f"{int(peak) >> 10} MiB"
    return done.returncode, " ".join(said.split())


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


@pytest.mark.parametrize("name", ["gz", "bz2", "xz", "zst", "zip"])
def test_compressed_bombs_take_bounded_memory(tmp_path: Path, name: str) -> None:
    squeezed(name, tmp_path / "bomb", 256)
    assert (tmp_path / "bomb").stat().st_size < MIB
    code, said = parsed(tmp_path / "bomb", tmp_path, memory=440 * MIB)
    assert code == 0
    assert "6 lines = 5 hits + 1 rejects" in said


def test_a_line_of_a_gigabyte_is_one_reject(tmp_path: Path) -> None:
    path = tmp_path / "long.log"
    path.write_text(LINE * 5)
    with path.open("ab") as file:
        file.truncate(1 << 30)  # a hole in the file: zeros that take no room
    code, said = parsed(path, tmp_path, memory=500 * MIB)
    assert (code, "6 lines = 5 hits + 1 rejects" in said) == (0, True)


def test_a_million_columns(tmp_path: Path) -> None:
    path = tmp_path / "wide"
    path.write_text("a " * 500_000 + "\n" + LINE * 5)
    assert "6 lines = 5 hits + 1 rejects" in parsed(path, tmp_path)[1]
    path.write_text(",".join(f"c{at}" for at in range(1_000_000)) + "\n1,2\n")
    assert parsed(path, tmp_path)[0] == 3
    rows = ["time,url,ip,user_agent,referrer", ",".join(RECORD.values()), "1," * 500_000]
    path.write_text("\n".join([*rows, rows[1]]) + "\n")
    assert "2 hits + 1 rejects" in parsed(path, tmp_path)[1]


DEEP = 100_000
NESTED = {
    "array": "[" * DEEP + "]" * DEEP,
    "objects in a list": '{\n"records":[\n' + '{"a":' * DEEP + "1" + "}" * DEEP + "]}",
    "objects in lines": '{"a":' * DEEP + "1" + "}" * DEEP + "\n",
    "xml": "<r>" + "<a>" * DEEP + "</a>" * DEEP + "</r>",
    "a little": "<r>" + "<a>" * 5000 + "</a>" * 5000 + "</r>",
}


@pytest.mark.parametrize("name", NESTED)
def test_deeply_nested_values(tmp_path: Path, name: str) -> None:
    (tmp_path / "deep").write_text(NESTED[name])
    code, said = parsed(tmp_path / "deep", tmp_path, memory=450 * MIB)
    assert code == 3
    assert "deep" in said


def test_a_deep_value_among_lines_is_one_reject(tmp_path: Path) -> None:
    lines = [json.dumps(RECORD)] * 5 + ['{"time": ' + "[" * DEEP + "]" * DEEP + "}"]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    assert "5 hits + 1 rejects" in parsed(tmp_path / "a.jsonl", tmp_path)[1]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_depth_is_counted_outside_of_strings(size: int) -> None:
    text = json.dumps([{"a": '[[{"[[' * 300, 'b"\\: [[': "\\"}] * 20).encode()
    file = ShallowJson(io.BytesIO(text))
    assert b"".join(iter(lambda: file.read(size), b"")) == text
    deep = ShallowJson(io.BytesIO(b'["\\"",' * (DEEPEST + 1)))
    with pytest.raises(ValueError, match="deep"):
        list(iter(lambda: deep.read(size), b""))


def test_a_record_without_end_is_refused() -> None:
    file = Metered(io.BytesIO(bytes(LARGEST_RECORD + 1)))
    with pytest.raises(ValueError, match="64 MiB"):
        list(iter(lambda: file.read(MIB), b""))


ENTITIES = "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
XML = {
    "laughs": f'<!DOCTYPE l [<!ENTITY a "lol">{ENTITIES}]><r><row><x>&j;</x></row></r>',
    "external": '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><r><row>&a;</row></r>',
}


@pytest.mark.parametrize("name", XML)
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


def parquet(*records: dict[str, str]) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(records)), written, compression="zstd")
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


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz"])
def test_avro_is_read_and_its_blocks_are_bounded(codec: str) -> None:
    records = [{**RECORD, "url": f"/{at}"} for at in range(2000)]
    assert list(read_avro(io.BytesIO(avro(*records, codec=codec)))) == records
    assert len(list(read_avro(io.BytesIO(avro(codec=codec))))) == 0
    bomb = avro({**RECORD, "url": "a" * (LARGEST_RECORD + 1)}, codec=codec)
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


def test_declared_sizes_are_not_believed(tmp_path: Path) -> None:
    (tmp_path / "a.avro").write_bytes(avro(RECORD)[:4] + b"\x02\x16avro.schema" + b"\xfe" * 8)
    assert parsed(tmp_path / "a.avro", tmp_path)[0] == 3
    (tmp_path / "a.parquet").write_bytes(parquet(RECORD)[:-8] + b"\xf0\xff\xff\xffPAR1")
    assert parsed(tmp_path / "a.parquet", tmp_path)[0] == 3


def test_a_parquet_row_of_many_mebibytes_is_refused() -> None:
    with pytest.raises(ValueError, match="a row of more than 64 MiB"):
        list(read_parquet(io.BytesIO(parquet({**RECORD, "url": "a" * (LARGEST_RECORD + 1)}))))


def test_paths_that_climb_out_of_an_archive_are_only_shown(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x/../../../up.log", LINE * 5)
        archive.writestr("/abs\x1b[31m\u202e.log", LINE * 5)
    before = sorted(tmp_path.parent.rglob("*.log"))
    code, said = parsed(tmp_path / "a.zip", tmp_path)
    assert (code, said.count("5 hits")) == (0, 2)
    assert "\x1b" not in said and "\u202e" not in said
    assert sorted(tmp_path.parent.rglob("*.log")) == before


def test_links_that_go_round_in_circles(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "here").symlink_to(".")
    (tmp_path / "x.log").write_text(LINE)
    assert [Path(file.path).name for file in discover([str(tmp_path)])] == ["x.log"]
    with pytest.raises(InputError):
        discover([str(tmp_path / "a")])


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_pipes_are_read_where_they_are_named(tmp_path: Path, packed: Callable[..., bytes]) -> None:
    os.mkfifo(tmp_path / "pipe")
    data = packed(LOG.read_bytes())
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(data,))
    writer.start()
    code, said = parsed(tmp_path / "pipe", tmp_path)
    writer.join()
    assert (code, "12 lines = 11 hits + 1 rejects" in said) == (0, True)


def test_pipes_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "x.log").write_text(LINE)
    assert [Path(f.path).name for f in discover([str(tmp_path), f"{tmp_path}/*"])] == ["x.log"]


def test_process_substitution(tmp_path: Path) -> None:
    command = f"{sys.executable} -m darksocial parse <(cat {LOG}) -o {tmp_path / 'h'}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert b"11 hits + 1 rejects" in done.stderr


def test_devices_are_refused() -> None:
    with pytest.raises(InputError, match="is no regular file"):
        discover(["/dev/zero"])


def test_of_a_file_that_grows_as_much_is_read_as_it_had(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text(LINE * 5)
    [file] = discover([str(path)])
    with path.open("a") as more:
        more.write(LINE * 5)
    with ByteStream(file) as stream:
        assert sum(batch.num_rows for batch in line_batches(stream, 0)) == 5


def test_a_file_that_is_cut_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text(LINE * 50_000)
    [file] = discover([str(path)])
    with ByteStream(file) as stream:
        batches = line_batches(stream, 0, block_bytes=1 << 16)
        first = next(batches).num_rows
        os.truncate(path, 10)
        assert 0 < first + sum(batch.num_rows for batch in batches) < 50_000


@pytest.mark.parametrize("name", ["a.log", "a.zip", "a.parquet"])
def test_a_file_that_vanishes(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "a.zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("x.log", LINE * 5)
    else:
        path.write_bytes(parquet(*[RECORD] * 5) if name == "a.parquet" else LINE.encode() * 5)
    inputs = open_inputs([str(path)], ReadSettings())
    path.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        list(inputs.read[0].sections(None))


def test_a_file_that_vanishes_while_lines_are_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.log").write_text(LINE * 5)

    def vanishing(*names: Any, **options: Any) -> object:
        inputs = open_inputs(*names, **options)
        (tmp_path / "a.log").unlink()
        return inputs

    monkeypatch.setattr("darksocial.pipeline.open_inputs", vanishing)
    with pytest.raises(InputError, match=r"a\.log cannot be read: No such file"):
        darksocial.analyze([str(tmp_path / "a.log")])


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


ATTACKS = (
    "\x1b[31mred\x1b]0;title\x07",
    "\x9b31m",
    "\u202egnp.exe",
    "\u200b\u2066\ufeff\u061c\u00ad",
    "[bold red]markup[/][link=x]y[/link]",
    "=HYPERLINK(1)",
    "<script>alert(1)</script>",
    "**bold** `code` | cell",
    "\x7f\x85\u2028",
)


def _unsafe(text: str) -> set[str]:
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl") and c != "\n"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_printable_leaves_no_control(attack: str) -> None:
    assert not _unsafe(printable(attack))


def test_nothing_in_a_log_takes_over_a_terminal(tmp_path: Path) -> None:
    lines = []
    for at, attack in enumerate(ATTACKS):
        line = LINE.replace("192.0.2.1", f"192.0.2.{at}").replace("Firefox", f"Firefox {attack}")
        path = f"/{attack.replace(' ', '%20')}"
        lines.append(line.replace("/a", path).replace('"-"', f'"https://x.example/{attack}"'))
        lines.append(line.replace("/a", "/static/site.css"))
    logs = tmp_path / "logs"
    logs.mkdir()
    log = logs / "\x1b[31m\u202e[bold]evil[bold].log"
    log.write_text("".join(lines) + LINE * 5 + "".join(f"{attack}\n" for attack in ATTACKS))
    out = tmp_path / "out"
    runs = [
        ("analyze", logs, "--out", out),
        ("analyze", logs, "--out", out, "--report", "json"),
        ("explain", out, "--top", "50"),
        ("formats", log),
        ("parse", log, "-o", tmp_path / "h"),
        ("analyze", f"{log}.gone", "--out", out),
        ("explain", out, "--page", ATTACKS[0]),
        ("explain", out, "--app", ATTACKS[0]),
    ]
    for run in runs:
        done = process(*run)
        said = (done.stdout + done.stderr).decode()
        assert not _unsafe(said), (run[0], _unsafe(said))
        assert "Traceback" not in said
    shown = " ".join(process("explain", out, "--top", "50").stdout.decode().split())
    assert "[bold red]markup[/]" in shown


def test_summary_json_escapes_what_no_terminal_shows(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LINE.replace("/a", "/\x7f\u202e\x9b") * 3)
    with darksocial.analyze([str(tmp_path / "a.log")]) as analysis:
        text = summary_json.text(analysis.report)
        assert json.loads(text) == analysis.summary()
    assert not _unsafe(text)
    assert r"/\u007f\u202e\u009b" in text


def test_parquet_keeps_texts_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LINE.replace("/a", "/=cmd|x!A0") * 3)
    assert process("parse", tmp_path / "a.log", "-o", tmp_path / "h.parquet").returncode == 0
    assert set(pd.read_parquet(tmp_path / "h.parquet").path) == {"/=cmd|x!A0"}


def test_damage_does_not_quote_persons(tmp_path: Path) -> None:
    text = '[{"ip": "192.0.2.1"}, 203.0.113.77 - alice@example.org \x1b[31m]'
    (tmp_path / "a.json").write_text(text)
    said = parsed(tmp_path / "a.json", tmp_path)[1]
    assert "203.0.113.77" not in said
    assert "alice" not in said
    assert not _unsafe(said)


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
    own = re.findall(r"^def (test_\w+)", Path(__file__).read_text("utf-8"), re.MULTILINE)
    assert [name for name in own[:-1] if name not in named] == []
