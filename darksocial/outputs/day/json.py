"""The report of a day for programs."""

import json
from dataclasses import asdict

from darksocial.outputs import Output
from darksocial.printable import inert_json
from darksocial.report.summary_json import plain
from darksocial.store.daily import DayReport


def text(report: DayReport) -> str:
    """Return the report as JSON: days and times in ISO 8601, numbers to six decimals but for
    chances, which are given in full."""
    told = plain(asdict(report))
    assert isinstance(told, dict)
    for row, standout in zip(told["standouts"], report.standouts, strict=True):
        row["chance"] = standout.chance
    return inert_json(json.dumps(told, indent=2, ensure_ascii=False)) + "\n"


OUTPUT = Output("json", text)
