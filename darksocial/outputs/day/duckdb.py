"""The report of a day, with its visits and shares, as a DuckDB file."""

from pathlib import Path

from darksocial.outputs import Output
from darksocial.outputs.day._contents import contents_of
from darksocial.outputs.files import database
from darksocial.store.daily import DayReport


def write(report: DayReport, path: Path) -> None:
    """Write the report with the visits and shares of its day, whole or not at all."""
    database.write(contents_of(report), path)


OUTPUT = Output("duckdb", write=write)
