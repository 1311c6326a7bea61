"""Renewing expected outputs, by explicit command only."""

import json
import tempfile
from pathlib import Path

from tests import test_day_outputs, test_formats, test_sql, test_terminal

TESTS = Path(__file__).parents[1]


def renew() -> None:
    """Write the goldens of reports and statements, and the expectations of formats."""
    for width in (80, 120):
        path = TESTS / "goldens" / f"report_{width}.txt"
        path.write_text(test_terminal.rendered(width), "utf-8")
        path = TESTS / "goldens" / f"day_{width}.txt"
        with tempfile.TemporaryDirectory() as store:
            day = test_day_outputs.report_of(Path(store))
        path.write_text(test_day_outputs.rendered(day, width), "utf-8")
    for name in test_sql.GOLDENS:
        test_sql.golden(name).write_text(test_sql.statement(name), "utf-8")
    for name in test_formats.NAMES:
        path = TESTS / "formats" / f"{name}.json"
        text = json.dumps(test_formats.expectation(name), indent=1, ensure_ascii=False)
        path.write_text(text + "\n", "utf-8")
