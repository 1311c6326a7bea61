"""The visits before conversions, as a CSV that attribution packages read."""

import csv
from pathlib import Path

from darksocial.campaigns.values import CampaignReport, PathRow
from darksocial.outputs import Output
from darksocial.outputs.files.formulas import guarded
from darksocial.results.directory import write_whole

PATH_COLUMNS = ("path", "total_conversions", "total_conversion_value", "total_null")


def write(report: CampaignReport, path: Path) -> None:
    """Write the paths, whole or not at all. Raises OutputError."""
    with_header = [PATH_COLUMNS, *(_cells(row) for row in report.paths)]

    def fill(draft: Path) -> None:
        with draft.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(with_header)

    write_whole(path, fill)


def _cells(row: PathRow) -> tuple[object, ...]:
    """Return the cells of a row; a name that a spreadsheet would take for a formula is none."""
    measures = row.total_conversions, row.total_conversion_value, row.total_null
    return (guarded(row.path), *measures)


OUTPUT = Output("paths", write=write)
