"""Lines that could not be read are shown without addresses and agents, in SQL and in Python."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darksocial.parser.redacted import redacted_sql
from darksocial.privacy.lines import MAX_CHARACTERS, PLAIN, redacted
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
    ("error: token=abc123 user=bob", "error: token=<value> user=<value>"),
    ("password: hunter2, email=bob", "password: <value> email=<value>"),
    ("db_password = hunter2 x", "db_password = <value> x"),
    ("session=deadbeef 200", "session=<value> 200"),
    ("status=200 retry=7 kind=page", "status=200 retry=7 kind=page"),
    ("next=%2Flogin%3Ftoken%3Dabc 200", "next=%2Flogin%3Ftoken%3D<value> 200"),
    ("Authorization: Bearer abc.def 200", "Authorization: <value> 200"),
    ("Cookie: sid=12; theme=dark", "Cookie: <value>"),
    ("auth: Basic YTpi 200", "auth: <value> 200"),
    ("agent='Mozilla/5.0 (X11) Jane's x", "agent='<agent>"),
    ("msg {'token': 'a b', 'ok': 1", "msg {<text>"),
    ("'token': 'a b' x", "'token': <value> x"),
    ('{"token": 4711, "ok": true}', '{"token": <value>, "ok": true}'),
    ('msg "{\\"token\\":\\"a b\\"}" x', 'msg "<text>" x'),
    ('x \\"token\\":\\"a b\\" y', 'x \\\\"token\\\\":<value> y'),
    ("GET /a 200 Mozilla/5.0 (X11; Linux", "GET /a 200 <agent>"),
    ("GET /a 200 Mozilla/5.0 (X11) Firefox", "GET /a 200 <agent>"),
    ("GET /a 200 Mozilla/5", "GET /a 200 <agent>"),
    ("GET /a 200 Mozilla", "GET /a 200 <agent>"),
    ("203.0.113.5 - ali", "<address> - <user>"),
    ("203.0.113.5 - Alice Ex [02/M", "<address> - <user> [02/M"),
)
CLF = "203.0.113.5 - alice [02/Mar/2026:08:22:10 +0100] "
HEAD = "<address> - <user> [02/Mar/2026:08:22:10 +0100]"
UNPAIRED = (
    ('GET / HTTP/1.1" 200 1 "-" "App (Jane)"', 'GET / HTTP/1.1 "<text>"'),
    ('"GET / HTTP/1.1 200 1 "-" "App (Jane)"', '"GET / HTTP/1.1 200 1 "<text>"'),
    ('"GET /a"b HTTP/1.1" 200 1 "-" "App (Jane)"', '"GET /a" "<text>"'),
    ('"GET / HTTP/1.1" 200 1 "-" App (Jane)"', '"GET / HTTP/1.1" 200 1 "-"  "<text>"'),
    ('"GET / HTTP/1.1" 200 1 "-" "App (Jane)', '"GET / HTTP/1.1" 200 1 "-" "<text>"'),
    ('"GET / HTTP/1.1" 200 "https://x "App (Jane)"', '"GET / HTTP/1.1" 200 "https://x " "<text>"'),
    ('"GET / HTTP/1.1" 200 "App "Jane" 7" 1', '"GET / HTTP/1.1" 200 "<text>" "<text>"'),
    ('"GET / HTTP/1.1" 200 "App ""Jane"" 7" x', '"GET / HTTP/1.1" 200 "<text>'),
    ('token=abc "GET / HTTP/1.1', 'token=<value> "GET / HTTP/1.1'),
)  # fmt: skip


@pytest.mark.parametrize(("line", "shown"), CASES)
def test_what_stands_for_what(line: str, shown: str) -> None:
    assert redacted(line).startswith(shown)


@pytest.mark.parametrize(("line", "shown"), UNPAIRED)
def test_a_line_whose_quotes_do_not_pair_shows_what_stands_before(line: str, shown: str) -> None:
    text = redacted(CLF + line)
    assert text.startswith(f"{HEAD} {shown}")
    assert "Jane" not in text
    assert redacted_by_the_engine([CLF + line]) == [text]


AGENTS = (
    "Mozilla/5.0 (Iphonex; Linuxos rv:136.0) Geckoid/20100101 Firefoxen/136.0",
    "Secretapp (Janes Iphonex)",
    "Janes phone; build, beta",
    "(unknownx, Janes)",
)
WHOLE = '203.0.113.77 - alicex [02/Mar/2026:08:15:01 +0100] "GET /a HTTP/1.1" 200 1 "{}" "{}"{}'


def spoiled(line: str) -> Iterator[str]:
    """A line with each of its quotes taken away, with one put in anywhere, and cut anywhere."""
    yield from (line[:at] + line[at + 1 :] for at, c in enumerate(line) if c == '"')
    for at in range(len(line)):
        yield f'{line[:at]}"{line[at:]}'
        yield line[:at] if at > len("203.0.113.77") else line


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("referrer", ["-", "https://www.example.org/x"])
@pytest.mark.parametrize("behind", ["", ' "-" 0.031', ' "x.example" 7'])
def test_one_quote_more_or_less_shows_no_person(agent: str, referrer: str, behind: str) -> None:
    persons = [*re.findall(r"[A-Za-z]{5,}", agent), "203.0.113.77", "alicex"]
    for line in spoiled(WHOLE.format(referrer, agent, behind)):
        shown = redacted(line)
        assert [word for word in persons if word in shown] == [], (line, shown)


def test_an_agent_without_a_quote_that_is_cut_shows_no_person() -> None:
    line = WHOLE.format("-", AGENTS[0], "").replace(' "Mozilla', " Mozilla")
    for end in range(line.index("Mozilla") + len("Mozilla"), len(line)):
        assert re.findall("Mozilla|Iphonex|Linuxos|Geckoid|Firefoxen", redacted(line[:end])) == []


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
    lines = [line[:MAX_CHARACTERS] for line in lines_of(name)]
    assert redacted_by_the_engine(lines) == [redacted(line) for line in lines]


WORDS = st.sampled_from(
    ("203.0.113.5", "2001:db8::7", "::1", "GET /x HTTP/1.1", "Mozilla/5.0 (a", "a@b.example")
)
ODD = st.text("\v\f\x1c\x85\ue000\ue001\ue002é\u2028iId\x7f", max_size=3) | st.text(max_size=4)
FREE = st.sampled_from(("token=", "user: ", "Cookie:", "%3Dx", '""', '" "', "HTTP/1.1", "Basic "))
PIECES = WORDS | FREE | st.sampled_from(' "\\\t|{}():,-') | st.just("[02/Mar/2026:08:22:10 +0100]")


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES | ODD, max_size=12).map("".join))
def test_the_engine_redacts_any_text_as_python_does(text: str) -> None:
    bare = text.replace("\0", "").replace("\n", " ").replace("\r", " ")
    assert redacted_by_the_engine([bare]) == [redacted(bare)]


@given(st.from_regex(PLAIN, fullmatch=True))
def test_no_rule_changes_what_python_tells_at_a_glance(text: str) -> None:
    assert [text] == redacted_by_the_engine([text]) == [redacted(text)]


@pytest.mark.parametrize(
    "name", ["/var/log/nginx/access.log", "access.log.1.gz", "site_access.log-20261128", "read"]
)
def test_names_of_logs_are_told_at_a_glance(name: str) -> None:
    assert PLAIN.fullmatch(name)


@given(st.text(max_size=20), st.ip_addresses(v=4), st.text(max_size=20))
def test_an_address_is_found_wherever_it_stands(before: str, address: object, after: str) -> None:
    assert str(address) not in redacted(f"{before} {address} {after}").replace(before, "")


def test_redacting_takes_time_in_proportion_to_the_line() -> None:
    hostile = ("a" * 70 + "@") * 50_000 + '"' * 50_000 + "1:" * 50_000
    assert len(redacted_by_the_engine([hostile])) == 1
    assert len(redacted(hostile)) <= 2 * MAX_CHARACTERS


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
