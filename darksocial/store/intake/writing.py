"""Write what is new as drafts: hits, people and rejects."""

from dataclasses import replace
from pathlib import Path

from darksocial.analysis import rejects
from darksocial.engines import Engine, Written
from darksocial.engines.duckdb import DuckDBEngine
from darksocial.expressions import ir
from darksocial.expressions.compiled import schema_of
from darksocial.inputs.accounts import Inputs
from darksocial.pipeline import identify, read_requests
from darksocial.reading.progress import begin
from darksocial.store.calendar import day_of_number
from darksocial.store.files.layout import PARTS, draft_of, rejects_of
from darksocial.store.files.runs import Run
from darksocial.store.files.state import State
from darksocial.store.intake import repeated
from darksocial.store.intake.drafts import Drafts, Parts
from darksocial.store.intake.events import whole_parts, without_stored_events
from darksocial.store.intake.hits import stored, write_parts
from darksocial.store.intake.news import News
from darksocial.store.intake.superseded import remove_replaced
from darksocial.store.night import Night
from darksocial.visits.repeated import counted_once
from darksocial.visits.senders import senders_of


def write_drafts(night: Night, state: State, inputs: Inputs, news: News, run: Run) -> Drafts:
    """Write drafts of the new hits, people and rejects, and of the days that lose hits.

    Raises OSError.
    """
    engine = DuckDBEngine(night.resources)
    try:
        parts, rejected = _write(night, state, engine, inputs, news, run)
        changed, places = remove_replaced(night.store, state, news.replaced, night.keys)
        return Drafts(parts, rejected, changed, places)
    finally:
        engine.close()


def _write(
    night: Night, state: State, engine: Engine, inputs: Inputs, news: News, run: Run
) -> tuple[Parts, str | None]:
    """Write drafts of the new hits, people and rejects; return the names of the finished files."""
    store, progress = night.store, night.watched(inputs.total_bytes)
    requests = read_requests(engine, inputs, progress, each_line=True, of_goals=True)
    requests, tallies = news.sift(engine, inputs, requests, run.name)
    news.record(run, inputs, tallies)
    if not any(tally.counts.lines for tally in tallies):
        return {}, None
    records = [entry.records for entry in inputs.read]
    requests = counted_once(engine, requests, records)
    files, identities = identify(engine, inputs, senders_of(engine, requests), night.secret)
    begin(night.watch, "writing")
    hits, people = stored(engine, requests, identities, files, night.keys, state.next_file)
    if state.compared_days:
        hits, people = _new(engine, hits, people, _not_stored(store, state, engine, hits), run)
    if any("event_key" in fields for fields in records):
        new = without_stored_events(store, state, engine, hits)
        hits, people = _new(engine, hits, people, new, run)
    names: dict[str, Parts] = {}
    for part, table in zip(PARTS, (hits, people), strict=True):
        batches = engine.batches(table.order_by("day"), "parts by day")
        names[part] = write_parts(store / part, batches, schema_of(table), run.name, night.keys)
    assert names["hits"] == names["people"]
    rejected = _write_rejects(store, state, engine, rejects(requests, files), run.name)
    return names["hits"], rejected


def _new(
    engine: Engine, hits: ir.Table, people: ir.Table, new: ir.Table, run: Run
) -> tuple[ir.Table, ir.Table]:
    """Return new hits and their people; the run says how many of the hits were stored before."""
    if new is hits:
        return hits, people
    run.stored_before += _count(engine, hits) - _count(engine, new)
    return new, people.semi_join(new, ["day", "visitor"])


def _not_stored(store: Path, state: State, engine: Engine, hits: ir.Table) -> ir.Table:
    """Return the hits that the store does not hold yet.

    Only hits of days for which it is not known what was read are compared (recovery.py).
    """
    rows = engine.fetch(hits.select("day").distinct(), "days read").column("day").to_pylist()
    read = {day_of_number(number) for number in rows}
    whole = whole_parts(store, state, sorted(read & {*state.compared_days} & {*state.days}))
    if not whole:
        return hits
    before = engine.read("stored_hits", whole)
    return engine.stage("new_hits", repeated.new_rows(hits, before, repeated.COMPARED_HIT_COLUMNS))


def _count(engine: Engine, table: ir.Table) -> int:
    return int(engine.fetch(table.agg(n=table.count()), "row count").column("n")[0].as_py())


def _write_rejects(
    store: Path, state: State, engine: Engine, table: Written, name: str
) -> str | None:
    """Write a draft of the rejects, if there are any; return the name of the finished file."""
    places = state.reject_places()
    if state.compares_rejects and places:
        before = engine.read("stored_rejects", [store / place for place in places])
        new = repeated.new_rows(table.rows, before, repeated.COMPARED_REJECT_COLUMNS)
        table = replace(table, rows=engine.stage("new_rejects", new))
    if not _count(engine, table.rows):
        return None
    file = store / rejects_of(f"{name}.parquet")
    file.parent.mkdir(exist_ok=True)
    engine.write(table, str(draft_of(file)))
    return file.name
