"""Times whose format nobody names: what detection takes for a time, the parser reads."""

from datetime import datetime

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darksocial import data
from darksocial.formats.ga4_csv import TIME_FORMATS
from darksocial.grammar.days import is_day, months
from darksocial.grammar.headers import plain_header
from darksocial.grammar.times import CLOCK_TIMES, is_moment
from darksocial.parser.connection import prepare
from darksocial.parser.sql import auto_time, day_by

CONNECTION = duckdb.connect()
prepare(CONNECTION)


def moment(text: str) -> str | None:
    """Return what the parser reads, in UTC; a time without a zone is one hour before UTC."""
    query = f"SELECT ({auto_time('text', '+01:00')})::VARCHAR FROM (SELECT ? AS text)"
    found: list[tuple[str | None]] = CONNECTION.execute(query, [text]).fetchall()
    return found[0][0]


WRITTEN = [
    ("2026-05-04T08:00:00Z", "2026-05-04 08:00:00+00"),
    ("2026-05-04 10:00:00.5+02", "2026-05-04 08:00:00.5+00"),
    ("2026-05-04 09:00:00,250", "2026-05-04 08:00:00.25+00"),
    ("2026-05-04", "2026-05-03 23:00:00+00"),
    ("20260504", "2026-05-03 23:00:00+00"),
    ("20260504090000", "2026-05-04 08:00:00+00"),
    ("1777881600", "2026-05-04 08:00:00+00"),
    ("1777881600250", "2026-05-04 08:00:00.25+00"),
    ("[04/May/2026:10:00:00 +0200]", "2026-05-04 08:00:00+00"),
    ("[04/May/2026:10:00:00+0200]", "2026-05-04 08:00:00+00"),
    ("04/May/2026:09:00:00", "2026-05-04 08:00:00+00"),
    ("04/May/2026:09:00:00.250", "2026-05-04 08:00:00.25+00"),
    ("2026/05/04 09:00:00", "2026-05-04 08:00:00+00"),
    ("Mon, 04 May 2026 08:00:00 GMT", "2026-05-04 08:00:00+00"),
    ("Mon, 04 May 2026 10:00:00 +0200", "2026-05-04 08:00:00+00"),
    ("Mon May  4 09:00:00 2026", "2026-05-04 08:00:00+00"),
    ("Mon May  4 08:00:00 UTC 2026", "2026-05-04 08:00:00+00"),
    ("04 May 2026 09:00:00,250", "2026-05-04 08:00:00.25+00"),
]


@pytest.mark.parametrize(("text", "utc"), WRITTEN)
def test_times_that_are_read(text: str, utc: str) -> None:
    assert is_moment(text)
    assert moment(text) == utc


@pytest.mark.parametrize(
    "text",
    ["", "-", "now", "12", "0.031", "04/05/2026 09:00:00", "2026-05-04 at nine", "9:00", "4 May"],
)
def test_texts_that_are_no_times(text: str) -> None:
    assert not is_moment(text)


@settings(deadline=None)
@given(st.sampled_from(CLOCK_TIMES), st.datetimes(datetime(1980, 1, 1), datetime(2037, 1, 1)))
def test_every_form_is_read_as_detection_takes_it(form: str, time: datetime) -> None:
    text = time.strftime(form.replace("%z", "+0100").replace("%Z", "UTC"))
    assert is_moment(text)
    assert moment(text) is not None


DAYS = [
    ("12 mars 2026", "2026-03-12 00"),
    ("1er ao\u00fbt 2026", "2026-08-01 00"),
    ("12\u00a0d\u00e9c.\u202f2026", "2026-12-12 00"),
    ("Donnerstag, 12. M\u00e4rz 2026", "2026-03-12 00"),
    ("12 de marzo de 2026", "2026-03-12 00"),
    ("12 set 2026", "2026-09-12 00"),
    ("12 de mar\u00e7o de 2026", "2026-03-12 00"),
    ("12 mrt. 2026", "2026-03-12 00"),
    ("Mar 12, 2026", "2026-03-12 00"),
    ("Thursday, March 12th, 2026", "2026-03-12 00"),
    ("12 Mar 2026 7", "2026-03-12 07"),
    ("31 f\u00e9vrier 2026", None),
    ("12 foo 2026", None),
    ("12/03/2026", None),
]


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_days_in_words_are_read(text: str, day: str | None) -> None:
    day_sql = day_by("text", TIME_FORMATS)
    query = f"SELECT strftime({day_sql}, '%Y-%m-%d %H') FROM (SELECT ? AS text)"
    assert CONNECTION.execute(query, [text]).fetchone() == (day,)
    assert day is None or is_day(text, TIME_FORMATS)


def test_no_name_is_that_of_two_months() -> None:
    rows = data.read("month_names")
    assert len({(plain_header(row["name"]), row["month"]) for row in rows}) == len(months())
