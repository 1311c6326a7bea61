"""The same event counts once in a store, whichever night brings it and in whichever file."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from darksocial.schema import SCHEMA_VERSION
from darksocial.store.files.state import load
from darksocial.store.intake.events import DAYS_AROUND, EVENT_COLUMN
from darksocial.store.upkeep import verify
from darksocial.visits.visitors import ID_DIGITS
from tests.nightly_runs import run, tables

FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
PERSON, OTHER = "184.177", "184.178"


def ga4(user: str | None, at: timedelta, name: str = "page_view", **more: Any) -> str:
    """One event of an export of Google Analytics 4 for BigQuery."""
    moment = FIRST + at
    row: dict[str, Any] = {
        "event_date": f"{moment:%Y%m%d}",
        "event_timestamp": str(int(moment.timestamp() * 1e6)),
        "event_name": name,
        "event_params": [
            {"key": "page_location", "value": {"string_value": "https://www.example.org/a-story"}},
            {"key": "ga_session_id", "value": {"int_value": f"{moment:%Y%m%d}"}},
        ],
        "user_pseudo_id": user,
        **more,
    }
    return json.dumps(row) + "\n"


def bought(user: str | None, at: timedelta, order: str, amount: float = 50) -> str:
    ecommerce = {"transaction_id": order, "purchase_revenue": amount}
    return ga4(user, at, "purchase", ecommerce=ecommerce)


def night(store: Path, number: int, *events: str) -> int:
    """Take a file in; return how many of its hits the store held."""
    file = store.parent / f"events_{number}.jsonl"
    file.write_text("".join(events))
    return run([file], store, now=FIRST + timedelta(days=60 + number)).stored_before


def hit_files(store: Path) -> list[Path]:
    return sorted((store / "hits").glob("date=*/*.parquet"))


def stored(store: Path, column: str) -> list[Any]:
    """The values of a column of all stored hits that have one."""
    read = [pq.read_table(file, columns=[column], partitioning=None) for file in hit_files(store)]
    return [value for table in read for value in table.column(column).to_pylist() if value]


def test_a_transaction_that_a_later_night_brings_again_counts_once(tmp_path: Path) -> None:
    store, day = tmp_path / "store", timedelta(days=1)
    second = timedelta(seconds=1)
    views = [ga4(PERSON, timedelta(0)), ga4(OTHER, timedelta(0))]
    cookieless = bought(None, 2 * second, "T2", 3)
    first = [*views, bought(PERSON, second, "T1"), cookieless]
    assert night(store, 1, *first) == 0
    assert sorted(stored(store, "revenue")) == [3, 50]
    later = [
        ga4(PERSON, day),
        bought(PERSON, day + second, "T1"),  # the page of thanks was loaded anew
        bought(OTHER, day + second, "T1", 7),  # an id is that of its user
        bought(None, day, "T2", 11),  # without a user it is another one at another time
        cookieless.replace('"ecommerce"', '"device": {"category": "tablet"}, "ecommerce"'),
    ]
    assert night(store, 2, *later) == 2
    assert sorted(stored(store, "revenue")) == [3, 7, 11, 50]
    assert tables(store)["sessions"].revenue.sum() == 50
    assert verify(store, load(store)) == []
    hashes = stored(store, EVENT_COLUMN)
    assert len(hashes) == len(set(hashes)) == 4
    assert {len(text) for text in hashes} == {ID_DIGITS}
    assert set(stored(store, "schema_version")) == {SCHEMA_VERSION}
    assert not any(b"T1" in file.read_bytes() for file in hit_files(store))


@pytest.mark.long
def test_events_beyond_the_days_around_are_not_compared(tmp_path: Path) -> None:
    store = tmp_path / "store"
    for number, days in enumerate((0, DAYS_AROUND, DAYS_AROUND * 2 + 1)):
        at = timedelta(days=days)
        night(store, number, ga4(PERSON, at), bought(PERSON, at + timedelta(seconds=1), "T1"))
    assert stored(store, "revenue") == [50, 50]
