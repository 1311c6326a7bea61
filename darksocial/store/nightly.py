"""The nightly run: read what is new, add it to the store, write the days that it changes.

The steps are such that a run that is killed at any moment leaves a store that reads well, and the
next run completes it: new hits count only once state.json names them, and each day that is due
stays so until all its files have been replaced.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from darksocial.analysis import rejects
from darksocial.engines import Engine, Written, count_lines
from darksocial.engines.duckdb import DuckDBEngine
from darksocial.errors import OutputError
from darksocial.inputs import Input, Inputs, Progress, Tally, open_inputs
from darksocial.reading.files import STDIN, InputFile, is_fifo
from darksocial.reading.objects import ObjectStorage
from darksocial.reading.resumed import ResumedStream, has_whole_line
from darksocial.runs import NO_WHOLE_LINE, InputRun, Run
from darksocial.settings import ReadSettings, Resources, Settings
from darksocial.store import days, records, repeated, upkeep
from darksocial.store.around import due_after
from darksocial.store.bookmarks import Bookmark, advanced, resume
from darksocial.store.checksums import Checked
from darksocial.store.commits import commit
from darksocial.store.goals import check_goals
from darksocial.store.ingest import Keys, stored, write_parts
from darksocial.store.layout import PARTS, draft_of
from darksocial.store.lock import held
from darksocial.store.state import State, load, save
from darksocial.visitors import identified

if TYPE_CHECKING:
    import ibis.expr.types as ir

LOG = logging.getLogger("darksocial.nightly")
Watch = Callable[[int | None], Progress]


@dataclass(frozen=True, slots=True)
class Policy:
    """How a store is kept.

    retention_days: days before today whose hits, sessions and reports are kept; None: all.
    rotate_key: how often the ids of visitors change (never, monthly, daily).
    since, until: write no day before or after (new lines are stored all the same).
    rebuild: write all days anew.
    dry_run: only say what would be done.
    """

    retention_days: int | None = None
    rotate_key: str = "never"
    since: date | None = None
    until: date | None = None
    rebuild: bool = False
    dry_run: bool = False

    def includes(self, day: str) -> bool:
        """Whether a day may be written."""
        first, last = self.since or date.min, self.until or date.max
        return first <= date.fromisoformat(day) <= last


def nightly(
    names: Sequence[str],
    store: Path,
    *,
    secret: str,
    now: Callable[[], datetime],
    read: ReadSettings | None = None,
    settings: Settings | None = None,
    policy: Policy | None = None,
    watch: Watch | None = None,
    resources: Resources | None = None,
) -> Run:
    """Read what is new in the logs behind `names` and bring the store up to date.

    What comes from standard input or a pipe is put into a scratch file first, and known again by
    its content like any log. `secret` keys visitor ids, `now` returns the time in UTC. Raises
    InputError where nothing can be read, and OutputError where the store cannot be written or
    another run holds it.
    """
    read, settings, policy = read or ReadSettings(), settings or Settings(), policy or Policy()
    run = Run(started_at=_stamp(now()))
    with held(store), TemporaryDirectory(prefix="darksocial-") as folder:
        names = _spooled(names, Path(folder))
        state = load(store)
        inputs = open_inputs(
            names,
            read,
            keep_identifiers=settings.keep_identifiers,
            bare_paths=not settings.keep_identifiers,
            storage=ObjectStorage(),
            leave_out=lambda file: None if has_whole_line(file) else NO_WHOLE_LINE,
        )
        used = resume(inputs, state.bookmarks)
        run.unread = list(inputs.unread)
        if policy.dry_run:
            run.inputs = [_planned(entry) for entry in inputs.read]
            run.days = _due(state, policy)
            return run
        if policy.rebuild:
            check_goals(store, state, _due(state, policy), settings.goals)
        run.lost = upkeep.prepare(store, state)
        for place in run.lost:
            LOG.warning("kept aside", extra={"told": {"file": place}})
        records.begin(store, state, run)
        keys = Keys(secret, policy.rotate_key, settings.keep_identifiers)
        if inputs.read:
            _take_in(store, state, inputs, used, keys, run, settings, watch, resources)
        if policy.rebuild:
            state.due = [day for day in state.days if policy.includes(day)]
            save(store, state)
        run.purged = upkeep.purge(store, state, _first_kept(policy, now()))
        _write_days(store, state, run, _due(state, policy), read, settings, resources)
        run.ended_at = _stamp(now())
        records.complete(store, state)
    LOG.info("done", extra={"told": {"days": len(run.days), "purged": len(run.purged)}})
    return run


def _write_days(
    store: Path,
    state: State,
    run: Run,
    due: Sequence[str],
    read: ReadSettings,
    settings: Settings,
    resources: Resources | None,
) -> None:
    """Write the days that are due; those whose hits are damaged are skipped, and stay due."""
    checked = Checked(store, state.checksums)
    for day in due:
        if faults := days.faults_around(state, day, checked):
            run.skipped.append((day, faults[0]))
            LOG.error("day skipped", extra={"told": {"day": day, "reason": faults[0]}})
            continue
        days.write_day(store, state, day, read, settings, resources)
        state.due.remove(day)
        run.days.append(day)
        save(store, state)
        LOG.info("day written", extra={"told": {"day": day}})


def _spooled(names: Sequence[str], folder: Path) -> list[str]:
    """Put what comes from a pipe into a file: it is read more than once, to know it again."""
    found = []
    for number, name in enumerate(names):
        if name == STDIN or is_fifo(name):
            file = folder / f"pipe-{number}"
            with InputFile(name, None).open() as pipe, file.open("wb") as spool:
                shutil.copyfileobj(pipe, spool)
            name = str(file)
        found.append(name)
    return found


def _take_in(
    store: Path,
    state: State,
    inputs: Inputs,
    used: dict[int, Bookmark],
    keys: Keys,
    run: Run,
    settings: Settings,
    watch: Watch | None,
    resources: Resources | None,
) -> None:
    """Store the new hits and rejects, and move the bookmarks on: all at once, by state.json."""
    engine = DuckDBEngine(resources)
    try:
        progress = watch(inputs.total_bytes) if watch else None
        requests = engine.parse_requests(inputs, (), progress, each_line=True, of_goals=True)
        tallies = inputs.account_for(count_lines(engine, requests), may_reject_all=True)
        files = engine.load("files", inputs.table())
        named = identified(engine, requests, files, keys.secret)
        hits, people = stored(engine, requests, named, files, keys, state.next_file)
        if state.compared_days:
            hits, people = _unknown(store, state, engine, hits, people, run)
        found = {}
        for part, table in zip(PARTS, (hits, people), strict=True):
            schema = table.schema().to_pyarrow()
            found[part] = write_parts(
                store / part, engine.batches(table.order_by("day")), schema, run.name
            )
        rejected = _write_rejects(store, state, engine, rejects(requests, files), run.name)
    except OSError as error:
        raise OutputError(
            f"{store} could not be written: {error.strerror or error}",
            expected="a place with room that may be written to",
        ) from error
    finally:
        engine.close()
    run.inputs += map(_input_run, inputs.read, tallies)
    for row in run.inputs:
        LOG.info("read", extra={"told": asdict(row)})
    day = run.started_at[:10]
    before = {replace(mark, seen="") for mark in state.bookmarks}
    state.bookmarks = advanced(inputs.read, state.bookmarks, used, day)
    run.bookmarks += [asdict(mark) for mark in _moved(state, before)]
    for day_of, names in found["hits"].items():
        assert names == found["people"][day_of]
        state.parts.setdefault(day_of, []).extend(names)
    if rejected:
        state.rejects.setdefault(day, []).append(rejected)
    state.compares_rejects = False
    state.next_file += 1 + max(entry.number for entry in inputs.read)
    state.due = sorted({*state.due, *due_after(found["hits"], state.parts)})
    written = [
        f"{part}/date={d}/{n}" for part in PARTS for d, ns in found[part].items() for n in ns
    ]
    commit(store, state, [*written, *([f"rejects/{rejected}"] if rejected else [])])


def _moved(state: State, before: set[Bookmark]) -> list[Bookmark]:
    return [mark for mark in state.bookmarks if replace(mark, seen="") not in before]


def _unknown(
    store: Path, state: State, engine: Engine, hits: ir.Table, people: ir.Table, run: Run
) -> tuple[ir.Table, ir.Table]:
    """Return the hits that the store does not hold yet, and their people.

    Only hits of days are compared of which it is not known what was read (recovery.py).
    """
    rows = engine.fetch(hits.select("day").distinct()).column("day").to_pylist()
    read = {(days.EPOCH + timedelta(days=number)).isoformat() for number in rows}
    compared = sorted(read & {*state.compared_days} & {*state.days})
    places = [f"hits/date={day}/{name}" for day in compared for name in state.parts[day]]
    checked = Checked(store, state.checksums)
    whole = [place for place in places if not checked.fault(place)]
    if not whole:
        return hits, people
    before = engine.read("stored_hits", [store / place for place in whole])
    new = engine.stage("new_hits", repeated.new_rows(hits, before, repeated.OF_HIT))
    run.stored_before = _count(engine, hits) - _count(engine, new)
    return new, people.semi_join(new, ["day", "visitor"])


def _count(engine: Engine, table: ir.Table) -> int:
    return int(engine.fetch(table.agg(n=table.count())).column("n")[0].as_py())


def _write_rejects(
    store: Path, state: State, engine: Engine, table: Written, name: str
) -> str | None:
    """Write a draft of the rejects, if there are any; return the name of the finished file."""
    places = state.reject_places()
    if state.compares_rejects and places:
        before = engine.read("stored_rejects", [store / place for place in places])
        new = repeated.new_rows(table.rows, before, repeated.OF_REJECT)
        table = replace(table, rows=engine.stage("new_rejects", new))
    if not _count(engine, table.rows):
        return None
    file = store / "rejects" / f"{name}.parquet"
    file.parent.mkdir(exist_ok=True)
    engine.write(table, str(draft_of(file)))
    return file.name


def _input_run(entry: Input, tally: Tally) -> InputRun:
    stream = entry.stream
    unfinished = isinstance(stream, ResumedStream) and stream.unfinished
    counts = tally.counts
    return InputRun(
        entry.name,
        entry.format,
        entry.lines_before,
        counts.lines,
        **asdict(counts),
        unfinished=unfinished,
    )


def _planned(entry: Input) -> InputRun:
    return InputRun(entry.name, entry.format, entry.lines_before, 0, 0, 0, 0, unfinished=False)


def _due(state: State, policy: Policy) -> list[str]:
    due = state.days if policy.rebuild else state.due
    return [day for day in due if policy.includes(day)]


def _first_kept(policy: Policy, now: datetime) -> date | None:
    if policy.retention_days is None:
        return None
    return now.date() - timedelta(days=policy.retention_days)


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
