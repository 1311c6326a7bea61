"""What a nightly run would do. Nothing is written but scratch files, and no lock is taken."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import ibis.expr.types as ir

from darksocial.engines import Engine
from darksocial.engines.duckdb import DuckDBEngine
from darksocial.inputs.accounts import Inputs
from darksocial.store.around import due_after
from darksocial.store.bookmarks import News, resume
from darksocial.store.chains import Ledger
from darksocial.store.days import EPOCH
from darksocial.store.incoming import incoming
from darksocial.store.ingest import DAY_SECONDS
from darksocial.store.night import Night
from darksocial.store.runs import Run
from darksocial.store.state import load

NO_RUN = "dry run"


def plan(night: Night, scratch: Path, run: Run) -> None:
    """Parse what is new, and fill in what the run would read, write and erase."""
    state = load(night.store)
    inputs = incoming(night.names, scratch, night.read, night.settings)
    with closing(Ledger(scratch / "lines")) as ledger:
        news = resume(inputs, state.bookmarks, night.store, night.secret, ledger)
        if inputs.read:
            _parse(night, inputs, news, run)
    run.unread = list(inputs.unread)
    known = sorted({*state.days, *run.touched})
    due = known if night.policy.rebuild else {*state.due, *due_after(run.touched, known)}
    if night.first_kept:
        run.purged = [day for day in known if day < night.first_kept.isoformat()]
    run.days = sorted(day for day in due if night.policy.includes(day) and day not in run.purged)


def _parse(night: Night, inputs: Inputs, news: News, run: Run) -> None:
    engine = DuckDBEngine(night.resources)
    try:
        progress = night.watched(inputs.total_bytes)
        requests = engine.parse_requests(inputs, (), progress, each_line=True)
        requests, tallies = news.sift(engine, inputs, requests, NO_RUN)
        run.inputs = list(map(news.input_run, inputs.read, tallies))
        run.touched = _days(engine, requests)
    finally:
        engine.close()


def _days(engine: Engine, requests: ir.Table) -> list[str]:
    """The days (ISO 8601) on which there are hits."""
    hits = requests.filter(requests.reason.isnull())
    days = hits.select(day=hits.time.epoch_seconds() // DAY_SECONDS).distinct()
    return sorted(
        (EPOCH + timedelta(row["day"])).isoformat()
        for row in engine.fetch(days, "days to write").to_pylist()
    )
