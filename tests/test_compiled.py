"""SQL that comes with the package: it is what Ibis compiles, and spares compiling."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import ibis
import ibis.expr.operations as ops
import pytest

import darksocial
from darksocial import data
from darksocial.engines import _compiled
from tests.generate.compiled import ROOT, SAMPLES

# What holds numbers or names of one site, and is compiled in each analysis.
MOST_OF_ONE_SITE = 10
EXCLUDED = re.compile(r"EXCLUDE \(([^)]*)\)")
TABLE = ibis.table({"visitor": "int64", "page": "string"}, name="visits")
DIGEST = """
import ibis
from darksocial.engines import _compiled
table = ibis.table({"visitor": "int64", "page": "string", "line": "int64"}, name="visits")
print(_compiled.digest_of(table.drop("line", "visitor").op()))
"""


def in_order(sql: str) -> str:
    """SQL with the names of each EXCLUDE sorted: Ibis has them in a set."""
    return EXCLUDED.sub(lambda match: ", ".join(sorted(match[1].split(", "))), sql)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ops.Node]]:
    """The operations of an analysis of a sample, by digest."""
    operations: dict[str, ops.Node] = {}
    digest_of = _compiled.digest_of

    def recorded(operation: ops.Node) -> str:
        digest = digest_of(operation)
        operations[digest] = operation
        return digest

    monkeypatch.setattr(_compiled, "digest_of", recorded)
    _compiled.sql_of.cache_clear()
    with darksocial.analyze([str(SAMPLES / "publisher" / "access.log")]):
        yield operations


@pytest.mark.long
def test_an_analysis_compiles_what_is_its_sites_own_alone(asked: dict[str, ops.Node]) -> None:
    stored = _compiled.compiled_before()
    missing = asked.keys() - stored.keys()
    assert len(asked) > 5 * MOST_OF_ONE_SITE
    assert len(missing) <= MOST_OF_ONE_SITE, "run `python -m tests.generate --compiled`"
    for digest in asked.keys() & stored.keys():
        assert in_order(stored[digest]) == in_order(_compiled.compiled(asked[digest]))


def test_what_differs_has_another_digest() -> None:
    expressions = [
        TABLE,
        ibis.table({"visitor": "int64", "page": "string"}, name="views"),
        ibis.table({"visitor": "int32", "page": "string"}, name="visits"),
        TABLE.filter(TABLE.page == "/a"),
        TABLE.filter(TABLE.page == "/b"),
        TABLE.filter(TABLE.page != "/a"),
        TABLE.filter(TABLE.visitor == 1),
        TABLE.filter(TABLE.visitor == 1.0),
        TABLE.select("page", "visitor"),
        TABLE.select("visitor", "page"),
        TABLE.mutate(n=TABLE.visitor.sum().over(group_by=TABLE.page)),
        TABLE.mutate(n=TABLE.visitor.sum().over(order_by=TABLE.page)),
        TABLE.join(TABLE.view(), "visitor"),
        TABLE.left_join(TABLE.view(), "visitor"),
    ]
    digests = [_compiled.digest_of(expression.op()) for expression in expressions]
    assert len(set(digests)) == len(expressions)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_digest_is_the_same_in_every_process(seed: str) -> None:
    table = ibis.table({"visitor": "int64", "page": "string", "line": "int64"}, name="visits")
    run = subprocess.run(
        [sys.executable, "-c", DIGEST],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": seed},
        check=True,
        capture_output=True,
        text=True,
    )
    assert run.stdout.strip() == _compiled.digest_of(table.drop("line", "visitor").op())


def test_with_another_ibis_everything_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _compiled.compiled_before()
    monkeypatch.setattr(ibis, "__version__", "0.0.1")
    assert _compiled.compiled_before.__wrapped__() == {}


def test_no_sql_of_the_package_holds_a_secret() -> None:
    assert "SHA256(" not in data.text_of(_compiled.COMPILED_FILE)
