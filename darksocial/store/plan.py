"""Plan a nightly run without a change: only scratch files are written, and no lock is taken."""

from contextlib import closing
from pathlib import Path

from darksocial.engines import Engine
from darksocial.engines.duckdb import DuckDBEngine
from darksocial.expressions import ir
from darksocial.inputs.accounts import Inputs
from darksocial.pipeline import read_requests
from darksocial.store.calendar import day_numbers, day_of_number, due_after
from darksocial.store.files.runs import Run
from darksocial.store.files.state import load
from darksocial.store.intake.chains import Ledger
from darksocial.store.intake.incoming import incoming
from darksocial.store.intake.news import News, resume
from darksocial.store.night import Night

DRY_RUN_NAME = "dry run"


def plan(night: Night, scratch: Path, run: Run) -> None:
    """Parse what is new, and record in `run` what the run would read, write and erase."""
    state = load(night.store)
    inputs = incoming(night.names, scratch, night.read, night.settings)
    with closing(Ledger(scratch / "lines")) as ledger:
        news = resume(inputs, state.bookmarks, night.store, night.secret, ledger)
        if inputs.read:
            _parse(night, inputs, news, run)
    run.unread = list(inputs.unread)
    days = sorted({*state.days, *run.touched})
    due = days if night.policy.rebuild else {*state.due, *due_after(run.touched, days)}
    if night.first_kept:
        run.purged = [day for day in days if day < night.first_kept.isoformat()]
    run.days = sorted(day for day in due if night.policy.includes(day) and day not in run.purged)


def _parse(night: Night, inputs: Inputs, news: News, run: Run) -> None:
    engine = DuckDBEngine(night.resources)
    try:
        progress = night.watched(inputs.total_bytes)
        requests = read_requests(engine, inputs, progress, each_line=True)
        requests, tallies = news.sift(engine, inputs, requests, DRY_RUN_NAME)
        run.inputs = list(map(news.input_run, inputs.read, tallies))
        run.touched = _days(engine, requests)
    finally:
        engine.close()


def _days(engine: Engine, requests: ir.Table) -> list[str]:
    """Return the days (ISO 8601) that have hits."""
    hits = requests.filter(requests.reason.isnull())
    days = hits.select(day=day_numbers(hits.time)).distinct()
    rows = engine.fetch(days, "days to write").to_pylist()
    return sorted(day_of_number(row["day"]) for row in rows)
