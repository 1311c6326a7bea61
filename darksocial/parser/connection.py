"""A DuckDB connection that can run the parser's SQL: in the process, or in a cluster's worker."""

import duckdb
import pyarrow as pa
from duckdb.func import ARROW, SPECIAL

from darksocial.grammar.escapes import unescape
from darksocial.parser.clients import client_behind
from darksocial.parser.redacted import bare_path_sql, redacted_sql

# A call of a Python function costs much more than the test whether there is anything to do.
MACROS = {
    "filled(value)": "nullif(nullif(value, '-'), '')",
    "restored(value, is_escaped)": "CASE WHEN is_escaped THEN unescape(value) ELSE value END",
    "unescaped(value)": "CASE WHEN contains(value, '\\') THEN unescape(value) ELSE value END",
    "redacted(value)": redacted_sql("value"),
    "bare_path(value)": bare_path_sql("value"),
}


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection what the parser needs: times in UTC, two Python functions, and the macros.

    The macros stand for expressions that are long or come often, so that the statement of a format
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
    for name, expression in MACROS.items():
        connection.execute(f"CREATE TEMP MACRO {name} AS {expression}")


def _unescaped(texts: pa.Array) -> pa.Array:
    values = (None if text is None else unescape(text) for text in texts.to_pylist())
    return pa.array(values, pa.string())
