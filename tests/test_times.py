"""Times whose format nobody names: what detection takes for a time, the parser reads."""

from datetime import datetime

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darksocial.grammar.times import CLOCK_TIMES, is_moment
from darksocial.parser.connection import prepare
from darksocial.parser.sql import auto_time

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
