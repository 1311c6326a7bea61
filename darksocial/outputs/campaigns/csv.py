"""What campaigns brought, as a folder of CSV files."""

from pathlib import Path

from darksocial.campaigns.values import CampaignReport
from darksocial.outputs import Output
from darksocial.outputs.campaigns._contents import contents_of
from darksocial.outputs.files import csv_folder


def write(report: CampaignReport, path: Path) -> None:
    """Write the tables, whole or not at all."""
    csv_folder.write(contents_of(report), path)


OUTPUT = Output("csv", write=write, check=csv_folder.check)
