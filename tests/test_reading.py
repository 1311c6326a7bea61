"""Bytes to numbered lines: compressions, damage, odd bytes, long lines; and which files."""

import bz2
import gzip
import io
import lzma
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from darksocial.errors import InputError
from darksocial.reading import ByteStream, InputFile, line_batches
from darksocial.reading.lines import MAX_LINE_BYTES, OVERLONG_TEXT_BYTES
from tests import warm

ROOT = Path(__file__).parent.parent
Row = tuple[int, str, bool]


def zst(data: bytes) -> bytes:
    sink = io.BytesIO()
    with pa.CompressedOutputStream(pa.PythonFile(sink, "w"), "zstd") as stream:
        stream.write(data)
        stream.flush()
    return sink.getvalue()


COLOURS = re.compile(rb"\x1b\[[0-9;]*m")
COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: bytes(pa.compress(data, codec="zstd", asbytes=True)),
    "plain": bytes,
}
FIRST = b"".join(b"line %d\n" % number for number in range(5000))
SECOND = b"".join(b"more %d\n" % number for number in range(5000))


def written(folder: Path, data: bytes, name: str = "access.log") -> InputFile:
    path = folder / name
    path.write_bytes(data)
    return InputFile(str(path), len(data))


def read(file: InputFile, block_bytes: int = 1 << 24) -> tuple[list[Row], ByteStream]:
    stream = ByteStream(file)
    with stream:
        rows = [
            (row["line"], row["text"], row["overlong"])
            for batch in line_batches(stream, 0, block_bytes=block_bytes)
            for row in batch.to_pylist()
        ]
    return rows, stream


def texts(file: InputFile, block_bytes: int = 1 << 24) -> list[str]:
    rows, _ = read(file, block_bytes)
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    return [row[1] for row in rows]


def reference(data: bytes) -> list[str]:
    """The lines as Python's own split and decoder tell them."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if not lines[-1]:
        lines.pop()
    kept = [COLOURS.sub(b"", line.removesuffix(b"\r")).lstrip(b"\0") for line in lines]
    return [line.decode(errors="backslashreplace").replace("\0", r"\x00") for line in kept]


@pytest.mark.parametrize("name", COMPRESSIONS)
@pytest.mark.parametrize("suffix", ["log", "gz", "zst", "1"])
def test_compression_is_told_by_content_whatever_the_extension(
    tmp_path: Path, name: str, suffix: str
) -> None:
    file = written(tmp_path, COMPRESSIONS[name](FIRST), f"access.{suffix}")
    rows, stream = read(file)
    assert [row[1] for row in rows] == reference(FIRST)
    assert stream.compression == (None if name == "plain" else name)
    assert stream.warning is None


@pytest.mark.parametrize("name", [name for name in COMPRESSIONS if name != "plain"])
def test_members_one_after_the_other_are_one_file(tmp_path: Path, name: str) -> None:
    compress = COMPRESSIONS[name]
    rows, stream = read(written(tmp_path, compress(FIRST) + compress(SECOND)))
    assert [row[1] for row in rows] == reference(FIRST + SECOND)
    assert stream.warning is None


def test_padding_after_gz_members_is_no_damage(tmp_path: Path) -> None:
    padded = gzip.compress(FIRST) + b"\0" * (1 << 19)
    rows, stream = read(written(tmp_path, padded))
    assert len(rows) == 5000
    assert stream.warning is None


@pytest.mark.parametrize("name", ["gz", "xz", "zst"])
def test_cut_short(tmp_path: Path, name: str) -> None:
    lines = b"".join(b"%s\n" % os.urandom(30).hex().encode() for _ in range(20_000))
    packed = COMPRESSIONS[name](lines)
    rows, stream = read(written(tmp_path, packed[: len(packed) * 3 // 4]))
    found = [row[1] for row in rows]
    assert len(found) > 10_000
    assert found[:-1] == reference(lines)[: len(found) - 1]
    assert stream.warning is not None
    ending = "is damaged or ends early (" if name == "zst" else "ends early"
    assert stream.warning.startswith(f"the {name} data {ending}")


@pytest.mark.parametrize("name", ["gz", "bz2", "xz", "zst"])
def test_damaged_second_member_keeps_the_first(tmp_path: Path, name: str) -> None:
    compress = COMPRESSIONS[name]
    second = bytearray(compress(SECOND))
    second[-60:-30] = bytes(30)
    rows, stream = read(written(tmp_path, compress(FIRST) + bytes(second)))
    # Python's bz2 and lzma drop what the failing call had decompressed, at most 32 KiB.
    sure = 5000 if name in ("gz", "zst") else 2000
    assert [row[1] for row in rows][:sure] == reference(FIRST)[:sure]
    assert stream.warning is not None
    assert name in stream.warning


@pytest.mark.parametrize("name", ["gz", "zst"])
def test_damage_in_the_middle_loses_nothing_before_it(tmp_path: Path, name: str) -> None:
    lines = b"".join(b"%s\n" % os.urandom(30).hex().encode() for _ in range(20_000))
    packed = bytearray(COMPRESSIONS[name](lines))
    half = len(packed) // 2
    packed[half:] = b"\xff" * half
    rows, stream = read(written(tmp_path, bytes(packed)))
    pairs = enumerate(zip([row[1] for row in rows], reference(lines), strict=False))
    same = next((at for at, (found, line) in pairs if found != line), len(rows))
    assert 20_000 * 0.35 < same < 20_000 * 0.6  # a zstd block is 128 KiB, a tenth of the whole
    assert stream.warning is not None


def test_zst_that_begins_with_a_skippable_frame(tmp_path: Path) -> None:
    frame = b"\x50\x2a\x4d\x18\x04\0\0\0abcd"
    rows, stream = read(written(tmp_path, frame + COMPRESSIONS["zst"](FIRST)))
    assert (len(rows), stream.compression, stream.warning) == (5000, "zst", None)


def test_text_that_begins_like_bz2_is_text(tmp_path: Path) -> None:
    assert texts(written(tmp_path, b"BZh9 is a line\n")) == ["BZh9 is a line"]


@pytest.mark.parametrize("path", ["/proc/self/mem", "/nowhere/access.log"])
def test_read_errors_of_the_system_are_input_errors(path: str) -> None:
    if not Path("/proc/self/mem").exists():
        pytest.skip("no /proc here")
    with ByteStream(InputFile(path, None)) as stream, pytest.raises(InputError, match=path):
        list(line_batches(stream, 0))


CONTENTS = {
    "empty": (b"", []),
    "one blank": (b"\n", [""]),
    "no final newline": (b"a\nb", ["a", "b"]),
    "crlf": (b"a\r\nb\r\n\r\nc\r\n", ["a", "b", "", "c"]),
    "return in the middle": (b"a\rb\r\n", ["a\rb"]),
    "return at the end of the file": (b"a\r", ["a"]),
    "nul": (b"a\0b\n", [r"a\x00b"]),
    "nuls before a line": (b"\0\0\0a\n\0b\0\n\0\n", ["a", r"b\x00", ""]),
    "colours": (b"\x1b[0;33;1mweb\x1b[0m a\n\x1b[2Kb\n", ["web a", "\x1b[2Kb"]),
    "not utf-8": (b"caf\xe9 \xff\n\xc3\xa9\n", [r"caf\xe9 \xff", "é"]),
    "cut character": (b"a\xe2\x82\nb\n", [r"a\xe2\x82", "b"]),
    "byte order mark": (b"\xef\xbb\xbfa\nb\n", ["a", "b"]),
    "mark within": (b"a\n\xef\xbb\xbfb\n", ["a", "\ufeffb"]),
    "only a mark": (b"\xef\xbb\xbf", []),
    "utf-16": ("a\r\n\u010a€😀\r\n".encode("utf-16"), ["a", "\u010a€😀"]),
    "utf-16, big end first": (b"\xfe\xff" + "aé\nb".encode("utf-16-be"), ["aé", "b"]),
    "utf-16, cut": (b"\xff\xfea\0\n\0b", ["a", r"\x62"]),
    "unicode line separators stay": ("a\u2028b\x85c\x0bd\n".encode(), ["a\u2028b\x85c\x0bd"]),
}


@pytest.mark.parametrize("block_bytes", [1, 3, 1 << 24])
@pytest.mark.parametrize(("data", "expected"), CONTENTS.values(), ids=CONTENTS)
def test_content(tmp_path: Path, data: bytes, expected: list[str], block_bytes: int) -> None:
    assert texts(written(tmp_path, data), block_bytes) == expected


def test_utf16_over_raw_blocks_in_gz(tmp_path: Path) -> None:
    text = "x" + "€äö😀\r\n" * 200_000
    file = written(tmp_path, gzip.compress(text.encode("utf-16"), 1))
    assert texts(file) == text.split("\r\n")[:-1]


@given(
    pieces=st.lists(
        st.one_of(
            st.binary(max_size=30), st.sampled_from([b"\n", b"\r\n", b"\r", b"\0", "€\n".encode()])
        )
    ),
    block_bytes=st.one_of(st.integers(1, 64), st.just(1 << 24)),
)
def test_any_bytes(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], block_bytes: int
) -> None:
    data = b"".join(pieces)
    assume(not data.startswith((b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff")))
    file = written(tmp_path_factory.getbasetemp(), data, "any")
    found = texts(file, block_bytes)
    assert found == reference(data)
    marked = data.startswith(b"\xef\xbb\xbf") and len(data) == 3
    assert len(found) == data.count(b"\n") + (
        not data.endswith(b"\n") and data != b"" and not marked
    )


def test_small_blocks_make_many_batches(tmp_path: Path) -> None:
    with ByteStream(written(tmp_path, FIRST)) as stream:
        sizes = [batch.num_rows for batch in line_batches(stream, 7, block_bytes=100)]
    assert sum(sizes) == 5000
    assert len(sizes) > 400


@pytest.mark.parametrize("block_bytes", [1 << 18, (1 << 18) + 1, 1 << 24])
def test_characters_over_block_borders(tmp_path: Path, block_bytes: int) -> None:
    data = b"x" + "€äö😀\n".encode() * 100_000
    assert texts(written(tmp_path, data), block_bytes) == reference(data)


@pytest.mark.parametrize("block_bytes", [1 << 16, 1 << 20, 1 << 24])
@pytest.mark.parametrize("ending", [b"\n", b""])
def test_a_line_of_5_mb(tmp_path: Path, block_bytes: int, ending: bytes) -> None:
    data = b"one\n" + b"A" * 5_000_000 + b"\ntwo\n" + b"B" * 5_000_000 + ending
    rows, _ = read(written(tmp_path, data), block_bytes)
    cut_a, cut_b = "A" * OVERLONG_TEXT_BYTES, "B" * OVERLONG_TEXT_BYTES
    assert rows == [(1, "one", False), (2, cut_a, True), (3, "two", False), (4, cut_b, True)]


@pytest.mark.parametrize("block_bytes", [1 << 16, 1 << 24])
def test_the_limit_of_a_line(tmp_path: Path, block_bytes: int) -> None:
    data = b"A" * MAX_LINE_BYTES + b"\n" + b"B" * (MAX_LINE_BYTES + 1) + b"\nend"
    rows, _ = read(written(tmp_path, data), block_bytes)
    assert [(len(text), overlong) for _, text, overlong in rows] == [
        (MAX_LINE_BYTES, False),
        (OVERLONG_TEXT_BYTES, True),
        (3, False),
    ]


@pytest.mark.parametrize("name", COMPRESSIONS)
@pytest.mark.parametrize("content", [b"", FIRST, b"a\n" + b"A" * 3_000_000], ids=len)
def test_progress_sums_to_the_size(tmp_path: Path, name: str, content: bytes) -> None:
    file = written(tmp_path, COMPRESSIONS[name](content))
    steps: list[int] = []
    with ByteStream(file) as stream:
        stream.peek(1000)
        list(line_batches(stream, 0, block_bytes=1 << 16, progress=steps.append))
    assert sum(steps) == file.size


def test_peek_uses_nothing_up(tmp_path: Path) -> None:
    with ByteStream(written(tmp_path, gzip.compress(FIRST))) as stream:
        assert stream.peek(10) == FIRST[:10]
        assert stream.peek(1000) == FIRST[:1000]
        assert stream.peek(10**9) == FIRST
        assert b"".join(stream.blocks()) == FIRST


MEMORY = """
import resource, sys
from darksocial.reading import ByteStream, InputFile, line_batches
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with ByteStream(InputFile(sys.argv[1], None)) as stream:
    rows = sum(batch.num_rows for batch in line_batches(stream, 0))
print(rows, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.long
@pytest.mark.parametrize("name", ["plain", "gz", "bz2"])
def test_memory_is_bounded_for_a_line_without_end(tmp_path: Path, name: str) -> None:
    path = tmp_path / "endless"
    member = COMPRESSIONS[name](b"x" * 30_000_000)
    with path.open("wb") as file:
        for _ in range(10):
            file.write(member)
    run = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, cwd=ROOT
    )
    assert run.returncode == 0, run.stderr
    rows, grown_mib = map(int, run.stdout.split())
    assert rows == 1
    assert grown_mib < 150


HIT = b'192.0.2.1 - - [02/Mar/2026:08:15:01 +0100] "GET / HTTP/1.1" 200 5 "-" "Test"\n'


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_standard_input(tmp_path: Path, name: str) -> None:
    command = [*warm.command(), "parse", "-", "-o", str(tmp_path / "x.parquet")]
    run = subprocess.run(
        [*command, "--rejects", str(tmp_path / "r.parquet"), "-q"],
        input=COMPRESSIONS[name](HIT * 3 + b"broken\n\n"),
        capture_output=True,
        cwd=ROOT,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")
    assert pq.read_table(tmp_path / "x.parquet").select(["file", "line"]).to_pylist() == [
        {"file": "-", "line": line} for line in (1, 2, 3)
    ]
    [reject] = pq.read_table(tmp_path / "r.parquet").to_pylist()
    assert (reject["line"], reject["text"]) == (4, "broken")
