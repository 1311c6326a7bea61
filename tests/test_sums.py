"""Exports of sums: what base rates alone say moves nothing, and the report says what it assumes."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import darksocial
from darksocial.evaluation.worlds import is_dark_direct
from darksocial.lookups.channels import DARK_SOCIAL
from darksocial.report.values import Report
from darksocial.signals import registry
from darksocial.simulation.sums import SUMS, SUMS_BY_PAGE, source_medium
from tests.nights import NOW, SECRET, night
from tests.test_cannot_tell import CANNOT_BE_SAID, reasons, shown

LOST = ["p_lost_search", "p_lost_social", "p_lost_email", "p_lost_ai"]
SOURCES = """# Start date: 20260301
Session source / medium,Sessions,Key events,Total revenue
google / organic,9120,120,8000.5
(direct) / (none),6613,101,5400.25
newsletter / email,800,30,900
"""
DARK_OF_SOURCES = 6613 * 0.05
"""By the base rate of a device that is not known."""
PAGES = """# Start date: 20260301
Landing page,Session source / medium,Sessions,Key events,Total revenue
/news/2026/03/a-long-story?fbclid=x,(direct) / (none),400,12,40
/news/2026/03/a-long-story,(direct) / (none),900,31,310.5
/news/2026/03/a-long-story,google / organic,1800,60,612
/news/2026/03/a-long-story,newsletter / email,700,20,150
/news/2026/03/a-long-story,facebook.com / referral,300,2,0
/news/2026/03/a-long-story,web.whatsapp.com / referral,80,3,25
/news/2026/03/a-long-story,mail.google.com / referral,60,1,5
/news/2026/03/a-long-story,chatgpt.com / referral,50,1,5
/,(direct) / (none),1100,80,900
(not set),(direct) / (none),3,0,0
"""


@cache
def report_on(*texts: str) -> Report:
    """The report on exports; tests look at it and change nothing."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"report-{number}.csv" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text)
        with darksocial.analyze(list(map(str, paths)), secret="s") as analysis:
            assert not analysis.to_pandas()[LOST].to_numpy().any()
            return analysis.report


def assert_only_direct_gives_to_dark_social(report: Report) -> None:
    channels = {row.channel: row for row in report.channels}
    dark, direct = channels.pop(DARK_SOCIAL), channels.pop("Direct")
    assert channels
    for row in channels.values():
        assert (row.after, row.low, row.high) == pytest.approx((row.before,) * 3)
    assert 0 < dark.after == pytest.approx(direct.before - direct.after)
    assert (dark.low, dark.high) == (report.dark_social.low, report.dark_social.high)
    assert direct.low == pytest.approx(direct.before - dark.high)
    assert direct.high == pytest.approx(direct.before - dark.low)
    earned = {row.channel: row for row in report.conversions}
    to_dark, from_direct = earned.pop(DARK_SOCIAL), earned.pop("Direct")
    assert all(r.before == r.after and r.revenue_before == r.revenue_after for r in earned.values())
    assert to_dark.after == pytest.approx(from_direct.before - from_direct.after)
    kept = from_direct.revenue_before - from_direct.revenue_after
    assert to_dark.revenue_after == pytest.approx(kept)


def test_sums_by_source_say_nothing_of_dark_visits() -> None:
    report = report_on(SOURCES)
    assert_only_direct_gives_to_dark_social(report)
    dark = report.dark_social
    assert (dark.direct_low, dark.direct_high) == (0, 6613)
    assert dark.direct_expected == pytest.approx(DARK_OF_SOURCES)
    assert reasons(report) == ["sums_without_pages"]
    assert report.evidence == ()
    forms = shown(report)
    said = f"{CANNOT_BE_SAID}sums of visits without landing pages (any number would be assumed)"
    for form in ("terminal", "markdown"):
        assert said in forms[form][:250]
        assert "may be 0 to 6,610." in forms[form][:300]
        assert "cannot be distinguished and stay within Direct" in forms[form]


@pytest.mark.long
def test_sums_by_landing_page_have_the_signals_of_that_page() -> None:
    report = report_on(PAGES)
    assert_only_direct_gives_to_dark_social(report)
    dark = report.dark_social
    assert 0 < dark.direct_low < dark.direct_expected < dark.direct_high < dark.direct_sessions
    assert reasons(report) == ["sums"]
    text = shown(report)["markdown"]
    assert "The range is wide because this log records sums of visits" in text[:300]
    assert "more than nine tenths of the estimate is assumed" in text[:300]
    assert {(row.signal, row.note, row.sessions) for row in report.evidence} == {
        ("click_id_alone", "carries Meta's click id", 400),
        ("landing_page", "landed on the home page, which people type", 1100),
        ("landing_page", "landed on an address with a date or number that nobody remembers", 1300),
    }


@pytest.mark.long
def test_a_part_without_landing_pages_widens_the_range() -> None:
    alone = report_on(PAGES).dark_social
    both = report_on(PAGES, SOURCES.replace("6613", "1000"))
    dark = both.dark_social
    assert reasons(both) == ["sums"]
    assert dark.direct_expected == pytest.approx(alone.direct_expected + 50)
    assert dark.direct_high > alone.direct_high + 900
    assert_only_direct_gives_to_dark_social(both)


@pytest.mark.long
def test_a_store_reads_sums_as_an_analysis_does(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text(SOURCES)
    night(path, tmp_path / "store")
    day = darksocial.day_report(tmp_path / "store", date(2026, 3, 1), now=lambda: NOW)
    with darksocial.analyze([str(path)], secret=SECRET) as analysis:
        report = analysis.report
    channels = {row.channel: (row.before, row.after, row.low, row.high) for row in day.channels}
    assert channels == {
        row.channel: (row.before, *map(pytest.approx, (row.after, row.low, row.high)))
        for row in report.channels
    }
    assert day.cannot_tell == report.cannot_tell
    assert day.counts.revenue == 8000.5 + 5400.25 + 900


def test_only_what_a_row_of_sums_can_hold_speaks_of_it() -> None:
    assert {name for name, signal in registry().items() if signal.reads_sums} == {
        "landing_page",
        "click_id_alone",
        "messenger_tag",
        "share_id",
    }
    assert not any(signal.nearby for signal in registry().values() if signal.reads_sums)


@pytest.mark.long
def test_a_world_of_sums_has_all_visits_and_its_count_lies_in_the_range(tmp_path: Path) -> None:
    usual = darksocial.simulate(tmp_path / "usual", days=4, visits=600).truth.read_text()
    for world, reason in ((SUMS, "sums_without_pages"), (SUMS_BY_PAGE, "sums")):
        made = darksocial.simulate(tmp_path / world, days=4, visits=600, world=world)
        assert made.truth.read_text() == usual
        report = report_on(made.logs[0].read_text())
        truth = [json.loads(line) for line in usual.splitlines()]
        visits = [row for row in truth if row["type"] == "visit"]
        direct = [row for row in visits if source_medium(row) == "(direct) / (none)"]
        found = report.dark_social
        assert reasons(report) == [reason]
        assert report.sessions == len(visits) == made.visits
        assert found.direct_sessions == len(direct)
        assert found.direct_low <= sum(map(is_dark_direct, visits)) <= found.direct_high
