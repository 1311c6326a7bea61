"""Files as programs, terminals and mistakes leave them: mended where that is sure, else named."""

import gzip
import json
from pathlib import Path

import pytest

from darksocial.errors import InputError
from darksocial.grammar.keys import parsed_object
from darksocial.inputs.open import open_inputs
from darksocial.outputs.texts import all_not_read
from darksocial.settings import ReadSettings
from tests.test_detection import TAIL, read, values

RECORD = {"ts": "2026-05-04T08:00:00Z", "ip": "192.0.2.7", "uri": "/p?a", "status": 200}
BARE = [
    ('"took": -', {"took": None}),
    ('"took": ', {"took": None}),
    ('"took":-', {"took": None}),
    ('"codes": 502, 200, "n": 1, 2', {"codes": "502, 200", "n": "1, 2"}),
    ('"took": 0.1 : -, 0.3', {"took": "0.1 : -, 0.3"}),
    ('"agent": "a\\x22b", "took": -', {"agent": r"a\x22b", "took": None}),
    ('"agent": "x\\": -, \\"y", "took": -', {"agent": 'x": -, "y', "took": None}),
]


@pytest.mark.parametrize(("bare", "expected"), BARE, ids=[row[0] for row in BARE])
def test_values_of_nginx_without_quotes(
    tmp_path: Path, bare: str, expected: dict[str, object]
) -> None:
    line = json.dumps(RECORD)[:-1] + f", {bare}}}"
    assert parsed_object(line) == RECORD | expected
    _name, rows = read(tmp_path, [json.dumps(RECORD), line])
    assert values(rows, "client_ip") == ["192.0.2.7"] * 2
    assert values(rows, "query") == ["a"] * 2


@pytest.mark.parametrize("bare", ['"took": soon', '"took": "', '"took": 1 2', "took: 1"])
def test_what_is_no_json_for_another_reason_is_a_reject(tmp_path: Path, bare: str) -> None:
    line = json.dumps(RECORD)[:-1] + f", {bare}}}"
    _name, rows = read(tmp_path, [json.dumps(RECORD), line])
    assert [row["reason"] for row in rows] == [None, "no JSON object"]


COLOURED = "\x1b[0;36mweb-1  | \x1b[0m"
WRAPPED = [
    lambda line: f"0|web  | {line}",
    lambda line: f"{COLOURED}{line}",
    lambda line: "\0" * 40 + line,
    lambda line: json.dumps({"log": f"{COLOURED}{line}\n", "stream": "stdout"}),
]


@pytest.mark.parametrize(
    "wrap", WRAPPED, ids=["PM2", "colours", "nuls", "coloured prefix in Docker"]
)
def test_what_is_around_a_line_is_taken_off(tmp_path: Path, wrap: object) -> None:
    assert callable(wrap)
    _name, rows = read(tmp_path, [wrap(f"a.example 192.0.2.7 {TAIL}")] * 3)
    assert values(rows, "host") == ["a.example"] * 3
    assert values(rows, "client_ip") == ["192.0.2.7"] * 3


@pytest.mark.parametrize("prefix", ["", "server.go:12: ", "[I] "])
def test_json_behind_the_prefix_of_go(tmp_path: Path, prefix: str) -> None:
    lines = [f"2026/05/04 08:00:00.5 {prefix}{json.dumps(RECORD)}"] * 2
    name, rows = read(tmp_path, lines)
    assert name == "mapped in Go log"
    assert values(rows, "client_ip") == ["192.0.2.7"] * 2


NESTED = {
    "time": "2026-05-04T08:00:00Z",
    "request": {"method": "GET", "uri": "/p", "headers": {"user-agent": "A", "host": "a.example"}},
    "response": {"status": 404, "headers": {"date": "x", "host": "no"}},
    "request_time": 0.25,
    "x-real-ip": "192.0.2.7",
}


def test_names_within_requests_and_responses_are_known(tmp_path: Path) -> None:
    _name, rows = read(tmp_path, [json.dumps(NESTED)])
    names = ("path", "host", "user_agent", "status", "client_ip", "duration_ms")
    found = [values(rows, name)[0] for name in names]
    assert found == ["/p", "a.example", "A", 404, "192.0.2.7", 250.0]


def test_a_status_that_is_a_word_is_no_status(tmp_path: Path) -> None:
    record = RECORD | {"status": "done"}
    _name, rows = read(tmp_path, [json.dumps(record)])
    assert values(rows, "status") == [None]


MISTAKES = {
    "nginx": (b"2026/05/04 08:00:00 [error] 7#7: *1 open() failed, client: 192.0.2.7\n", "nginx"),
    "apache": (b"[Mon May 04 08:00:00.1 2026] [core:error] [pid 7] AH00126: bad\n", "Apache"),
    "html": (b"\n<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", "HTML"),
    "empty export": (b"# Traffic\n\nDate;Source / medium;Engaged sessions (all)\n", "no rows"),
    "cut archive": (b"PK\x03\x04\x14\0\0\0\x08\0[Content_Types].xml\0", "Excel"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "Excel"),
}


@pytest.mark.parametrize(("content", "name"), MISTAKES.values(), ids=MISTAKES)
def test_common_mistakes_are_named(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"this is an? .*{name}"):
        open_inputs([str(path)], ReadSettings())


@pytest.mark.parametrize(
    "text", ["Date,Source\n2026-05-04,google\n", "GET /a,/b,200\n", "Dear reader, hello\nYours,\n"]
)
def test_a_table_with_rows_and_a_row_alone_are_no_empty_export(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        open_inputs([str(path)], ReadSettings())
    assert "no rows" not in raised.value.problem


def test_a_compressed_copy_that_was_interrupted_is_left_out(tmp_path: Path) -> None:
    text = "".join(f"192.0.2.{n % 250} {TAIL}\n" for n in range(20_000)).encode()
    log, other = tmp_path / "access.log.1", tmp_path / "access.log.2"
    log.write_bytes(text)
    other.write_bytes(text.replace(b"/p", b"/q"))
    compressed = gzip.compress(text)
    log.with_suffix(".1.gz").write_bytes(compressed[: len(compressed) // 2])
    inputs = open_inputs([str(tmp_path)], ReadSettings())
    assert [Path(entry.name).name for entry in inputs.read] == ["access.log.1", "access.log.2"]
    [(name, reason)] = inputs.unread
    assert (Path(name).name, reason) == ("access.log.1.gz", f"holds the same lines as {log}")


def test_many_files_that_were_not_read_are_one_sentence() -> None:
    few = [("a", "no known format"), ("b", "empty")]
    assert len(all_not_read(few)) == 2
    many = [(f"error_log-2026050{n}", "no known format") for n in range(5)]
    assert all_not_read([*many, ("b", "empty")]) == [
        "5 files were not read (no known format): error_log-*",
        "b was not read: empty",
    ]
