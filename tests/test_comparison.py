"""Two results beside each other: days, counts, and what explains the difference."""

import json
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from darksocial import compare
from darksocial.cli._main import darksocial as group
from darksocial.errors import UsageError
from darksocial.schema import SESSIONS
from tests.stores import DAY, Visits, write_day, write_usual

GA4 = Path(__file__).parent.parent / "sample_logs" / "exports" / "ga4_csv.csv"
USUAL = (Visits("/a", 30, 0.5, "whatsapp"), Visits("/b", 20, 0.1))
MORE = (*USUAL, Visits("/c", 15, 0.9, "telegram"))
WEEK = 7


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`first` has two weeks, `second` the last days of them, without one, and more visits."""
    folder = tmp_path_factory.mktemp("stores")
    write_usual(folder / "first", 2 * WEEK, USUAL)
    for before in (4, 2, 1):
        write_day(folder / "second", DAY - timedelta(days=before), MORE)
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, ["compare", *(str(each) for each in arguments)])


def test_both_are_cut_to_the_days_that_they_share(stores: Path) -> None:
    compared = compare(stores / "first", stores / "second")
    assert compared.is_cut
    for side in (compared.first, compared.second):
        assert (side.since, side.until) == (DAY - timedelta(days=4), DAY - timedelta(days=1))
    assert (compared.first.visits, compared.second.visits) == (4 * 50, 3 * 65)
    assert (compared.first.days_without, compared.second.days_without) == (0, 1)
    assert compared.first.dark.expected == pytest.approx(4 * 17)


def test_the_lines_account_for_the_whole_difference(stores: Path) -> None:
    compared = compare(stores / "first", stores / "second")
    [direct] = [row for row in compared.channels if row.channel == "Direct"]
    others = [row.second - row.first for row in compared.channels if row.channel != "Direct"]
    in_all = compared.second.visits - compared.first.visits
    assert direct.second - direct.first == in_all - sum(others)
    first, second = stores / "first", stores / "second"
    assert compared.explained == (
        f"{first} counts 200 visits as Direct, {second} 195.",
        f"{first} has 5 visits more in all than {second}.",
    )


def test_a_week_is_compared_with_the_week_before(stores: Path) -> None:
    middle = DAY - timedelta(days=WEEK)
    weeks = [
        f"{stores / 'first'}@{middle - timedelta(days=WEEK)}..{middle - timedelta(days=1)}",
        f"{stores / 'first'}@{middle}..{DAY - timedelta(days=1)}",
    ]
    done = run(*weeks)
    assert done.exit_code == 0, done.output
    text = " ".join(done.output.split())
    assert "which share no day" in text
    assert "visits 350 350 0" in text


def test_what_shares_no_day_is_refused(stores: Path, tmp_path: Path) -> None:
    write_day(tmp_path / "later", DAY + timedelta(days=1), USUAL)
    with pytest.raises(UsageError, match="share no day"):
        compare(stores / "first", tmp_path / "later")
    with pytest.raises(UsageError, match="names no days"):
        compare(f"{stores / 'first'}@2026-02-30", stores / "second")
    with pytest.raises(UsageError, match="ends before it begins"):
        compare(f"{stores / 'first'}@2026-03-07..2026-03-01", stores / "second")


@pytest.mark.long
def test_an_export_is_analysed_first() -> None:
    """Beside itself nothing differs. Its sums have no days: they are those behind it."""
    march = f"{GA4}@2026-03-01..2026-03-31"
    done = run(march, march, "--report", "json")
    assert done.exit_code == 0, done.output
    compared = json.loads(done.output)
    assert compared["first"]["visits"] == compared["second"]["visits"] > 0
    assert all(row["first"] == row["second"] for row in compared["channels"])
    gaps = [line for line in compared["explained"] if line.startswith(f"{march}: ")]
    assert len(gaps) == 2 * len(set(gaps)) > 0
    assert (compared["first"]["since"], compared["first"]["until"]) == ("2026-03-01", "2026-03-31")


def test_sums_without_days_have_to_say_theirs(stores: Path, tmp_path: Path) -> None:
    """All of them would be those of the first day."""
    folder = tmp_path / "sums"
    write_day(folder, DAY, (Visits("/a", 1, 0.5),))
    [file] = folder.glob("sessions/*/*.parquet")
    rows = pq.read_table(file).set_column(
        SESSIONS.names.index("weight"), "weight", pa.array([900.0])
    )
    pq.write_table(rows.cast(SESSIONS.arrow), file)
    with pytest.raises(UsageError, match="sums without days"):
        compare(folder, stores / "first")
    since, until = DAY - timedelta(days=3), DAY - timedelta(days=1)
    compared = compare(f"{folder}@{since}..{until}", stores / "first")
    assert (compared.first.since, compared.second.until) == (since, until)
    assert (compared.first.visits, compared.second.visits) == (1, 150)
