"""Numbers in texts: rounded in one place, with the range, and nothing said of nothing."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from darksocial.outputs.analysis import Saved, full, markdown, terminal
from darksocial.report.numbers import about, estimate, exact, significant
from darksocial.report.values import AppRow, PageRow, Report
from tests.parts import PACKAGE
from tests.stores import Visits, report_on

OWN_FORMAT = re.compile(r"\{[^{}]*:[+,]*\.\d[fge%]\}")
"""A number that is formatted where it is shown: `{share:.0%}`."""


def shown(report: Report) -> list[str]:
    """The report in each form for people."""
    file = io.StringIO()
    terminal.show(Saved(report), Console(file=file, width=120, color_system=None))
    return [file.getvalue(), full.text(Saved(report)), markdown.text(Saved(report))]


@pytest.mark.parametrize(
    ("value", "in_sentence", "in_table", "beside_bound"),
    [
        (0.04, "0", "0.0", "0.0"),
        (9.96, "10", "10.0", "10.0"),
        (91.4, "91", "91", "91.4"),
        (999.6, "1,000", "1,000", "999.6"),
        (1234, "1,230", "1,234", "1,234"),
        (9996, "10,000", "9,996", "9,996"),
        (1_234_567, "1,230,000", "1,234,567", "1,234,567"),
    ],
)
def test_a_number_is_rounded_by_where_it_is_read(
    value: float, in_sentence: str, in_table: str, beside_bound: str
) -> None:
    assert (about(value), estimate(value), exact(value)) == (in_sentence, in_table, beside_bound)
    assert significant(value, 1) in (0, 10, 90, 1000, 10_000, 1_000_000)


def test_no_other_module_decides_how_a_number_looks() -> None:
    own = PACKAGE / "report" / "numbers.py"
    assert OWN_FORMAT.search(own.read_text("utf-8"))
    assert not [
        path.name
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != own and OWN_FORMAT.search(path.read_text("utf-8"))
    ]


def test_the_first_sentence_has_the_range() -> None:
    report = report_on([Visits("/a", 4000, 0.25)])
    for text in shown(report):
        first = " ".join(text.split("\n\n")[0].replace("*", "").split())
        assert first == (
            "Of 4,000 visits booked as Direct about 1,000, between 954 and 1,050, came from a "
            "privately shared link (25%)."
        )


def test_a_range_that_includes_none_says_so() -> None:
    for text in shown(report_on([Visits("/a", 12, 0.1)])):
        first = " ".join(text.split("\n\n")[0].replace("*", "").split())
        assert first == (
            "Of 12 visits booked as Direct none that can be told from chance came from a "
            "privately shared link: about 1, between 0 and 4."
        )


def test_a_section_with_nothing_in_it_does_not_appear() -> None:
    report = report_on([Visits("/a", 1, 0.1, "telegram")])
    some = replace(
        report,
        pages=(PageRow(None, "/shared", 9, 9, 3.0), *report.pages),
        apps=(AppRow("whatsapp", "WhatsApp", 3.0, None), *report.apps),
    )
    for without, text in zip(shown(report), shown(some), strict=True):
        assert "landing page" in text and "Dark social by app" in text
        assert "/shared" in text and "WhatsApp" in text
        assert "Telegram" not in text
        assert "landing page" not in without
        assert "Dark social by app" not in without
