"""The report of an analysis, with its visits and shares, as a folder of CSV files."""

from pathlib import Path

from darksocial.outputs import Output
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis._contents import contents_of
from darksocial.outputs.files import csv_folder


def write(saved: Saved, path: Path) -> None:
    """Write the report with the visits and shares of its analysis, whole or not at all."""
    csv_folder.write(contents_of(saved), path)


OUTPUT = Output("csv", write=write, check=csv_folder.check)
