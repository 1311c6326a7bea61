"""Compute the sessions, shares and report of one day from stored hits.

A day is computed from its own hits, those of the six days before and those of the day after. These
show which sessions continue after midnight, what else happened on a page, and who visited before,
and base rates are learned from them. A day becomes due when hits of any of these days change.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from darksocial.analysis import Analysis
from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.language import gettext as _
from darksocial.pipeline import Judged, conclude, judge, locate
from darksocial.reading.progress import Watch, begin
from darksocial.report import summary_json
from darksocial.report.addresses import busiest_by_file
from darksocial.report.gaps import gaps_in
from darksocial.report.goals import without_bits
from darksocial.report.inputs import Received
from darksocial.report.values import InputReport
from darksocial.results.directory import write_whole
from darksocial.results.parquet import write_file
from darksocial.results.visitor_keys import keys_in, with_keys
from darksocial.schema import SHARES, Contract, sessions_contract
from darksocial.settings import Goal, ReadSettings, Settings
from darksocial.store.calendar import is_on, span_text
from darksocial.store.days.goals import first_version_days
from darksocial.store.days.windows import Windows, part_paths, window
from darksocial.store.earlier import completed
from darksocial.store.files.checksums import FileChecks
from darksocial.store.files.layout import derived, report_of, table_of
from darksocial.store.files.parts import schema_of
from darksocial.store.files.state import State, note_checksum
from darksocial.store.intake.hits import AGENT_COLUMNS, keys_of_day
from darksocial.store.intake.numbering import FLAGS, flags_of
from darksocial.visits.conditions import is_person
from darksocial.visits.senders import behaviour, senders_of

LATER_PEOPLE_COLUMNS = {"agent": "string", "network": "string", "browser_outdated": "boolean"}
"""The columns of people that earlier versions lack, with their types."""
FILES_SCHEMA = pa.schema(
    [("file", pa.int32()), ("name", pa.string()), *((name, pa.bool_()) for name in FLAGS)]
)


def faults_around(state: State, day: str, checks: FileChecks) -> list[str]:
    """Return what is wrong with the hits from which a day is computed."""
    faults = map(checks.fault, state.part_places(window(state, day)))
    return [fault for fault in faults if fault]


def write_day(
    windows: Windows,
    store: Path,
    state: State,
    day: str,
    read: ReadSettings,
    settings: Settings,
    watch: Watch | None = None,
) -> tuple[Goal, ...]:
    """Judge the sessions of one day, replace its files, and record their checksums.

    `windows` hold the hits around the day. Return the goals that no hit of the day reached. `watch`
    learns the phases.
    Raises OutputError if a file cannot be written; the others are then unchanged.
    """
    with windows.engine.apart():
        analysis = judged_day(windows, store, state, day, read, settings, watch)
        begin(watch, "writing")
        contract = sessions_contract(settings.keep_identifiers)
        people = part_paths(store, "people", state, [day])
        keys = keys_of_day(keys_in(map(schema_of, people)), day)
        _write(store, day, SHARES, analysis.share_batches())
        _write(store, day, contract, analysis.session_batches(), keys)
        write_whole(store / report_of(day), lambda path: summary_json.write(path, analysis.report))
    for place in derived(day):
        note_checksum(store, state, place)
    return analysis.unreached_goals


def _write(
    store: Path,
    day: str,
    contract: Contract,
    batches: Iterable[pa.RecordBatch],
    keys: Iterable[str] = (),
) -> None:
    place, schema = table_of(contract.name, day), with_keys(contract.arrow, keys)
    write_whole(store / place, lambda path: write_file(path, schema, batches))


def judged_day(
    windows: Windows,
    store: Path,
    state: State,
    day: str,
    read: ReadSettings,
    settings: Settings,
    watch: Watch | None = None,
) -> Analysis:
    """Return the analysis of one day, from the stored hits of the days around it."""
    begin(watch, "sessions")
    engine = windows.engine
    sent = windows.requests_around(day)
    requests, sites = locate(engine, sent, settings)
    files = engine.load("files", _files(engine, sent, state))
    senders = senders_of(engine, requests)
    identities = _identities(engine, store, state, day, senders)
    judged = judge(engine, requests, senders, identities, files, sites, settings, watch=watch)
    # Views hold the day, so that what is asked of them is the same for each.
    own = engine.view("requests_of_day", requests.filter(is_on(requests.time, day)))
    reached = {"goals_reached": own.goals_reached.bit_or()} if settings.goals else {}
    counts = own.group_by("visitor").agg(hits=own.count(), **reached)
    visits, shares = judged.visits, judged.shares
    of_day = Judged(
        counts.join(judged.people.drop("hits"), "visitor"),
        engine.view("visits_of_day", visits.filter(is_on(visits.started_at, day))),
        engine.view("shares_of_day", shares.filter(is_on(shares.time, day))),
        sites,
        judged.learned,
    )
    old_days = first_version_days(engine, sent) if settings.goals else []
    totals = _totals(engine, of_day.people)
    senders_of_day = senders_of(engine, own)
    busiest = busiest_by_file(engine, senders_of_day, judged.people)
    gaps = gaps_in(engine, senders_of_day, judged.people, files, busiest, senders)
    stock = Received((_day_report(totals, day),), notes=_notes(old_days), gaps=gaps)
    report = conclude(engine, stock, of_day, read, settings, taught_by=judged.visits)
    unreached = () if old_days else without_bits(settings.goals, totals.get("goals_reached"))
    return Analysis(
        engine, report, of_day.visits, of_day.shares, requests, files, settings, unreached
    )


def _identities(engine: Engine, store: Path, state: State, day: str, senders: ir.Table) -> ir.Table:
    """Return one row for each visitor around a day: what its agent says, and its behaviour."""
    around = part_paths(store, "people", state, window(state, day))
    stored = completed(engine.read("people", around), LATER_PEOPLE_COLUMNS)
    stored = stored.mutate(agent=_agents(stored))
    facts = stored.group_by("visitor").agg(
        **{name: stored[name].max() for name in ("user_agent", "agent", "network", *AGENT_COLUMNS)}
    )
    counted = senders.group_by("visitor").agg(**behaviour(senders))
    identities = engine.stage("named", counted.join(facts, "visitor"))
    return identities.mutate(visitor_id=identities.visitor, client_ip=ibis.null("string"))


def _agents(people: ir.Table) -> ir.StringValue:
    """Return the keyed hashes of user agents, or null where some people were stored without them.

    What only some of the visitors with a user agent load says nothing of it.
    """
    lacks_some = people.agent.isnull().any().over(ibis.window())
    agents: ir.StringValue = ibis.ifelse(lacks_some, ibis.null("string"), people.agent)
    return agents


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


def _totals(engine: Engine, present: ir.Table) -> dict[str, int | None]:
    """Return the hits of a day, with those of machines, and the goals that people reached."""
    totals = {
        "hits": present.hits.sum(),
        "bots": present.hits.sum(where=present.bot.notnull()),
        "previews": present.hits.sum(where=present.preview_app.notnull()),
    }
    if "goals_reached" in present.columns:
        totals["goals_reached"] = present.goals_reached.bit_or(where=is_person(present))
    row: dict[str, int | None] = engine.fetch(present.agg(**totals), "hits of the day").to_pylist()[
        0
    ]
    return row


def _day_report(totals: Mapping[str, int | None], day: str) -> InputReport:
    hits, bots, previews = (int(totals[name] or 0) for name in ("hits", "bots", "previews"))
    return InputReport(f"date={day}", "store", hits, hits, 0, 0, bots, previews, None)
