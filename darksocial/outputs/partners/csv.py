"""What partners brought, as a folder of CSV files."""

from pathlib import Path

from darksocial.campaigns.partner_values import PartnerReport
from darksocial.outputs import Output
from darksocial.outputs.files import csv_folder
from darksocial.outputs.partners._contents import contents_of


def write(report: PartnerReport, path: Path) -> None:
    """Write the tables, whole or not at all."""
    csv_folder.write(contents_of(report), path)


OUTPUT = Output("csv", write=write, check=csv_folder.check)
