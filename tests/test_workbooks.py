"""Excel files as inputs: the first sheet is read as a CSV is."""

import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

import darksocial
from darksocial.errors import InputError
from darksocial.inputs.open import open_inputs
from darksocial.inputs.recognise import recognise
from darksocial.outputs import catalogue
from darksocial.privacy.identifiers import NOTHING_KEPT
from darksocial.reading.workbook import first_sheet, is_workbook
from darksocial.settings import ReadSettings

REPORT = [
    ["Traffic of March"],
    [],
    ["Date", "Session source / medium", "Sessions", "Total revenue"],
    [date(2026, 3, 2), "google / organic", 12, 1204.5],
    [date(2026, 3, 3), "(direct) / (none)", 1204],
]
LINE = '192.0.2.1 - - [02/Mar/2026:08:14:05 +0000] "GET /a HTTP/1.1" 200 5 "-" "Mozilla/5.0"'


def workbook(path: Path, rows: list[list[Any]], *others: str) -> Path:
    """An Excel file whose first sheet, Traffic, has these rows, with others behind it."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Traffic"
    for row in rows:
        sheet.append(row)
    for name in others:
        book.create_sheet(name).append(["Date", "Sessions"])
    book.save(path)
    return path


def lines(path: Path) -> list[str]:
    with path.open("rb") as file:
        return list(first_sheet(file).lines)


CELLS = {
    "nothing": (None, ""),
    "text": ("a, b", '"a, b"'),
    "two lines": ("a\r\nb", "a b"),
    "yes": (True, "true"),
    "count": (1204, "1204"),
    "whole decimal": (1204.0, "1204"),
    "three decimals are no thousands": (1.204, "1.2040"),
    "small": (0.0000012, "0.0000012"),
    "day": (date(2026, 3, 2), "2026-03-02"),
    "moment": (datetime(2026, 3, 2, 8, 14, 5), "2026-03-02T08:14:05"),
    "midnight": (datetime(2026, 3, 2), "2026-03-02T00:00:00"),
    "time of day": (time(8, 14), "08:14:00"),
    "duration": (timedelta(seconds=83), "0:01:23"),
}


@pytest.mark.parametrize(("value", "text"), CELLS.values(), ids=CELLS)
def test_a_cell_is_written_as_in_a_csv(tmp_path: Path, value: object, text: str) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a", "b", "c"], [1, value, 2]])
    assert lines(path) == ["a,b,c", f"1,{text},2"]


def test_titles_are_comments_and_rows_are_as_wide_as_the_header(tmp_path: Path) -> None:
    assert lines(workbook(tmp_path / "a.xlsx", REPORT)) == [
        "# Traffic of March",
        "",
        "Date,Session source / medium,Sessions,Total revenue",
        "2026-03-02,google / organic,12,1204.5",
        "2026-03-03,(direct) / (none),1204,",
    ]


def test_the_comments_of_a_report_stay_comments(tmp_path: Path) -> None:
    rows = [["# Start date: 20260301"], ["a", "b"], [1, 2], [], ["# Another"], ["a", "b"], ["x"]]
    expected = ["# Start date: 20260301", "a,b", "1,2", "", "# Another", "a,b", "x,"]
    assert lines(workbook(tmp_path / "a.xlsx", rows)) == expected


def test_the_first_sheet_is_read_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = workbook(tmp_path / "report.xlsx", REPORT, "Pages", "Notes")
    text = tmp_path / "report.csv"
    text.write_text("\n".join(lines(path)))
    with darksocial.parse(path) as hits, darksocial.parse(text) as expected:
        assert hits.table().num_rows == 2
        assert hits.table().drop_columns(["file"]) == expected.table().drop_columns(["file"])
        assert hits.tallies[0].format == "ga4_csv in xlsx, Traffic"
        assert (hits.tallies[0].counts.lines, hits.tallies[0].counts.blanks) == (5, 3)
    catalogue.show_recognised(recognise(path), NOTHING_KEPT)
    said = capsys.readouterr().out
    assert "(csv in xlsx)" in said
    assert "reads the first sheet, Traffic, and not 2 others" in said


def test_lines_of_a_log_in_one_column_are_read(tmp_path: Path) -> None:
    inputs = open_inputs([str(workbook(tmp_path / "log.xlsx", [[LINE]] * 3))], ReadSettings())
    assert [entry.format for entry in inputs.read] == ["combined in xlsx, Traffic"]


def test_an_excel_file_in_an_archive_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "report.xlsx", REPORT)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(path, "march.xlsx")
    path.unlink()
    [entry] = open_inputs([str(tmp_path)], ReadSettings()).read
    assert (Path(entry.name).name, entry.parsing.name) == ("march.xlsx", "ga4_csv")


def test_an_excel_file_that_is_damaged_is_named_once(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for part in ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            archive.writestr(part, "<x/>")
    with path.open("rb") as file:
        assert is_workbook(file)
    with pytest.raises(InputError, match="this is an Excel file that is damaged") as raised:
        open_inputs([str(path)], ReadSettings())
    assert raised.value.problem.count("Excel") == 1
    assert recognise(path)[0].damage


def test_a_part_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "bomb.xlsx", REPORT)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/large.bin", "w") as part,
    ):
        for _block in range(257):
            part.write(bytes(1 << 20))
    with path.open("rb") as file, pytest.raises(ValueError, match="a part of more than 256 MiB"):
        first_sheet(file)
