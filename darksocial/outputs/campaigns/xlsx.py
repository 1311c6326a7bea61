"""What campaigns brought, as an Excel workbook."""

from pathlib import Path

from darksocial.campaigns.values import CampaignReport
from darksocial.outputs import Output
from darksocial.outputs.campaigns._contents import contents_of
from darksocial.outputs.files import workbook


def write(report: CampaignReport, path: Path) -> None:
    """Write the tables, whole or not at all."""
    workbook.write(contents_of(report), path)


OUTPUT = Output("xlsx", write=write, check=workbook.check)
