"""A DuckDB file: the visits and shares, the tables of the report, and views for charts.

It is written in the storage format of DuckDB 1.0, which later versions read
(https://duckdb.org/docs/stable/internals/storage), so that a tool with an older driver opens it.
Times are UTC without a zone: no tool then shifts them.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa

from darksocial.errors import OutputError
from darksocial.language import gettext as _
from darksocial.outputs.files.contents import ABOUT, Contents, Rows
from darksocial.outputs.files.views import VIEWS, View
from darksocial.results.directory import draft_prefix, write_whole
from darksocial.scratch.temporary import temporary_folder

STORAGE_VERSION = "v1.0.0"
DATABASE, INCOMING, REPORT = "darksocial", "incoming", "report"
"""Names within the connection: the file, the rows that are written, the schema of the report."""
SHARE_EVENTS = "share_events"
"""The table of shares; `shares` is the view of them by day."""
UTC_TIME = pa.timestamp("us")


def write(contents: Contents, path: Path) -> None:
    """Write the database, whole or not at all. Raises OutputError."""
    write_whole(path, lambda draft: _fill(draft, path, contents))


def _fill(draft: Path, path: Path, contents: Contents) -> None:
    """Write to a folder beside the draft, because DuckDB keeps files of its own beside a database,
    and opens no empty file."""
    folder = temporary_folder(path.parent, draft_prefix(path))
    try:
        place = folder.path / f"{DATABASE}.duckdb"
        with duckdb.connect() as connection:
            connection.execute(
                f"ATTACH '{_quoted(str(place))}' AS {DATABASE} "
                f"(STORAGE_VERSION '{STORAGE_VERSION}'); USE {DATABASE}"
            )
            _fill_database(connection, contents)
            connection.execute(f"USE memory; DETACH {DATABASE}")
        place.replace(draft)
    except duckdb.Error as error:
        raise OutputError(
            _("The DuckDB file could not be written: {reason}").format(reason=error),
            expected=_("a place with room that may be written to"),
        ) from error
    finally:
        folder.remove()


def _fill_database(connection: duckdb.DuckDBPyConnection, contents: Contents) -> None:
    _add_table(connection, "sessions", contents.sessions)
    _add_table(connection, SHARE_EVENTS, contents.shares)
    connection.execute(f"CREATE SCHEMA {REPORT}")
    whole = {name: Rows(table.schema, table.to_batches) for name, table in contents.tables.items()}
    for name, rows in {ABOUT: contents.flat()[ABOUT], **whole}.items():
        _add_table(connection, f'{REPORT}."{name.replace(".", "_")}"', rows)
    for view in VIEWS:
        _add_view(connection, view)


def _add_table(connection: duckdb.DuckDBPyConnection, name: str, rows: Rows) -> None:
    """Create a table of rows; its columns have the descriptions of the contract as comments."""
    schema = pa.schema([_without_zone(field) for field in rows.schema])
    batches = (batch.cast(schema) for batch in rows.batches())
    connection.register(INCOMING, pa.RecordBatchReader.from_batches(schema, batches))
    connection.execute(f"CREATE TABLE {name} AS FROM {INCOMING}")
    connection.unregister(INCOMING)
    described = (
        (f.name, (f.metadata or {}).get(b"description", b"").decode()) for f in rows.schema
    )
    _comment(connection, name, described)


def _without_zone(field: pa.Field) -> pa.Field:
    return field.with_type(UTC_TIME) if pa.types.is_timestamp(field.type) else field


def _add_view(connection: duckdb.DuckDBPyConnection, view: View) -> None:
    name = view.contract.name
    connection.execute(f"CREATE VIEW {name} AS {view.sql}")
    connection.execute(f"COMMENT ON VIEW {name} IS '{_quoted(view.contract.holds)}'")


def _comment(
    connection: duckdb.DuckDBPyConnection, table: str, described: Iterable[tuple[str, str]]
) -> None:
    for column, text in described:
        if text:
            connection.execute(f"COMMENT ON COLUMN {table}.\"{column}\" IS '{_quoted(text)}'")


def _quoted(text: str) -> str:
    return text.replace("'", "''")
