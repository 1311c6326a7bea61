"""Ibis, as the modules of this package use it: expressions are noted, and built where they must be.

Relational work is written as expressions of Ibis: `from darksocial.expressions import ibis, ir`.
To build them takes Ibis longer than DuckDB takes to evaluate them on a small log: an analysis has
some 28,000 parts, at 40 microseconds each, nearly all of them the same in every run. So what a
module writes is a `LazyExpression`, which notes what was asked of which expression, with a digest
of it all. The SQL of most digests comes with the package (compiled.py), and then Ibis is not even
imported. Otherwise, and always for Spark, `built` asks the same of the real expressions.

To a type checker `ibis` and `ir` are the modules `ibis` and `ibis.expr.types`. An expression that
Ibis itself has made, such as that of a user, cannot be mixed with lazy ones; engines take both.
"""

from typing import TYPE_CHECKING

from darksocial.expressions.lazy import LazyExpression, built, noted, parameter, table

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    from darksocial.expressions.lazy import ibis, ir

__all__ = ["LazyExpression", "built", "ibis", "ir", "noted", "parameter", "table"]
