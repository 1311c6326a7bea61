"""The report of an analysis, with its visits and shares, as a DuckDB file."""

from pathlib import Path

from darksocial.outputs import Output
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis._contents import contents_of
from darksocial.outputs.files import database


def write(saved: Saved, path: Path) -> None:
    """Write the report with the visits and shares of its analysis, whole or not at all."""
    database.write(contents_of(saved), path)


OUTPUT = Output("duckdb", write=write)
