"""What campaigns brought, as a Parquet file: a row for each campaign."""

from pathlib import Path

import pyarrow.parquet as pq

from darksocial.campaigns.contract import CAMPAIGNS_TABLE
from darksocial.campaigns.values import CampaignReport
from darksocial.outputs import Output
from darksocial.report.frames import arrow_table
from darksocial.results.directory import write_whole


def write(report: CampaignReport, path: Path) -> None:
    """Write the rows, whole or not at all. Raises OutputError."""
    table = arrow_table(report, "campaigns").cast(CAMPAIGNS_TABLE.arrow)
    write_whole(path, lambda draft: pq.write_table(table, draft))


OUTPUT = Output("parquet", write=write)
