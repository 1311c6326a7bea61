"""The parser's SQL: named steps that DuckDB takes apart again, and text that a person can read."""

import re
from functools import cache
from pathlib import Path
from typing import get_args

import duckdb
import pyarrow as pa
import pytest
from click.testing import CliRunner

from darksocial.cli._main import darksocial
from darksocial.errors import UsageError
from darksocial.formats import registry
from darksocial.grammar import Grammar
from darksocial.grammar.wrappers import WRAPPERS
from darksocial.parser import Parsing, steps
from darksocial.parser.connection import prepare
from darksocial.parser.hits import hits_steps
from darksocial.parser.line_breaks import MAX_LINE_CHARACTERS, SQL_TOKEN, with_line_breaks
from darksocial.parser.sql import quoted_sql
from darksocial.parser.statement import statement_of
from darksocial.parser.steps import Steps
from darksocial.parser.sums import requests_query
from darksocial.printable import printable_lines
from darksocial.reading import LINES
from tests.generate.pages import DOCS

GOLDENS = ("combined", "caddy", "cloudfront")
"""A format of each grammar."""
LAST_DAY = "2026-03-31"
STEP = re.compile(r"^(?:WITH )?(\w+) AS \($", re.MULTILINE)
SOURCE = re.compile(r"^ *(?:SELECT \* )?FROM (\w+)$", re.MULTILINE)


def statement(name: str) -> str:
    return statement_of(registry()[name], LAST_DAY)


def golden(name: str) -> Path:
    return Path(__file__).parent / "goldens" / "sql" / f"{name}.sql"


def printed(*names: str) -> str:
    done = CliRunner().invoke(darksocial, ["formats", *names, "--sql"], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done.stdout


@cache
def connection() -> duckdb.DuckDBPyConnection:
    found = duckdb.connect()
    prepare(found)
    found.register("lines", LINES.empty_table())
    return found


@cache
def statements() -> dict[str, str]:
    return {name: statement(name) for name in registry()}


def test_each_step_reads_the_one_before_it() -> None:
    for name, text in statements().items():
        assert SOURCE.findall(text) == ["lines", *STEP.findall(text)], name


def test_the_steps_have_the_names_of_the_documentation() -> None:
    for name, text in statements().items():
        names = STEP.findall(text)
        milestones = ["unwrapped", "fields", "typed", "hits", "requests", "counted"]
        assert [step for step in names if step in milestones] == milestones, name


def test_the_page_on_the_architecture_names_every_step() -> None:
    page = (DOCS / "architecture.md").read_text("utf-8")
    combined = registry()["combined"]
    texts = list(statements().values())
    texts += [hits_steps(Parsing("combined", combined.grammar, w)).sql() for w in WRAPPERS]
    names = {name for text in texts for name in STEP.findall(text)}
    assert not {name for name in names if f"`{name}`" not in page}


def test_no_select_is_nested_and_a_terminal_shows_every_character() -> None:
    for text in statements().values():
        assert "(SELECT" not in text
        assert printable_lines(text) == text


def test_no_line_is_longer_than_its_longest_literal_asks_for() -> None:
    for text in statements().values():
        for line in text.splitlines():
            literals = [token for token in SQL_TOKEN.findall(line) if token.startswith("'")]
            room = 2 * MAX_LINE_CHARACTERS // 3
            assert len(line) <= MAX_LINE_CHARACTERS or len(max(literals, key=len)) > room, line


@pytest.mark.parametrize(
    ("sql", "lines"),
    [
        (" a AND b ", ["a AND b"]),
        (
            f"x BETWEEN 1 AND 2 AND '{'y' * 90}'",
            ["x BETWEEN 1 AND 2", f"    AND '{'y' * 90}'"],
        ),
        (
            f"f(a, '{'(,' * 50}') AS b",
            ["f(", "    a,", f"    '{'(,' * 50}'", ") AS b"],
        ),
        (
            f"CASE WHEN a THEN '{'b' * 90}' ELSE CASE WHEN c THEN d END END",
            [
                "CASE",
                "    WHEN a",
                f"        THEN '{'b' * 90}'",
                "    ELSE CASE WHEN c THEN d END",
                "END",
            ],
        ),
    ],
)
def test_long_expressions_are_broken_at_their_outermost_parts(sql: str, lines: list[str]) -> None:
    assert with_line_breaks(sql, 0).splitlines() == lines


def test_line_breaks_change_nothing_but_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    written = {name: "".join(statement(name).split()) for name in GOLDENS}
    requests_query.cache_clear()
    monkeypatch.setattr(steps, "with_line_breaks", lambda sql, depth: sql)
    plain = {name: statement(name) for name in GOLDENS}
    requests_query.cache_clear()
    assert {name: "".join(sql.split()) for name, sql in plain.items()} == written
    assert all(max(map(len, sql.splitlines())) > MAX_LINE_CHARACTERS for sql in plain.values())


def test_each_grammar_has_a_golden() -> None:
    kinds = [type(registry()[name].grammar) for name in GOLDENS]
    assert kinds == list(get_args(Grammar))
    assert sorted(GOLDENS) == sorted(path.stem for path in golden("combined").parent.iterdir())


@pytest.mark.parametrize("name", GOLDENS)
def test_the_statement_is_the_golden(name: str) -> None:
    assert statement(name) == golden(name).read_text("utf-8")


@pytest.mark.parametrize("name", GOLDENS)
def test_the_command_prints_the_statement_as_it_is(name: str) -> None:
    title = registry()[name].title
    assert printed(name) == f"-- {name}: {title}\n{statement(name)};\n"


@pytest.mark.long
def test_the_command_prints_a_statement_for_every_format_that_duckdb_understands() -> None:
    statements = printed(*registry()).split(";\n-- ")
    assert len(statements) == len(registry())
    for text in statements:
        _, _, query = text.partition("\n")
        assert {"line", "reason", "visitor"} <= set(connection().sql(query).columns)


def test_the_printed_statement_reads_lines() -> None:
    line = '192.0.2.1 - - [02/Mar/2026:09:14:05 +0000] "GET /a HTTP/1.1" 200 5 "-" "Mozilla/5.0"'
    rows = [
        {"file": 0, "line": number, "text": text, "overlong": False}
        for number, text in enumerate((line, "no line", ""), start=1)
    ]
    with duckdb.connect() as found:
        prepare(found)
        found.register("lines", pa.Table.from_pylist(rows, schema=LINES))
        read = (
            found.sql(printed("combined")).order("line").select("line, kind, path, reason, lines")
        )
        assert read.fetchall() == [
            (1, "page", "/a", None, 1),
            (2, None, None, "does not match the format combined", 1),
            (3, None, None, "blank", 1),
        ]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), "--sql needs the name of a format"),
        (("access.log",), "There is no format 'access.log'"),
    ],
)
def test_without_the_name_of_a_format_the_command_is_used_wrongly(
    names: tuple[str, ...], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        CliRunner().invoke(darksocial, ["formats", *names, "--sql"], catch_exceptions=False)


@pytest.mark.parametrize("name", [*GOLDENS, "ga4_bigquery", "matomo", "plausible"])
def test_duckdb_evaluates_the_steps_in_one_pass(name: str) -> None:
    """No step is kept as a table of its own, so lines stream and memory stays bounded.

    No list of texts becomes a table that is joined, which more than doubled the work of some logs.
    """
    [(_, plan)] = connection().execute(f"EXPLAIN (FORMAT JSON) {statement(name)}").fetchall()
    assert "PROJECTION" in plan
    assert "CTE" not in plan
    assert "JOIN" not in plan


def test_steps_without_a_step_are_the_table() -> None:
    assert Steps("lines").sql() == "SELECT * FROM lines"


@pytest.mark.parametrize("text", ["", "it's", "a\tb", "\n", "\v\ue000'\x7f", "é\u2028 \\n"])
def test_a_literal_is_the_text_and_can_be_printed(text: str) -> None:
    sql = quoted_sql(text)
    assert sql.isprintable()
    assert connection().execute(f"SELECT {sql}").fetchall() == [(text,)]
