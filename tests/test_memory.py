"""Tables keep to a limit of memory: to the user's always, to the default as long as it will do."""

import numpy as np
import pyarrow as pa
import pytest

from darksocial import OutputError, Resources
from darksocial.engines import duckdb
from darksocial.engines.duckdb import DuckDBEngine

ROWS = 1_000_000
NUMBERS = pa.table({"n": np.arange(ROWS), "text": pa.array(f"text-{n:024}" for n in range(ROWS))})


def joined(engine: DuckDBEngine) -> int:
    """Join a table with itself, which has to be held in memory, and count the rows."""
    numbers = engine.load("numbers", NUMBERS)
    pairs = engine.stage("pairs", numbers.join(numbers.view(), "text"))
    return int(engine.fetch(pairs.agg(n=pairs.count())).column("n")[0].as_py())


def test_the_default_limit_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb, "TABLES_MEMORY_MB", 30)
    monkeypatch.setattr(duckdb, "MEMORY_MB_PER_THREAD", 1)
    engine = DuckDBEngine()
    assert joined(engine) == ROWS
    assert engine._limit_mb > 30
    engine.close()


def test_a_limit_of_the_user_is_kept() -> None:
    engine = DuckDBEngine(Resources(memory_limit="30MB"))
    with pytest.raises(OutputError, match="The memory limit is too low for the step"):
        joined(engine)
    engine.close()


@pytest.mark.parametrize(("threads", "limit"), [(2, "333.7 MiB"), (16, "1.8 GiB")])
def test_each_thread_has_what_it_needs(threads: int, limit: str) -> None:
    engine = DuckDBEngine(Resources(threads=threads))
    [(found,)] = engine._connection.sql("SELECT current_setting('memory_limit')").fetchall()
    assert found == limit
    engine.close()
