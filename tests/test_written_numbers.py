"""Numbers in exports: read as the file itself writes them, else a reject, never another number."""

from pathlib import Path

import pytest

from tests.exported import exported_rows

UNREADABLE = "the number cannot be read"
MAP = {"date": "day", "url": "page", "weight": "visits", "revenue": "sales"}

# Each file: its rows of visits and sales, and what they are (None: no number, None as row: reject).
FILES = {
    "English": ([("1,204", "$2,459.60"), ("80", "12")], [(1204, 2459.6), (80, 12)]),
    "German": ([("1.204", "2.459,60 €"), ("80", "1.500")], [(1204, 2459.6), (80, 1500)]),
    "French": (
        [("1\u202f204", "2\u202f459,6"), ("80", "1\u00a0500 EUR")],
        [(1204, 2459.6), (80, 1500)],
    ),
    "Swiss": ([("1'204", "CHF 2\u2019459.60"), ("3", "0")], [(1204, 2459.6), (3, 0)]),
    "negative": ([("5", "\u221212.5"), ("5", "-1,000.25")], [(5, -12.5), (5, -1000.25)]),
    "a count shows it": ([("1,204", "1,500"), ("80", "12")], [(1204, 1500), (80, 12)]),
    "plain": ([("1204", "120.5"), ("80", "1e3")], [(1204, 120.5), (80, 1000)]),
    "nothing shows it": (
        [("80", "1,500"), ("81", "1.500"), ("82", "15")],
        [None, None, (82, 15)],
    ),
    "both marks": ([("1.204", "0.5"), ("80", "0,5")], [None, (80, 0.5)]),
    "words": ([("many", "1"), ("12%", "1"), ("7", "free")], [None, None, None]),
    "no number": ([("", "1"), ("(not set)", "1"), ("7", ""), ("8", "NaN")], [None, None, 7, 8]),
    "groups": ([("1,20,4", "0"), ("1,204,000", "0")], [None, (1204000, 0)]),
}


@pytest.mark.parametrize("name", FILES)
def test_numbers_are_read_by_the_convention_of_their_file(name: str, tmp_path: Path) -> None:
    cells, expected = FILES[name]
    lines = [f'2026-03-02,/p,"{visits}","{sales}"' for visits, sales in cells]
    rows = exported_rows(tmp_path / "own.csv", "\n".join(["day,page,visits,sales", *lines]), **MAP)
    assert [
        None
        if row.get("reason") == UNREADABLE
        else (row["weight"], row["revenue"])
        if "revenue" in row
        else row["weight"]
        for row in rows
    ] == expected


def test_another_column_shows_what_comes_before_decimals(tmp_path: Path) -> None:
    text = 'day,page,rate,sales\n2026-03-02,/p,"68,1 %","1.500"\n'
    [row] = exported_rows(tmp_path / "own.csv", text, date="day", url="page", revenue="sales")
    assert row["revenue"] == 1500


def test_a_number_of_json_has_a_point(tmp_path: Path) -> None:
    text = '{"day":"2026-03-02","page":"/p","visits":1.204,"sales":1.5e3}\n'
    [row] = exported_rows(tmp_path / "own.jsonl", text, **MAP)
    assert (row["weight"], row["revenue"]) == (1.204, 1500)


@pytest.mark.parametrize("revenue", ["inf", "1e400", "1e15", "-inf"])
def test_a_number_without_bounds_is_none(revenue: str, tmp_path: Path) -> None:
    text = f"day,page,visits,sales\n2026-03-02,/p,1,{revenue}\n"
    [row] = exported_rows(tmp_path / "own.csv", text, **MAP)
    assert row["reason"] == UNREADABLE
