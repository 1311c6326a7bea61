"""Steps of the engine in the process: what it logs of them, and errors that name them."""

import logging
from collections.abc import Iterator

import ibis
import pyarrow as pa
import pytest

from darksocial.engines.duckdb import DuckDBEngine
from darksocial.errors import OutputError
from darksocial.settings import Resources


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    opened = DuckDBEngine(Resources(memory_limit="30MB", threads=1))
    yield opened
    opened.close()


def test_a_step_is_logged_with_its_sql_seconds_and_rows(
    engine: DuckDBEngine, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = engine.load("numbers", pa.table({"n": [1, 2, 3]}))
    with caplog.at_level(logging.DEBUG, "darksocial.engine"):
        engine.stage("large", numbers.filter(numbers.n > 1))
    begun, done = (record.__dict__["fields"] for record in caplog.records)
    assert begun["step"] == done["step"] == "large"
    assert '"n" > ' in begun["sql"]
    assert done["rows"] == 2
    assert 0 <= done["seconds"] < 60


def test_an_error_names_the_step(engine: DuckDBEngine) -> None:
    numbers = engine.load("numbers", pa.table({"n": pa.array(range(2000), pa.int64())}))
    other = numbers.view()
    pairs = numbers.cross_join(other.select(m=other.n))
    listed = pairs.aggregate(all_pairs=(pairs.n * 10_000 + pairs.m).cast("string").collect())
    with pytest.raises(OutputError, match="step everything"):
        engine.stage("everything", listed)
    assert engine.fetch(numbers.aggregate(rows=ibis._.count())).to_pylist() == [{"rows": 2000}]
