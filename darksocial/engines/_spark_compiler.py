"""Relational work as Spark's SQL: Ibis' compiler, with the same meaning as on DuckDB."""

from typing import Any

import ibis.expr.datatypes as dt


def spark_compiler() -> Any:
    """Return Ibis' compiler for Spark, changed where its SQL would differ in meaning from DuckDB's.

    Seconds keep their fraction, and numbers with a decimal point are doubles, which Spark would
    otherwise read as decimals.
    """
    import sqlglot.expressions as sge
    from ibis.backends.sql.compilers.pyspark import PySparkCompiler

    class Compiler(PySparkCompiler):  # type: ignore[misc]  # Ibis ships no types
        __slots__ = ()

        def visit_ExtractEpochSeconds(self, op: Any, *, arg: Any) -> Any:  # noqa: N802 - Ibis' name
            micros = self.cast(self.f.unix_micros(arg), dt.float64)
            return sge.paren(sge.Div(this=micros, expression=sge.convert(1_000_000)))

        def visit_DefaultLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:  # noqa: N802
            if dtype.is_floating():
                return self.cast(repr(float(value)), dt.float64)
            return super().visit_DefaultLiteral(op, value=value, dtype=dtype)

    return Compiler()
