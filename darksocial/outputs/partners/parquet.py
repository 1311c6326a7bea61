"""What partners brought, as a Parquet file: a row for each partner."""

from pathlib import Path

import pyarrow.parquet as pq

from darksocial.campaigns.contract import PARTNERS_TABLE
from darksocial.campaigns.partner_values import PartnerReport
from darksocial.outputs import Output
from darksocial.report.frames import arrow_table
from darksocial.results.directory import write_whole


def write(report: PartnerReport, path: Path) -> None:
    """Write the rows, whole or not at all. Raises OutputError."""
    table = arrow_table(report, "partners").cast(PARTNERS_TABLE.arrow)
    write_whole(path, lambda draft: pq.write_table(table, draft))


OUTPUT = Output("parquet", write=write)
