"""Days of a store together, and a choice of their visits: reports, pages, files."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from darksocial import Breakdown, Selection
from darksocial.cli._main import darksocial as group
from darksocial.errors import InputError, UsageError
from darksocial.report.page import page_facts
from darksocial.report.selected import stored_report
from darksocial.report.summary_json import read_report
from darksocial.schema import SCHEMA_VERSION, SUMMARY_VERSION
from tests.stores import DAY, Visits, write_day, write_usual

USUAL = (Visits("/a", 30, 0.5, "whatsapp"), Visits("/b", 20, 0.1, hour=22))
LAST = (Visits("/a", 40, 0.5, "whatsapp", conversions=1), Visits("/c", 10, 0.9, "telegram"))
DAYS = 4


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days that are alike, and one that is not."""
    folder = tmp_path_factory.mktemp("store")
    write_usual(folder, DAYS - 1, USUAL)
    write_day(folder, DAY, LAST)
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(each) for each in arguments])


def test_days_are_put_together(store: Path) -> None:
    report = stored_report(store)
    dark = report.dark_social
    assert report.sessions == 200
    assert dark.direct_sessions == 200
    assert dark.expected == pytest.approx(3 * (15 + 2) + 20 + 9)
    assert [(row.path, row.sessions, row.dark) for row in report.pages] == [
        ("/a", 130, pytest.approx(65)),
        ("/c", 10, pytest.approx(9)),
        ("/b", 60, pytest.approx(6)),
    ]
    assert [(row.app, row.expected) for row in report.apps] == [
        ("whatsapp", pytest.approx(65)),
        ("telegram", pytest.approx(9)),
        (None, pytest.approx(6)),
    ]
    assert [row.before for row in report.conversions if row.channel == "Direct"] == [40]


def test_intervals_do_not_simply_add_up(store: Path) -> None:
    """What all days have in common adds up, and the chance of single visits evens out."""
    dark = stored_report(store).dark_social
    days = [
        read_report(path).dark_social for path in sorted(store.glob("reports/date=*/summary.json"))
    ]
    widths = [day.high - day.low for day in days]
    assert np.sqrt(np.sum(np.square(widths))) < dark.high - dark.low < np.sum(widths)
    of_day = stored_report(store, Selection(DAY, DAY)).dark_social
    assert of_day == days[-1]


def test_visitors_are_counted_once(store: Path) -> None:
    """In the small store the visitors of each day have the same ids."""
    assert stored_report(store).visitors == 60


def test_a_choice_of_visits_is_that_of_an_analysis(store: Path) -> None:
    only = stored_report(store, Selection(only=(("path", "/b"),)))
    assert (only.sessions, only.dark_social.expected) == (60, pytest.approx(6))
    assert only.filter
    assert only.filter.sessions == 200
    late = Selection(since=f"{DAY - timedelta(days=1)}T22:00+00:00", until=DAY)
    assert stored_report(store, late).sessions == 20 + 50
    by_day = stored_report(store, Selection(), Breakdown("day")).groups.rows
    assert [row.sessions for row in by_day] == [50, 50, 50, 50]
    assert sum(row.dark for row in by_day) == pytest.approx(80)
    by_app = stored_report(store, Selection(), Breakdown("app", 1)).groups.rows
    assert [(row.name, row.others, row.sessions) for row in by_app] == [
        ("whatsapp", 0, 130),
        (None, 2, 70),
    ]


def test_days_that_a_store_lacks_are_refused(store: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none of the days"):
        stored_report(store, Selection(until="2025-01-01"))
    with pytest.raises(InputError, match="no sessions"):
        stored_report(tmp_path)


def test_the_report_and_the_page_of_days(store: Path, tmp_path: Path) -> None:
    first = DAY - timedelta(days=1)
    page, folder = tmp_path / "days.html", tmp_path / "tables"
    done = run(
        *("report", store, "--since", first, "--by", "day"),
        *("--output", f"html={page}", "--output", f"csv={folder}"),
    )
    assert done.exit_code == 0, done.output
    assert "Of 100 visits booked as Direct" in " ".join(done.output.split())
    assert str(first) in done.output
    assert "Visits by day" in done.output
    assert "Of 100 visits booked as Direct" in page.read_text("utf-8")
    assert len((folder / "sessions.csv").read_text("utf-8").splitlines()) == 101
    again, tables = tmp_path / "again.html", tmp_path / "again"
    done = run(
        *("page", store, "-o", again, "--output", f"csv={tables}"),
        *("--since", first, "--by", "day"),
    )
    assert (done.exit_code, done.output) == (0, "")
    assert again.read_text("utf-8") == page.read_text("utf-8")
    written = {file.name: file.read_text("utf-8") for file in folder.iterdir()}
    assert {file.name: file.read_text("utf-8") for file in tables.iterdir()} == written


def test_tables_of_a_page_without_paths_are_refused(store: Path, tmp_path: Path) -> None:
    done = run("page", store, "-o", f"csv={tmp_path / 'tables'}", "--no-paths")
    assert "its tables would hold them" in str(done.exception)
    assert not list(tmp_path.iterdir())


def test_the_page_of_a_day_of_a_store(store: Path, tmp_path: Path) -> None:
    page = tmp_path / "day.html"
    done = run("report", store, "--day", DAY, "--output", f"html={page}", "--report", "none")
    assert done.exit_code == 0, done.output
    assert "Of 50 visits booked as Direct" in page.read_text("utf-8")
    facts = page_facts(store, Selection(DAY, DAY))
    assert [row.start for row in facts.periods] == [DAY]
    assert facts.periods[0].dark.expected == pytest.approx(29)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--day", DAY, "--since", "7d"), "one whole day"),
        (("--since", "7d", "--before", "last-non-direct"), "only the report of a day"),
        (("--since", "7d", "--report", "prometheus"), "no form prometheus"),
    ],
)
def test_what_days_together_do_not_have(
    store: Path, arguments: tuple[object, ...], says: str
) -> None:
    done = run("report", store, *arguments)
    assert says in str(done.exception)


def test_costs_are_those_of_all_visits(store: Path, tmp_path: Path) -> None:
    costs = tmp_path / "costs.csv"
    costs.write_text("date,campaign,cost\n2026-03-30,a,1\n", "utf-8")
    page = tmp_path / "page.html"
    done = run("page", store, "-o", page, "--since", "2d", "--costs", costs)
    assert "Costs are set against all visits" in str(done.exception)
    assert not page.exists()


def test_days_of_another_version_are_refused(store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    write_day(folder, DAY, USUAL)
    [report] = folder.glob("reports/*/summary.json")
    content = report.read_text("utf-8")
    current, earlier = (f'"schema_version": {n}' for n in (SCHEMA_VERSION, SUMMARY_VERSION - 1))
    report.write_text(content.replace(current, earlier), "utf-8")
    assert len(list(pq.ParquetDataset(folder / "sessions").files)) == 1
    with pytest.raises(InputError, match=f"schema version {SUMMARY_VERSION - 1}"):
        stored_report(folder)
