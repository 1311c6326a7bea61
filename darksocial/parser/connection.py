"""A DuckDB connection that can run the parser's SQL: in the process, or in a cluster's worker."""

import duckdb
import pyarrow as pa
from duckdb.func import ARROW, SPECIAL

from darksocial.grammar.escapes import unescape
from darksocial.parser.clients import client_behind
from darksocial.parser.redacted import bare_path_sql, redacted_sql


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection what the parser needs: times in UTC, two functions of Python, two macros.

    The macros stand for expressions of many thousand characters, so that the statement of a format
    can be read.
    """
    connection.execute("SET TimeZone = 'UTC'")
    connection.create_function("unescape", _unescaped, ["VARCHAR"], "VARCHAR", type=ARROW)
    connection.create_function(
        "client_behind",
        client_behind,
        ["VARCHAR", "VARCHAR", "VARCHAR"],
        "VARCHAR",
        type=ARROW,
        null_handling=SPECIAL,
    )
    for name, expression in (("redacted", redacted_sql), ("bare_path", bare_path_sql)):
        connection.execute(f"CREATE TEMP MACRO {name}(value) AS {expression('value')}")


def _unescaped(texts: pa.Array) -> pa.Array:
    values = (None if text is None else unescape(text) for text in texts.to_pylist())
    return pa.array(values, pa.string())
