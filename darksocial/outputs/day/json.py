"""The report of a day for programs."""

import json
from dataclasses import asdict

from darksocial.outputs import Output
from darksocial.printable import inert_json
from darksocial.report.summary_json import plain
from darksocial.store.daily import DayReport


def text(report: DayReport) -> str:
    """Return the report as JSON: days and times in ISO 8601, numbers to six decimals, but
    chances in full."""
    values = plain(asdict(report))
    assert isinstance(values, dict)
    for row, standout in zip(values["standouts"], report.standouts, strict=True):
        row["chance"] = standout.chance
    return inert_json(json.dumps(values, indent=2, ensure_ascii=False)) + "\n"


OUTPUT = Output("json", text)
