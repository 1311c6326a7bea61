"""Lines that could not be read are shown without addresses and agents, in SQL and in Python."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darksocial.engines.parser.redacted import redacted_sql
from darksocial.redaction import LONGEST, redacted
from tests.test_cli import process
from tests.test_formats import NAMES, SAMPLES, golden, sample

TEXTS = tuple(name for name in NAMES if name not in ("ga4_bigquery", "ua_bigquery"))
IDENTIFIERS = ("client_ip", "user_agent")

CASES = (
    ("203.0.113.5 - alice [02/Mar/2026:08:22:10 +0100]", "<address> - <user> [02/Mar/2026:"),
    (
        "203.0.113.5 - Alice Example [02/Mar/2026:08:22:10 +0100]",
        "<address> - <user> [02/Mar/2026:",
    ),
    ("cable-7.provider.example - - [02/Mar/2026:08:2", "<address> - - [02/Mar/2026:08:2"),
    ("[2001:db8::7]:443 x", "[<address>]:443 x"),
    ("client ::ffff:192.0.2.1 x", "client <address> x"),
    ("2001%3Adb8%3A%3A7", "<address>"),
    ("GET / 200 203.0.11", "GET / 200 <address>"),
    ("GET / 200 2001:db8:1", "GET / 200 <address>"),
    ("ec2-192-0-2-1.example", "ec2-<address>.example"),
    ('"okhttp"', '"<text>"'),
    ('"Mozilla/5.0 (say \\"hi\\") x" 200', '"<text>" 200'),
    ('"Mozilla/5.0 (cut', '"<text>"'),
    ("200\tMozilla/5.0 (X11; Linux) Gecko\t7", "200\t<agent>\t7"),
    ("GET Mozilla/5.0+(X11;+Linux)+Gecko 200", "GET <agent> 200"),
    ("x TelegramBot%20(like%20TwitterBot) 200", "x <agent> 200"),
    ("srv1 {Mozilla/5.0 (X11)|www.example.org} {}", "srv1 {<text>} {}"),
    ('"GET /a?token=abc&page=2 HTTP/1.1"', '"GET /a?token=<value>&page=2 HTTP/1.1"'),
    ("/a?user_id=7&Session-ID=x1 200", "/a?user_id=<value>&Session-ID=<value> 200"),
    ("/unsubscribe/alice@example.org", "/unsubscribe/<email>"),
    ("https://alice:pw@example.org/", "https://<user>@example.org/"),
    ('{"user_id": 4711, "ok": true}', '{"user_id": <value>, "ok": true}'),
    ("sid 0195c6a2-7f3e-7cc4-8b1a-2f8f4bd0e1aa", "sid <token>"),
    ('08:22:10 "HTTP/1.1" 200 0.031 "2026-03-02T08:22:10Z"', '08:22:10 "HTTP/1.1" 200 0.031 "2026'),
)


@pytest.mark.parametrize(("line", "shown"), CASES)
def test_what_stands_for_what(line: str, shown: str) -> None:
    assert redacted(line).startswith(shown)


def lines_of(name: str) -> list[str]:
    path = sample(name)
    return path.read_bytes().decode("utf-8", errors="backslashreplace").splitlines()


def spellings(identifier: str) -> Iterator[str]:
    """An identifier as formats write it."""
    yield identifier
    yield identifier.replace(" ", "+")
    yield identifier.replace(" ", "%20")
    yield json.dumps(identifier)[1:-1]
    yield identifier.replace('"', '""')


@pytest.mark.parametrize("name", TEXTS)
def test_no_address_or_agent_of_any_sample_survives_in_any_of_its_lines(name: str) -> None:
    hits = golden(name)["hits"]
    known = {hit[key] for hit in hits for key in IDENTIFIERS if hit.get(key)}
    shown = "\n".join(map(redacted, lines_of(name)))
    assert [text for known_one in known for text in spellings(known_one) if text in shown] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_address_or_agent_of_a_sample_survives_in_its_rejects(name: str) -> None:
    expected = golden(name)
    known = {hit[key] for hit in expected["hits"] for key in IDENTIFIERS if hit.get(key)}
    [reject] = expected["rejects"]
    assert [text for text in known if text in reject["text"]] == []
    assert redacted(reject["text"]).count("<") >= reject["text"].count("<address>")


@cache
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def redacted_by_the_engine(lines: list[str]) -> list[str]:
    table = pa.table({"text": pa.array(lines, pa.string())})
    connection().register("lines", table)
    rows = connection().execute(f"SELECT {redacted_sql('text')} FROM lines").fetchall()
    return [text for (text,) in rows]


@pytest.mark.parametrize("name", TEXTS)
def test_the_engine_redacts_as_python_does(name: str) -> None:
    lines = [line[:LONGEST] for line in lines_of(name)]
    assert redacted_by_the_engine(lines) == [redacted(line) for line in lines]


WORDS = st.sampled_from(
    ("203.0.113.5", "2001:db8::7", "::1", "GET /x HTTP/1.1", "Mozilla/5.0 (a", "a@b.example")
)
ODD = st.text("\v\f\x1c\x85\ue000\ue001\ue002é\u2028iId\x7f", max_size=3) | st.text(max_size=4)
PIECES = WORDS | st.sampled_from(' "\\\t|{}():,-') | st.just("[02/Mar/2026:08:22:10 +0100]")


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES | ODD, max_size=12).map("".join))
def test_the_engine_redacts_any_text_as_python_does(text: str) -> None:
    bare = text.replace("\0", "").replace("\n", " ").replace("\r", " ")
    assert redacted_by_the_engine([bare]) == [redacted(bare)]


@given(st.text(max_size=20), st.ip_addresses(v=4), st.text(max_size=20))
def test_an_address_is_found_wherever_it_stands(before: str, address: object, after: str) -> None:
    assert str(address) not in redacted(f"{before} {address} {after}").replace(before, "")


def test_redacting_takes_time_in_proportion_to_the_line() -> None:
    hostile = ("a" * 70 + "@") * 50_000 + '"' * 50_000 + "1:" * 50_000
    assert len(redacted_by_the_engine([hostile])) == 1
    assert len(redacted(hostile)) <= 2 * LONGEST


BROKEN = '203.0.113.77 - - [02/Mar/2026:08:15:01 +0100] "GET / HTTP/1.1" 2x0 "Mozilla/5.0 (Secret'


def test_rejects_are_redacted_unless_identifiers_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes((SAMPLES / "combined.log").read_bytes() + BROKEN.encode() + b"\n")
    for flags, kept in (((), False), (("--keep-identifiers",), True)):
        for command in (
            ("analyze", log, "--out", tmp_path / "out", "--report", "json"),
            ("parse", log, "-o", tmp_path / "hits.parquet", "--rejects", tmp_path / "r.parquet"),
        ):
            done = process(*command, *flags)
            assert done.returncode == 0, done.stderr
            assert b"203.0.113" not in done.stdout + done.stderr
        for path in (tmp_path / "out" / "rejects.parquet", tmp_path / "r.parquet"):
            texts = "\n".join(pd.read_parquet(path).text)
            assert (BROKEN in texts) == kept
            assert ("203.0.113" in texts or "Mozilla" in texts) == kept
        for path in (tmp_path / "out").rglob("*"):
            raw = path.read_bytes() if path.is_file() and not kept else b""
            assert b"203.0.113.77" not in raw


@pytest.mark.parametrize("command", ["analyze", "parse", "formats"])
def test_lines_that_messages_quote_are_redacted(tmp_path: Path, command: str) -> None:
    log = tmp_path / "odd.log"
    log.write_text(f"{BROKEN}\n" * 3)
    arguments = ["-o", tmp_path / "x"] if command != "formats" else []
    done = process(command, log, *arguments)
    said = done.stdout + done.stderr
    assert b"<address>" in said
    assert b"203.0.113.77" not in said
    assert b"Secret" not in said
    said = process(command, log, *arguments, "--keep-identifiers").stdout
    if command == "formats":
        assert b"203.0.113.77" in said


def test_a_line_inside_json_shows_what_is_inside(tmp_path: Path) -> None:
    log = tmp_path / "docker.log"
    lines = [*lines_of("combined")[:8], BROKEN]
    log.write_text(
        "".join(json.dumps({"log": f"{line}\n", "stream": "x"}) + "\n" for line in lines)
    )
    done = process("parse", log, "-o", tmp_path / "h.parquet", "--rejects", tmp_path / "r.parquet")
    assert done.returncode == 0, done.stderr
    [text] = pd.read_parquet(tmp_path / "r.parquet").text
    assert text.startswith('<address> - - [02/Mar/2026:08:15:01 +0100] "GET / HTTP/1.1" 2x0')
