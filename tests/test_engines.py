"""What any engine does: each test runs on every engine of the registry.

Results of whole analyses are compared in test_spark.py; here is the contract of `Engine`, piece by
piece, as a new engine has to fulfil it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from darksocial.engines import Engine, Written, count_lines, open_engine, registry
from darksocial.errors import UsageError
from darksocial.expressions import ibis, ir, parameter
from darksocial.inputs.accounts import Inputs
from darksocial.inputs.open import open_inputs
from darksocial.parser.hits import PARSED
from darksocial.parser.sums import REQUESTS
from darksocial.privacy.identifiers import Privacy
from darksocial.schema import TIME, Contract, Field
from darksocial.settings import Goal, ReadSettings, Resources
from tests.logs import Hit, asset
from tests.sparks import needs_spark, session

pytestmark = [
    # No rows go through pandas here.
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

NEEDS = {"spark": needs_spark}
ENGINES = [pytest.param(name, marks=[NEEDS[name]] if name in NEEDS else []) for name in registry()]
MOMENT = datetime(2026, 3, 2, 8, 0, 0, 123456, UTC)
ROWS = pa.table(
    {
        "n": pa.array([3, 1, 2, None], pa.int64()),
        "small": pa.array([1, None, 3, 4], pa.int32()),
        "part": pa.array([0.5, None, 1e300, -0.0]),
        "text": pa.array(["ä", "", None, "a'b\\c\n"]),
        "yes": pa.array([True, False, None, True]),
        "time": pa.array([MOMENT, None, MOMENT, MOMENT], TIME),
    }
)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param in NEEDS:
        session()
    opened = open_engine(Resources(engine=request.param))
    yield opened
    opened.close()


def rows_of(engine: Engine, table: ir.Table, *order: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = engine.fetch(table.order_by(list(order))).to_pylist()
    return rows


def test_what_is_loaded_comes_back(engine: Engine) -> None:
    table = engine.load("values", ROWS)
    found = engine.fetch(table).sort_by("text")
    assert found.schema.equals(ROWS.schema)
    assert found.to_pylist() == ROWS.sort_by("text").to_pylist()


@pytest.mark.parametrize("rows", [0, 1, 100_000])
def test_batches_come_in_order(engine: Engine, rows: int) -> None:
    table = engine.load("many", pa.table({"n": pa.array(range(rows), pa.int64())}))
    batches = list(engine.batches(table.order_by(table.n.desc())))
    assert [n for batch in batches for n in batch.column("n").to_pylist()] == [*range(rows)][::-1]
    assert all(batch.num_rows <= 50_000 for batch in batches)


def test_a_name_may_be_given_again(engine: Engine, tmp_path: Path) -> None:
    """What was made under it before stays as it is, whatever made it."""
    base = engine.load("base", ROWS.select(["n", "small"]))
    pq.write_table(pa.table({"n": [9]}), tmp_path / "n.parquet")

    def made(count: int) -> list[ir.Table]:
        more = base.mutate(n=base.n + count)
        add = partial(plus, count=count)
        return [
            engine.load("again", pa.table({"n": [count]})),
            engine.stage("again", more),
            engine.view("again", more),
            engine.look_up("again", base.filter(base.n.notnull()), add),
            engine.look_up_groups("again", base.filter(base.n.notnull()), ["n"], ["small"], add),
            engine.read("again", [tmp_path / "n.parquet"]),
        ]

    first, second = made(10), made(20)
    sums = [[engine.fetch(t.agg(s=t.n.sum())).to_pylist()[0]["s"] for t in first + second]]
    assert sums == [[10, 36, 36, 36, 36, 9, 20, 66, 66, 66, 66, 9]]


def plus(batch: pa.RecordBatch, *, count: int) -> pa.RecordBatch:
    return pa.record_batch({"n": pc.add(batch.column("n"), count)})


def test_what_is_staged_is_evaluated_once(engine: Engine) -> None:
    table = engine.load("numbers", ROWS.select(["n"]))
    staged = engine.stage("chances", table.mutate(chance=ibis.random()))
    assert rows_of(engine, staged, "n") == rows_of(engine, staged, "n")


@pytest.mark.parametrize("value", ["it's", "a\\b' or", "\n", 5, 0.1, True])
def test_a_parameter_has_its_value(engine: Engine, value: str | float) -> None:
    kind = {str: "string", int: "int64", float: "float64", bool: "boolean"}[type(value)]
    table = engine.load("numbers", ROWS.select(["n"])).limit(1)
    view = engine.view("with_value", table.select(value=parameter("value", value, kind)))
    assert engine.fetch(view).to_pylist() == [{"value": value}]


def test_expressions_mean_the_same(engine: Engine) -> None:
    table = engine.load("moments", ROWS)
    asked = table.select(
        day=table.time.epoch_seconds() // 86400,
        part=table.part.round(3),
        none=table.text.nullif(""),
        n="n",
    )
    row = rows_of(engine, asked.filter(asked.n == 3), "n")[0]
    assert (row["day"], row["part"], row["none"]) == (20514, 0.5, "ä")


def doubled(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Each key twice, and keys without a number not at all."""
    kept = batch.filter(pc.is_valid(batch.column("n")))
    twice = pa.concat_arrays([kept.column("n"), kept.column("n")])
    return pa.record_batch({"n": twice, "half": pc.divide(twice.cast(pa.float64()), 2.0)})


def test_a_look_up_yields_what_its_function_yields(engine: Engine) -> None:
    found = engine.look_up("halves", engine.load("keys", ROWS.select(["n"])), doubled)
    assert [row["half"] for row in rows_of(engine, found, "n")] == [0.5, 0.5, 1.0, 1.0, 1.5, 1.5]


def test_a_look_up_of_nothing_has_the_columns(engine: Engine) -> None:
    keys = engine.load("none", ROWS.select(["n"]).slice(0, 0))
    found = engine.look_up("nothing", keys, doubled)
    assert engine.fetch(found).schema.names == ["n", "half"]
    assert engine.fetch(found).num_rows == 0


def numbered(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The place of each row in its group; groups must be whole and in order."""
    places, last = [], None
    for row in batch.to_pylist():
        places.append(places[-1] + 1 if places and row["key"] == last else 0)
        last = row["key"]
    columns = [batch.column("key"), batch.column("at"), pa.array(places, pa.int64())]
    return pa.record_batch(columns, names=["key", "at", "place"])


def test_groups_are_whole_and_in_order(engine: Engine) -> None:
    keys = [f"k{n % 700}" for n in range(70_000)]
    at = [(n * 7919) % 70_000 for n in range(70_000)]
    table = engine.load("grouped", pa.table({"key": keys, "at": at}))
    found = engine.look_up_groups("places", table, ["key"], ["at"], numbered)
    rows = rows_of(engine, found, "key", "at")
    assert len(rows) == 70_000
    assert all(row["place"] == number % 100 for number, row in enumerate(rows))


LOG = [
    Hit(0),
    asset(0.1),
    asset(0.2),
    asset(0.3),
    Hit(1, "/thanks/", status=200),
    Hit(2, ip="192.0.2.2"),
]


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    """A log with a broken line, a blank one and a comment, one that is empty, and one of JSON."""
    lines = [hit.line for hit in LOG] + ["?", "", "# comment"]
    (tmp_path / "a.log").write_text("\n".join(lines) + "\n")
    (tmp_path / "b.log").write_text("")
    names = [str(tmp_path / "a.log"), str(tmp_path / "b.log"), "sample_logs/caddy.log"]
    return open_inputs(names, ReadSettings(), privacy=Privacy(keep_identifiers=True))


def test_every_line_is_accounted_for(engine: Engine, inputs: Inputs) -> None:
    seen: list[int] = []
    hits = engine.parse_hits(inputs, seen.append)
    first, empty, caddy = inputs.account_for(count_lines(engine, hits.mutate(lines=1)))
    assert (first.counts.hits, first.counts.rejects, first.counts.blanks) == (6, 1, 2)
    assert empty.counts.lines == 0
    assert (caddy.format, caddy.counts.hits, caddy.counts.rejects) == ("caddy", 6, 1)
    assert sum(seen) == inputs.total_bytes
    assert set(PARSED.names) <= set(hits.columns)
    of_first = hits.filter(hits.file == 0)
    assert [row["line"] for row in rows_of(engine, of_first, "line")] == list(range(1, 10))


def test_requests_hold_for_any_sums(engine: Engine, inputs: Inputs) -> None:
    goals = [Goal(path="/nowhere"), Goal(path="/thanks*")]
    counted = []
    for each_line in (True, False):
        requests = engine.parse_requests(inputs, goals, each_line=each_line)
        assert set(REQUESTS.names) <= set(requests.columns)
        page = requests.kind == "page"
        asked = requests.filter(requests.file == 0).agg(
            lines=requests.lines.sum(),
            pages=requests.lines.sum(where=page),
            visitors=requests.visitor.nunique(),
            conversions=requests.conversions.sum(),
            goals_reached=requests.goals_reached.max(),
        )
        counted += rows_of(engine, asked, "lines")
        if each_line:
            assert {row["lines"] for row in rows_of(engine, requests, "file", "line")} == {1}
    sums = {"lines": 9, "pages": 3, "visitors": 2, "conversions": 1.0, "goals_reached": 0b10}
    assert counted == [sums] * 2


CONTRACT = Contract(
    "made_up",
    "made_up/",
    "Rows.",
    (Field("n", pa.int64(), "A number."), Field("time", TIME, "A moment.", "none")),
)


def written(table: ir.Table, day: str | None = None) -> Written:
    order = ("time", "n") if day else ("n",)
    return Written(CONTRACT, table.select("n", "time"), as_contract, order, day)


def as_contract(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch.select(["n", "time"]).cast(CONTRACT.arrow)


def test_a_table_is_written_in_order(engine: Engine, tmp_path: Path) -> None:
    table = engine.load("rows", ROWS)
    engine.write(written(table.filter(table.n.notnull())), str(tmp_path / "rows.parquet"))
    found = ds.dataset(tmp_path / "rows.parquet", format="parquet").to_table()
    assert found.column("n").to_pylist() == [1, 2, 3]
    assert found.schema.equals(CONTRACT.arrow)


def test_a_table_by_day_goes_to_folders(engine: Engine, tmp_path: Path) -> None:
    times = [MOMENT.replace(day=day) for day in (3, 2, 3)]
    days = pa.table({"n": [1, 2, 3], "time": pa.array(times, TIME)})
    engine.write(written(engine.load("days", days), "time"), str(tmp_path / "days"))
    folders = sorted(path.name for path in (tmp_path / "days").iterdir())
    assert folders == ["date=2026-03-02", "date=2026-03-03"]
    found = ds.dataset(tmp_path / "days" / "date=2026-03-03", format="parquet").to_table()
    assert found.column("n").to_pylist() == [1, 3]


def test_an_engine_that_there_is_not() -> None:
    with pytest.raises(UsageError, match="no engine 'abacus'"):
        open_engine(Resources(engine="abacus"))
