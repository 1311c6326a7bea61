"""Compute the sessions, shares and report of one day from stored hits.

A day is computed from its own hits, those of the six days before and those of the day after. These
show which sessions continue after midnight, what else happened on a page, and who visited before,
and base rates are learned from them. A day becomes due when hits of any of these days change.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from darksocial.analysis import Analysis
from darksocial.engines import Engine
from darksocial.engines.duckdb import DuckDBEngine
from darksocial.language import gettext as _
from darksocial.pipeline import Judged, conclude, judge
from darksocial.report import summary_json
from darksocial.report.inputs import Received
from darksocial.report.values import InputReport
from darksocial.results.directory import write_whole
from darksocial.results.parquet import write_file
from darksocial.schema import SHARES, Contract, sessions_contract
from darksocial.settings import ReadSettings, Resources, Settings
from darksocial.store.calendar import DAYS_AFTER, DAYS_BEFORE, day_number, day_numbers, span_text
from darksocial.store.days.goals import first_version_days, with_goals
from darksocial.store.files.checksums import Checked
from darksocial.store.files.layout import derived
from darksocial.store.files.state import State, note_checksum
from darksocial.store.intake.hits import AGENT_COLUMNS
from darksocial.store.intake.numbering import FLAGS, flags_of
from darksocial.visits.visitors import behaviour

FILES_SCHEMA = pa.schema(
    [("file", pa.int32()), ("name", pa.string()), *((name, pa.bool_()) for name in FLAGS)]
)


def faults_around(state: State, day: str, checked: Checked) -> list[str]:
    """Return what is wrong with the hits from which a day is computed."""
    faults = map(checked.fault, state.part_places(_window(state, day)))
    return [fault for fault in faults if fault]


def write_day(
    store: Path,
    state: State,
    day: str,
    read: ReadSettings,
    settings: Settings,
    resources: Resources | None = None,
) -> None:
    """Judge the sessions of one day, replace its files, and record their checksums.

    Raises OutputError if a file cannot be written; the others are then unchanged.
    """
    engine = DuckDBEngine(resources)
    try:
        with judged_day(engine, store, state, day, read, settings) as analysis:
            contract = sessions_contract(settings.keep_identifiers)
            _write(store, day, SHARES, analysis.share_batches())
            _write(store, day, contract, analysis.session_batches())
            report = store / "reports" / f"date={day}" / summary_json.NAME
            write_whole(report, lambda path: summary_json.write(path, analysis.report))
    finally:
        engine.close()
    for place in derived(day):
        note_checksum(store, state, place)


def _write(store: Path, day: str, contract: Contract, batches: Iterable[pa.RecordBatch]) -> None:
    file = store / contract.name / f"date={day}" / f"{contract.name}-0.parquet"
    write_whole(file, lambda path: write_file(path, contract.arrow, batches))


def judged_day(
    engine: Engine,
    store: Path,
    state: State,
    day: str,
    read: ReadSettings,
    settings: Settings,
) -> Analysis:
    """Return the analysis of one day, from the stored hits of the days around it."""
    window = _window(state, day)
    hits = engine.read("requests", _paths(store / "hits", state, window))
    reached = with_goals(hits, settings.goals)
    requests = reached.mutate(
        reason=_null_text(), text=_null_text(), last_at=reached.time, lines=ibis.literal(1, "int64")
    )
    stored = engine.read("people", _paths(store / "people", state, window))
    facts = stored.group_by("visitor").agg(
        **{name: stored[name].max() for name in ("user_agent", *AGENT_COLUMNS)}
    )
    counted = requests.group_by("visitor").agg(**behaviour(requests))
    identities = engine.stage("named", counted.join(facts, "visitor"))
    identities = identities.mutate(visitor_id=identities.visitor, client_ip=_null_text())
    files = engine.load("files", _files(engine, hits, state))
    judged = judge(engine, requests, identities, files, settings)
    own = requests.filter(_on(requests.time, day))
    counts = own.group_by("visitor").agg(hits=own.count())
    of_day = Judged(
        counts.join(judged.people.drop("hits"), "visitor"),
        judged.visits.filter(_on(judged.visits.started_at, day)),
        judged.shares.filter(_on(judged.shares.time, day)),
    )
    notes = _notes(first_version_days(engine, hits)) if settings.goals else ()
    stock = Received((_day_report(engine, of_day.people, day),), notes=notes)
    report = conclude(engine, stock, of_day, read, settings, taught_by=judged.visits)
    return Analysis(engine, report, of_day.visits, of_day.shares, requests, files, settings)


def _window(state: State, day: str) -> list[str]:
    middle = date.fromisoformat(day)
    first, last = middle - timedelta(days=DAYS_BEFORE), middle + timedelta(days=DAYS_AFTER)
    return [stored for stored in state.days if first.isoformat() <= stored <= last.isoformat()]


def _paths(folder: Path, state: State, days: Sequence[str]) -> list[Path]:
    return [folder / f"date={day}" / name for day in days for name in state.parts[day]]


def _null_text() -> ir.Scalar:
    return ibis.null("string")


def _on(time: ir.TimestampValue, day: str) -> ir.BooleanValue:
    return day_numbers(time) == day_number(day)


def _files(engine: Engine, hits: ir.Table, state: State) -> pa.Table:
    numbers = (
        engine.fetch(hits.select("file").distinct(), "files of the day").column("file").to_pylist()
    )
    rows = [
        {"file": number, "name": "", **dict(zip(FLAGS, flags_of(number, state.files), strict=True))}
        for number in numbers
    ]
    return pa.Table.from_pylist(rows, schema=FILES_SCHEMA)


def _notes(days: Sequence[str]) -> tuple[str, ...]:
    """Return notes on the days whose stored hits goals cannot be applied to."""
    if not days:
        return ()
    return (
        _(
            "The hits of {days} were stored by an earlier version, without status, method and "
            "event: they have the conversions of the goals of that time."
        ).format(days=span_text(days)),
    )


def _day_report(engine: Engine, present: ir.Table, day: str) -> InputReport:
    total = present.agg(
        hits=present.hits.sum(),
        bots=present.hits.sum(where=present.bot.notnull()),
        previews=present.hits.sum(where=present.preview_app.notnull()),
    )
    row = engine.fetch(total, "hits of the day").to_pylist()[0]
    hits, bots, previews = (int(row[name] or 0) for name in ("hits", "bots", "previews"))
    return InputReport(f"date={day}", "store", hits, hits, 0, 0, bots, previews, None)
