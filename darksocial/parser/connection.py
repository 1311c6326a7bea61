"""A DuckDB connection that can run the parser's SQL: in the process, or in a cluster's worker."""

import duckdb
import pyarrow as pa
from duckdb.func import ARROW, SPECIAL

from darksocial.grammar.escapes import unescape
from darksocial.parser.clients import client_behind


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection what the parser needs: times in UTC, and two functions of Python."""
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


def _unescaped(texts: pa.Array) -> pa.Array:
    values = (None if text is None else unescape(text) for text in texts.to_pylist())
    return pa.array(values, pa.string())
