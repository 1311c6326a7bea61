"""What partners brought, as an Excel workbook."""

from pathlib import Path

from darksocial.campaigns.partner_values import PartnerReport
from darksocial.outputs import Output
from darksocial.outputs.files import workbook
from darksocial.outputs.partners._contents import contents_of


def write(report: PartnerReport, path: Path) -> None:
    """Write the tables, whole or not at all."""
    workbook.write(contents_of(report), path)


OUTPUT = Output("xlsx", write=write, check=workbook.check)
