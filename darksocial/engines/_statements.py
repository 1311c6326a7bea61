"""Run statements of DuckDB, and parse and plan each as seldom as possible.

Parsing takes DuckDB 2.0 as long as planning. It parses a text twice, and three times where the rows
are streamed, which it plans twice, too: once for their columns.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa


class Statements:
    """The statements of one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._parsed: dict[str, duckdb.Statement] = {}
        self._keeps = False
        self._ordered: bool | None = None
        self._order(False)

    @contextmanager
    def repeated(self) -> Iterator[None]:
        """Keep what is parsed in the block, since another block will run the same texts.

        A statement takes sixty times the memory of its text.
        """
        before, self._keeps = self._keeps, True
        try:
            yield
        finally:
            self._keeps = before

    def run(self, sql: str) -> duckdb.DuckDBPyConnection:
        """Run a statement and return the connection, which holds its rows."""
        self._order(False)
        return self._connection.execute(self._statement(sql))

    def whole(self, sql: str) -> pa.Table:
        """Return all rows of a query, in order. DuckDB copies them, and warns of that."""
        # The copy has the order of the rows only where this holds.
        self._order(True)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Arrow output on a DB-API result")
            return self._connection.execute(self._statement(sql)).to_arrow_table()

    def streamed(self, sql: str, batch_rows: int) -> pa.RecordBatchReader:
        """Return the rows of a query in batches, as they are computed."""
        self._order(False)
        return self._connection.sql(self._statement(sql)).to_arrow_reader(batch_rows)

    def _order(self, ordered: bool) -> None:
        """Let rows come in order, or as they are computed, which takes less memory."""
        if ordered != self._ordered:
            self._connection.execute(f"SET preserve_insertion_order = {str(ordered).lower()}")
            self._ordered = ordered

    def _statement(self, sql: str) -> duckdb.Statement:
        if sql in self._parsed:
            return self._parsed[sql]
        [statement] = self._connection.extract_statements(sql)
        if self._keeps:
            self._parsed[sql] = statement
        return statement
