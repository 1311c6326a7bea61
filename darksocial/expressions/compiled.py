"""SQL of DuckDB that was compiled beforehand, since compiling takes longer than a small log does.

`data/compiled_sql.json` holds what `python -m tests.generate --compiled` compiled when it analysed
logs of several sites: for each expression, by its digest, the SQL and the columns. Any other
expression is built and compiled when it is needed. The digest covers all that was asked of the
expression, so that the file can be out of date but never wrong. It names the version of Ibis that
compiled it, and is not used with another one.

A number or a name that differs from site to site makes an expression one of its own. Where it is
part of a large one, a view holds it (`Engine.view`), so that the rest is the same for every site.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from darksocial import data
from darksocial.expressions.emptiness import Emptied, emptied_by
from darksocial.expressions.lazy import LazyExpression, Value, built, digest_of, mark_of, values_in

if TYPE_CHECKING:
    import ibis.expr.types as ir

COMPILED_FILE = "compiled_sql.json"
MAX_COMPILED_EXPRESSIONS = 2048


@dataclass(frozen=True, slots=True)
class Compiled:
    """A table expression for DuckDB: its SQL, the types of its columns as Ibis writes them, and
    which tables leave it without rows where they are empty."""

    sql: str
    columns: Mapping[str, str]
    emptied_by: Emptied = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A column's type: in a CREATE TABLE of DuckDB, and as a field of Arrow without a name."""

    duckdb: str
    arrow: pa.Field


@dataclass(frozen=True, slots=True)
class Stored:
    """What comes with the package: expressions by digest, and types as Ibis writes them."""

    expressions: Mapping[str, Compiled]
    kinds: Mapping[str, Kind]


def compiled(expression: ir.Table) -> Compiled:
    """Return the SQL and the columns of an expression.

    What was noted alike shares them within the process. Raises what Ibis raises.
    """
    if not isinstance(expression, LazyExpression):
        return compiled_by_ibis(expression)
    template = compiled_once(expression)
    values = values_in(expression)
    return replace(template, sql=filled(template.sql, values)) if values else template


def filled(sql: str, values: Mapping[str, Value], escaped: str = "'") -> str:
    """Return SQL with the values of its parameters, in which the characters `escaped` are doubled
    (DuckDB: https://duckdb.org/docs/stable/sql/data_types/literal_types)."""
    for name, value in values.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        for character in escaped:
            text = text.replace(character, character * 2)
        sql = sql.replace(f"'{mark_of(name)}'", f"'{text}'")
    return sql


def compiled_once(expression: LazyExpression) -> Compiled:
    """Return the SQL of an expression, with marks for its parameters."""
    return _compiled_once(_Key(digest_of(expression), expression))


@dataclass(frozen=True, slots=True)
class _Key:
    """An expression that is compiled once for all of its digest."""

    digest: str
    expression: LazyExpression = field(compare=False)


@lru_cache(maxsize=MAX_COMPILED_EXPRESSIONS)
def _compiled_once(key: _Key) -> Compiled:
    stored = compiled_before().expressions.get(key.digest)
    return stored or compiled_by_ibis(cast("ir.Table", key.expression))


def column_names(expression: LazyExpression) -> tuple[str, ...]:
    """Return the names of the columns of a table."""
    stored = compiled_before().expressions.get(digest_of(expression))
    return tuple(stored.columns if stored else built(cast("ir.Table", expression)).columns)


def compiled_by_ibis(expression: ir.Table) -> Compiled:
    """Build and compile an expression."""
    import ibis

    real = built(expression)
    columns = {name: str(kind) for name, kind in real.schema().items()}
    sql = str(ibis.to_sql(real, dialect="duckdb", pretty=False))
    return Compiled(sql, columns, emptied_by(real))


@cache
def compiled_before() -> Stored:
    """Return what comes with the package; nothing for another Ibis."""
    content = json.loads(data.text_of(COMPILED_FILE))
    if content["ibis"] != version("ibis-framework"):
        return Stored({}, {})
    expressions = {
        digest: Compiled(
            each["sql"], each["columns"], tuple(tuple(tables) for tables in each["emptied_by"])
        )
        for digest, each in content["expressions"].items()
    }
    kinds = {
        name: Kind(each["duckdb"], _field_of(each["arrow"]))
        for name, each in content["kinds"].items()
    }
    return Stored(expressions, kinds)


def schema_of(expression: ir.Table) -> pa.Schema:
    """Return the Arrow schema of an expression."""
    return arrow_schema(compiled(expression).columns)


def arrow_schema(columns: Mapping[str, str]) -> pa.Schema:
    """Return the Arrow schema of columns whose types are as Ibis writes them."""
    return pa.schema([kind_of(kind).arrow.with_name(name) for name, kind in columns.items()])


def columns_of(schema: pa.Schema) -> dict[str, str]:
    """Return the columns of an Arrow schema, with their types as Ibis writes them."""
    return {each.name: _name_of_kind(each.type, each.nullable) for each in schema}


def column_list(columns: Mapping[str, str]) -> str:
    """Return the columns of a CREATE TABLE."""
    return ", ".join(f'"{name}" {kind_of(kind).duckdb}' for name, kind in columns.items())


@cache
def kind_of(name: str) -> Kind:
    """Return a type from its name."""
    return compiled_before().kinds.get(name) or kind_by_ibis(name)


def kind_by_ibis(name: str) -> Kind:
    """Return a type from its name, as Ibis translates it."""
    import ibis

    schema = ibis.schema({"c": name})
    [column] = schema.to_sqlglot_column_defs("duckdb")
    return Kind(column.sql("duckdb").partition(" ")[2], schema.to_pyarrow().field("c"))


@cache
def _name_of_kind(arrow: pa.DataType, nullable: bool) -> str:
    wanted = pa.field("c", arrow, nullable)
    for name, kind in compiled_before().kinds.items():
        if kind.arrow.equals(wanted):
            return name
    import ibis

    return str(ibis.schema(pa.schema([wanted]))["c"])


def text_of_field(arrow: pa.Field) -> str:
    """Return a field of Arrow as a text for the file."""
    return base64.b64encode(pa.schema([arrow]).serialize().to_pybytes()).decode("ascii")


def _field_of(text: str) -> pa.Field:
    return pa.ipc.read_schema(pa.BufferReader(base64.b64decode(text))).field(0)
