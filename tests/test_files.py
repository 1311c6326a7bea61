"""Files to go on working with: CSV, Excel and DuckDB, of an analysis and of a day."""

import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import darksocial
from darksocial import DarkSocialError, OutputError, UsageError
from darksocial.cli._main import darksocial as program
from darksocial.outputs.files import csv_folder, workbook
from darksocial.outputs.files.contents import Contents, Rows
from darksocial.outputs.files.views import VIEWS
from darksocial.report.frames import tables_of
from darksocial.report.values import Report
from darksocial.results.ownership import CSV_FOLDER
from darksocial.schema import SESSIONS, SHARES
from darksocial.store.daily import DayReport, day_report
from tests.generate.pages import DOCS
from tests.logs import ARTICLE, Hit
from tests.stores import DAY, Visits, days_before, write_day

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULA = "=HYPERLINK(A1)"
PREVIEW = "WhatsApp/2.25.31.77 A"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every file of one analysis, made by the command."""
    folder = tmp_path_factory.mktemp("made")
    hits = [Hit(n, ip=f"192.0.2.{n}") for n in range(1, 9)]
    hits += [Hit(0, agent=PREVIEW), Hit(9, "/a?utm_source=x&utm_campaign=spring", ip="192.0.2.9")]
    hits += [Hit(10, "/b?utm_campaign=%3DHYPERLINK(A1)&utm_source=x", ip="192.0.2.10")]
    (folder / "access.log").write_text("".join(f"{hit.line}\n" for hit in hits))
    kinds = {"csv": "tables", "xlsx": "report.xlsx", "duckdb": "site.duckdb"}
    files = [f"--output={kind}={folder / name}" for kind, name in kinds.items()]
    log, out = str(folder / "access.log"), str(folder / "out")
    done = CliRunner().invoke(
        program, ["analyze", log, "--out", out, "--site", "example.org", "-q", *files]
    )
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def summary(made: Path) -> dict[str, list[dict[str, object]]]:
    content: dict[str, list[dict[str, object]]] = json.loads(
        (made / "out" / "summary.json").read_text()
    )
    return content


def sheets(path: Path) -> dict[str, list[list[tuple[str, str]]]]:
    """The rows of each sheet of a workbook; a cell is its type and its text."""
    with zipfile.ZipFile(path) as book:
        names = [s.get("name", "") for s in ElementTree.fromstring(book.read("xl/workbook.xml"))
                 .iter(f"{SHEET}sheet")]  # fmt: skip
        return {
            name: list(_rows(book.read(f"xl/worksheets/sheet{number}.xml")))
            for number, name in enumerate(names, 1)
        }


def _rows(xml: bytes) -> Iterator[list[tuple[str, str]]]:
    for row in ElementTree.fromstring(xml).iter(f"{SHEET}row"):
        yield [(c.get("t", "n"), "".join(c.itertext())) for c in row.iter(f"{SHEET}c")]


def test_csv_has_every_table_with_the_numbers_of_the_summary(
    made: Path, summary: dict[str, list[dict[str, object]]]
) -> None:
    folder = made / "tables"
    expected = {name for name, _kind in tables_of(Report)} | {"about", "sessions", "shares"}
    assert {path.stem for path in folder.glob("*.csv")} == expected
    channels = pd.read_csv(folder / "channels.csv").set_index("channel")
    for row in summary["channels"]:
        for name in ("before", "after", "low", "high"):
            assert channels.loc[row["channel"], name] == pytest.approx(row[name], abs=1e-6)
    sessions = pd.read_csv(folder / "sessions.csv", parse_dates=["started_at"])
    written = pq.read_table(made / "out" / "sessions").to_pandas()
    assert list(sessions) == SESSIONS.names
    assert list(sessions.session_id) == list(written.sort_values("started_at").session_id)
    assert str(sessions.started_at.dt.tz) == "UTC"
    assert sessions.evidence.str.contains(r"\(\+\d").any()


def test_a_formula_is_a_text_in_csv_and_in_a_workbook(made: Path) -> None:
    sessions = pd.read_csv(made / "tables" / "sessions.csv")
    assert f"'{FORMULA}" in set(sessions.utm_campaign)
    for rows in sheets(made / "report.xlsx").values():
        assert all(kind in ("inlineStr", "n", "b") for row in rows for kind, _text in row)
    cells = [cell for row in sheets(made / "report.xlsx")["sessions"] for cell in row]
    assert ("inlineStr", FORMULA) in cells
    with zipfile.ZipFile(made / "report.xlsx") as book:
        assert b'quotePrefix="1"' in book.read("xl/styles.xml")


def test_a_workbook_has_numbers_dates_charts_and_a_heading_in_sight(
    made: Path, summary: dict[str, list[dict[str, object]]]
) -> None:
    book = sheets(made / "report.xlsx")
    assert [cell for _kind, cell in book["channels"][0]] == [
        "channel", "before", "after", "low", "high",
    ]  # fmt: skip
    assert [float(row[1][1]) for row in book["channels"][1:]] == [
        row["before"] for row in summary["channels"]
    ]
    started = book["sessions"][0].index(("inlineStr", "started_at"))
    assert book["sessions"][1][started - 1][0] == "n", "without a site, one cell less"
    with zipfile.ZipFile(made / "report.xlsx") as files:
        names = files.namelist()
        assert b'state="frozen"' in files.read("xl/worksheets/sheet2.xml")
    assert sum("charts/chart" in name for name in names) == 2


def test_a_database_has_views_that_agree_with_the_report(
    made: Path, summary: dict[str, list[dict[str, object]]]
) -> None:
    with duckdb.connect(str(made / "site.duckdb"), read_only=True) as site:
        for view in VIEWS:
            table = site.sql(f"FROM {view.contract.name}").to_arrow_table()
            types = [(field.name, field.type) for field in table.schema]
            assert types == [(field.name, field.type) for field in view.contract.fields]
            for field in view.contract.fields:
                assert field.null or table[field.name].null_count == 0, field.name
        by_channel = site.sql(
            "SELECT channel, sum(booked), sum(estimated) FROM channels_daily GROUP BY channel"
        ).fetchall()
        assert {name: (booked, after) for name, booked, after in by_channel} == {
            row["channel"]: pytest.approx((row["before"], row["after"]), abs=1e-6)
            for row in summary["channels"]
        }
        assert site.sql("SELECT campaign FROM campaigns ORDER BY 1").fetchall() == [
            (FORMULA,), ("spring",),
        ]  # fmt: skip
        assert site.sql("SELECT path, app, shares FROM shares").fetchall() == [
            (ARTICLE, "whatsapp", 1)
        ]
        assert site.sql("SELECT path, sessions FROM pages LIMIT 1").fetchall() == [(ARTICLE, 8)]
        columns = site.sql("SELECT column_name FROM duckdb_columns() WHERE table_name='sessions'")
        assert [name for (name,) in columns.fetchall()] == SESSIONS.names


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> DayReport:
    store = tmp_path_factory.mktemp("store")
    for each in [*days_before(2), DAY]:
        write_day(store, each, [Visits("/a/", 3, p=0.5), Visits("/b/", 1, app="whatsapp")])
    return day_report(store, DAY, now=lambda: datetime(2026, 4, 2, tzinfo=UTC))


@pytest.mark.parametrize("kind", ["csv", "duckdb", "xlsx"])
def test_a_day_of_a_store_is_saved_with_its_own_visits(
    day: DayReport, tmp_path: Path, kind: str
) -> None:
    place = tmp_path / "place"
    for _again in range(2):
        darksocial.save(day, kind, place)
        [left] = tmp_path.iterdir()
        assert left == place
    match kind:
        case "csv":
            assert len(pd.read_csv(place / "sessions.csv")) == 4
            assert pd.read_csv(place / "pages.csv").dark.sum() == pytest.approx(2.5)
            assert {path.name for path in place.glob("*.csv")} <= set(CSV_FOLDER.tables)
        case "duckdb":
            with duckdb.connect(str(place), read_only=True) as site:
                dark = site.sql("SELECT sum(dark_social), min(day), max(day) FROM apps_daily")
                assert dark.fetchall() == [(pytest.approx(2.5), DAY, DAY)]
        case "xlsx":
            assert len(sheets(place)["sessions"]) == 5


def contents(**tables: pa.Table) -> Contents:
    empty = {
        contract.name: Rows(contract.arrow, contract.arrow.empty_table().to_batches)
        for contract in (SESSIONS, SHARES)
    }
    nothing = pa.table({"channel": pa.array([], pa.string()), "label": [], "before": []})
    return Contents((), {"channels": nothing, "apps": nothing, **tables}, **empty)


def test_what_excel_cannot_hold_is_a_text_or_empty(tmp_path: Path) -> None:
    table = pa.table(
        {
            "number": [1.5, float("nan"), float("inf")],
            "day": pa.array([datetime(1899, 1, 1), None, datetime(2026, 3, 2)], pa.date32()),
            "text": ["x" * 40_000, "+1", "\x1b[1m"],
        }
    )
    workbook.write(contents(odd=table), tmp_path / "odd.xlsx")
    first, second, third = sheets(tmp_path / "odd.xlsx")["odd"][1:]
    assert [kind for kind, _text in first] == ["n", "inlineStr", "inlineStr"]
    assert first[1][1] == "1899-01-01"
    assert len(first[2][1]) == workbook.MAX_CHARACTERS
    assert second == [("inlineStr", "+1")]
    assert [text for _kind, text in third] == ["46083", "_x001B_[1m"]


def test_rows_beyond_a_sheet_are_in_a_further_one(tmp_path: Path) -> None:
    many = pa.table({"n": [1, 2, 3, 4, 5]})
    workbook.write(contents(many=many), tmp_path / "many.xlsx", max_rows=3)
    book = sheets(tmp_path / "many.xlsx")
    assert [name for name in book if "many" in name] == ["many", "many 2", "many 3"]
    numbers = [[text for _kind, text in row] for row in book["many 2"]]
    assert numbers == [["n"], ["3"], ["4"]]
    assert workbook.MAX_ROWS == 2**20


@pytest.mark.parametrize("name", ["channels.csv", "notes.txt"])
def test_a_folder_of_others_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(OutputError, match="holds something that darksocial did not write"):
        csv_folder.write(contents(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_others_put_beside_csv_files_stays(tmp_path: Path) -> None:
    csv_folder.write(contents(), tmp_path / "tables")
    (tmp_path / "tables" / "mine.csv").write_text("mine")
    csv_folder.write(contents(), tmp_path / "tables")
    assert (tmp_path / "tables" / "mine.csv").read_text() == "mine"


def test_what_cannot_be_saved_is_refused(day: DayReport, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="`kind` is 'xls'") as refused:
        darksocial.save(day, "xls", tmp_path / "x")
    assert "the nearest is xlsx" in (refused.value.expected or "")
    with pytest.raises(UsageError, match="`kind` is 'terminal'"):
        darksocial.save(day, "terminal", tmp_path / "x")
    with pytest.raises(DarkSocialError):
        darksocial.save(day, "duckdb", tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("output", "expected"),
    [("csv", "csv=DIR"), ("xlsx", "xlsx=FILE"), ("excel=f", "a KIND that is one of csv, duckdb")],
)
def test_a_file_form_without_a_place_is_one_sentence(output: str, expected: str) -> None:
    with pytest.raises(UsageError) as refused:
        CliRunner().invoke(program, ["report", "store", "--output", output], catch_exceptions=False)
    assert expected in (refused.value.expected or "")
    assert "--report" not in (refused.value.advice or "")


def test_the_recipes_run_as_they_are_written(
    made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(made)
    (made / "darksocial-store").symlink_to("out")
    (made / "darksocial-out").symlink_to("out")
    page = (DOCS / "integrations.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    for block in blocks:
        exec(block, names := {})
    assert names["dark"].sum() > 1
    assert "dark_social" in capsys.readouterr().out
    assert len(blocks) == 3
