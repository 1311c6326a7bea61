"""The report of an analysis, with its visits and shares, as an Excel workbook."""

from pathlib import Path

from darksocial.outputs import Output
from darksocial.outputs.analysis import Saved
from darksocial.outputs.analysis._contents import contents_of
from darksocial.outputs.files import workbook


def write(saved: Saved, path: Path) -> None:
    """Write the report with the visits and shares of its analysis, whole or not at all."""
    workbook.write(contents_of(saved), path)


OUTPUT = Output("xlsx", write=write, check=workbook.check)
