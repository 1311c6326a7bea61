"""Rows that are for a whole period are spread over its days, and nothing is lost or added."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from darksocial.inputs.gaps import PERIOD_NOTE, missing_evidence
from darksocial.inputs.open import open_inputs
from darksocial.parser.periods import PART_LINES
from darksocial.settings import ReadSettings
from tests.nightly_runs import run, tables
from tests.test_lines import engine

PERIOD = "# Start date: 202603{first}\n# End date: 202603{last}\n"
MARCH = PERIOD.format(first="01", last="31")
COUNTS = ("weight", "pageviews", "conversions", "revenue")


def parts(file: Path, text: str, read: ReadSettings | None = None) -> list[dict[str, Any]]:
    """The hits of an export, with those that are parts of a row."""
    file.write_text(text, "utf-8")
    inputs = open_inputs([str(file)], read or ReadSettings())
    requests = engine().parse_requests(inputs, (), None)
    rows: list[dict[str, Any]] = engine().fetch(requests).to_pylist()
    return sorted((row for row in rows if row["reason"] is None), key=lambda row: int(row["line"]))


def days(rows: list[dict[str, Any]]) -> list[date]:
    return sorted(row["time"].date() for row in rows)


def sums(rows: list[dict[str, Any]]) -> dict[str, float]:
    return {name: sum(row[name] or 0 for row in rows) for name in COUNTS}


def test_a_row_of_a_month_is_spread_over_its_days(tmp_path: Path) -> None:
    header = "Landing page,Sessions,Views,Key events,Total revenue\n"
    text = f"{MARCH}{header}/a,1204,2500,17,100.5\n"
    rows = parts(tmp_path / "ga4.csv", text)
    assert days(rows) == [date(2026, 3, day) for day in range(1, 32)]
    expected = {"weight": 1204, "pageviews": 2500, "conversions": 17, "revenue": 100.5}
    assert sums(rows) == pytest.approx(expected, abs=1e-9)
    assert {row["weight"] for row in rows} == {38, 39}
    assert all(row["conversions"] == int(row["conversions"]) for row in rows)
    assert len({row["line"] for row in rows}) == len({row["session"] for row in rows}) == 31
    assert len({row["line"] % PART_LINES for row in rows}) == 1
    assert sum(row["lines"] for row in rows) == 1


def test_single_visits_do_not_fall_on_one_day(tmp_path: Path) -> None:
    pages = "".join(f"/page-{n},1,1\n" for n in range(310))
    rows = parts(tmp_path / "ga4.csv", f"{MARCH}Landing page,Sessions,Key events\n{pages}")
    assert sums(rows) == {"weight": 310, "pageviews": 0, "conversions": 310, "revenue": 0}
    by_day = Counter(days(rows))
    assert len(by_day) == 31
    assert max(by_day.values()) <= 25


DATED = "Date,Landing page,Sessions\n20260305,/a,9999\n"
PAGE = "Landing page,Sessions\n/a,{}\n"
SPREAD = {
    "no visits": (MARCH + PAGE.format(0), 1),
    "no period": ("# Start date: 20100101\n# End date: 99991231\n" + PAGE.format(9999), 1),
    "ends before it begins": (PERIOD.format(first="31", last="01") + PAGE.format(9999), 1),
    "a column of days": (MARCH + DATED, 1),
    "part of a visit": (MARCH + PAGE.format(0.5), 31),
}


@pytest.mark.parametrize(("text", "count"), SPREAD.values(), ids=SPREAD)
def test_what_is_spread_and_what_is_not(text: str, count: int, tmp_path: Path) -> None:
    rows = parts(tmp_path / "ga4.csv", text)
    assert len(rows) == count
    visits = float(text.splitlines()[-1].rpartition(",")[2])
    assert sum(row["weight"] for row in rows) == pytest.approx(visits)


def test_months_begin_and_end_with_the_period(tmp_path: Path) -> None:
    comments = "# Start date: 20260210\n# End date: 20260415\n"
    header = "Year month,Landing page,Session source / medium,Sessions\n"
    months = "202602,/a,x / y,190\n202603,/a,x / y,310\n202604,/a,x / y,150\n"
    rows = parts(tmp_path / "ga4.csv", comments + header + months)
    found = days(rows)
    assert (found[0], found[-1], len(found)) == (date(2026, 2, 10), date(2026, 4, 15), 65)
    assert {row["weight"] for row in rows} == {10}


def test_any_table_can_say_until_when_its_rows_are(tmp_path: Path) -> None:
    read = ReadSettings(map="date=from,last_day=to,url=page,weight=visits")
    text = "from,to,page,visits\n2026-03-02,2026-03-08,/a,14\n2026-03-09,2026-03-15,/a,7\n"
    rows = parts(tmp_path / "weeks.csv", text, read)
    assert Counter(row["weight"] for row in rows) == {2: 7, 1: 7}


def test_the_report_says_that_days_are_assumed(tmp_path: Path) -> None:
    for last, assumed in (("01", False), ("02", True)):
        comments = PERIOD.format(first="01", last=last).splitlines()
        file = tmp_path / "ga4.csv"
        file.write_text("\n".join([*comments, "Landing page,Sessions", "/a,2\n"]))
        [entry] = open_inputs([str(file)], ReadSettings()).read
        assert (PERIOD_NOTE in missing_evidence(entry.records)) == assumed


@pytest.mark.long
def test_a_month_to_date_is_spread_anew_each_night(tmp_path: Path) -> None:
    store, file = tmp_path / "store", tmp_path / "report.csv"
    for last, factor in (("02", 5), ("03", 12)):
        rows = "".join(f"/page/{n},{n * factor}\n" for n in range(1, 30))
        header = PERIOD.format(first="01", last=last)
        file.write_text(f"{header}Landing page,Sessions\n{rows}")
        entry = run([file], store).inputs[0]
    assert entry.replaced == 29
    sessions = tables(store)["sessions"]
    assert sessions.weight.sum() == sum(range(1, 30)) * 12
    assert sessions.started_at.dt.day.nunique() == 3
