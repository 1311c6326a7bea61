"""SQL that comes with the package: it is what Ibis compiles, and spares building expressions."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import cast

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pytest

import darksocial
from darksocial import data
from darksocial.expressions import LazyExpression, compiled
from darksocial.expressions.compiled import Compiled, filled
from darksocial.expressions.lazy import built, digest_of, values_in
from tests.generate.compiled import ROOT, SAMPLES
from tests.sparks import needs_spark, session

EXCLUDED = re.compile(r"EXCLUDE \(([^)]*)\)")
WITHOUT_IBIS = """
import sys
import darksocial
with darksocial.analyze(sys.argv[1]) as analysis:
    print(analysis.headline, *{"ibis", "sqlglot"} & sys.modules.keys())
"""


def in_order(sql: str) -> str:
    """SQL with the names of each EXCLUDE sorted: Ibis has them in a set."""
    return EXCLUDED.sub(lambda match: ", ".join(sorted(match[1].split(", "))), sql)


@pytest.fixture(scope="module")
def asked() -> Iterator[dict[str, LazyExpression]]:
    """The expressions of an analysis of a sample, by digest."""
    expressions: dict[str, LazyExpression] = {}
    once = compiled.compiled_once

    def recorded(expression: LazyExpression) -> Compiled:
        expressions[digest_of(expression)] = expression
        return once(expression)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "compiled_once", recorded)
        darksocial.analyze([str(SAMPLES / "publisher" / "access.log")]).close()
    yield expressions


def test_what_comes_with_the_package_is_what_ibis_compiles(
    asked: dict[str, LazyExpression],
) -> None:
    stored = compiled.compiled_before().expressions
    assert len(asked) > 100
    missing = asked.keys() - stored.keys()
    assert not missing, "run `python -m tests.generate --compiled`"
    for digest, expression in asked.items():
        made = compiled.compiled_by_ibis(cast(ir.Table, expression))
        assert in_order(stored[digest].sql) == in_order(made.sql)
        assert stored[digest].columns == made.columns
        assert stored[digest].emptied_by == made.emptied_by


@needs_spark
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
def test_spark_understands_every_expression(asked: dict[str, LazyExpression]) -> None:
    """Its names, functions and types. `make spark` compares what becomes of rows."""
    from ibis.backends.pyspark.datatypes import PySparkSchema

    from darksocial.engines._spark_compiler import spark_compiler
    from darksocial.engines.spark import SESSION_SETTINGS

    spark = session().newSession()
    for name, value in SESSION_SETTINGS.items():
        spark.conf.set(name, value)
    backend = ibis.pyspark.connect(spark)
    backend.compiler = spark_compiler()
    for expression in asked.values():
        real = built(cast(ir.Table, expression))
        for leaf in real.op().find(ops.UnboundTable):
            empty = spark.createDataFrame([], PySparkSchema.from_ibis(leaf.schema))
            empty.createOrReplaceTempView(leaf.name)
        sql = filled(str(backend.compile(real)), values_in(expression), escaped="\\'")
        assert spark.sql(sql).columns == list(real.columns)


def test_kinds_are_what_ibis_makes_of_them() -> None:
    kinds = compiled.compiled_before().kinds
    assert {"int64", "string", "float64"} <= kinds.keys()
    assert kinds == {name: compiled.kind_by_ibis(name) for name in kinds}


@pytest.mark.long
def test_an_analysis_imports_no_ibis() -> None:
    log = SAMPLES / "combined.log"
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_IBIS, str(log)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    with darksocial.analyze(str(log)) as analysis:
        assert run.stdout.strip() == analysis.headline


def test_columns_of_arrow_come_back() -> None:
    schema = pa.schema(
        [
            pa.field("at", pa.timestamp("us", "UTC")),
            pa.field("n", pa.int64(), nullable=False),
            pa.field("names", pa.list_(pa.string())),
            pa.field("amount", pa.decimal128(38, 12)),
        ]
    )
    columns = compiled.columns_of(schema)
    assert list(columns) == schema.names
    assert compiled.arrow_schema(columns) == schema


def test_with_another_ibis_everything_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled.compiled_before().expressions
    monkeypatch.setattr(compiled, "version", lambda name: "0.0.1")
    assert compiled.compiled_before.__wrapped__() == compiled.Stored({}, {})


def test_no_sql_of_the_package_holds_a_value_of_a_site() -> None:
    text = data.text_of(compiled.COMPILED_FILE)
    assert "'parameter:secret'" in text
    assert "|example.com|" not in text
