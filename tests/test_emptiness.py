"""What must be empty is not asked, and it would have had no rows."""

from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import pyarrow as pa
import pytest

import darksocial
from darksocial.engines._names import Names
from darksocial.engines.duckdb import DuckDBEngine
from darksocial.expressions import ir
from darksocial.expressions.compiled import Compiled

COLUMNS = {"n": pa.int64(), "name": pa.string()}
ROW = pa.table({"n": [1], "name": ["x"]}, pa.schema(COLUMNS))


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    with closing(DuckDBEngine()) as opened:
        yield opened


def expressions(a: ir.Table, b: ir.Table) -> dict[str, ir.Table]:
    """Expressions of two tables, by which of them leave no rows."""
    both = a.select("n").union(b.select("n"))
    return {
        "a": a.filter(a.n > 0).mutate(m=a.n + 1).order_by("n"),
        "a, grouped": a.group_by("name").agg(n=a.n.sum()),
        "a or b": a.join(b, "n"),
        "a or b, of those": a.semi_join(b, "n"),
        "a, left": a.left_join(b, "n"),
        "a, anti": a.anti_join(b, "n"),
        "a and b": both.distinct(),
        "never": a.agg(n=a.count()),
        "never, outer": a.outer_join(b, "n"),
        "a, with each b": a.mutate(most=b.n.max().as_scalar()),
    }


IS_EMPTY = {
    "a": lambda a, b: a,
    "a or b": lambda a, b: a or b,
    "a and b": lambda a, b: a and b,
    "never": lambda a, b: False,
}


@pytest.mark.parametrize(("a_is_empty", "b_is_empty"), list(product((False, True), repeat=2)))
def test_no_rows_are_known_of_what_has_none(
    engine: DuckDBEngine,
    monkeypatch: pytest.MonkeyPatch,
    a_is_empty: bool,
    b_is_empty: bool,
) -> None:
    a = engine.load("a", ROW.slice(int(a_is_empty)))
    b = engine.load("b", ROW.slice(int(b_is_empty)))
    asked = expressions(a, b)
    skipped = {name: engine.fetch(each, name).to_pylist() for name, each in asked.items()}
    names = engine.stage("c", a), engine.view("d", a)
    found: list[bool] = []
    known = Names.has_no_rows

    def asked_all_the_same(self: Names, query: Compiled) -> bool:
        found.append(known(self, query))
        return False

    monkeypatch.setattr(Names, "has_no_rows", asked_all_the_same)
    for name, each in asked.items():
        rows = engine.fetch(each, name).to_pylist()
        assert rows == skipped[name]
        assert found[-1] == IS_EMPTY[name.partition(",")[0]](a_is_empty, b_is_empty), name
    for table in names:
        engine.fetch(table, "named")
        assert found[-1] == a_is_empty


def written(log: Path, out: Path) -> dict[str, bytes]:
    with darksocial.analyze(str(log), secret="s") as analysis:
        analysis.write(out)
    return {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_an_empty_log_has_the_results_of_one_that_is_asked_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "access.log"
    log.write_text("")
    skipped: list[str] = []
    known = Names.has_no_rows

    def noted(self: Names, query: Compiled) -> bool:
        skipped.extend([query.sql] * known(self, query))
        return False

    files = written(log, tmp_path / "out")
    monkeypatch.setattr(Names, "has_no_rows", noted)
    assert written(log, tmp_path / "asked") == files
    assert len(skipped) > 40
