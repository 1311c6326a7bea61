"""The nightly run: read what is new, add it to the store, write the days that it changes.

The steps are such that a run that is killed at any moment leaves a store that reads well, and the
next run completes it: new hits count only once state.json names them, and each day that is due
stays so until all its files have been replaced.
"""

from __future__ import annotations

import json
import logging
import shlex
import stat
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from darksocial.analysis import rejects
from darksocial.engines import Engine, Written, count_lines
from darksocial.engines.duckdb import DuckDBEngine
from darksocial.errors import OutputError, UsageError
from darksocial.inputs import Inputs, Progress
from darksocial.outputs.directory import write_whole
from darksocial.ownership import MARK, STORE, check_own, mark_text
from darksocial.runs import Run
from darksocial.scratch import Scratch
from darksocial.secret import usable_secret
from darksocial.settings import ReadSettings, Resources, Settings
from darksocial.store import days, upkeep
from darksocial.store.bookmarks import Bookmark, advanced
from darksocial.store.incoming import incoming
from darksocial.store.ingest import Keys, stored, write_parts
from darksocial.store.lock import held
from darksocial.store.plan import erased, input_run, planned
from darksocial.store.state import FLAGS, State, load, save
from darksocial.visitors import identified

LOG = logging.getLogger("darksocial.nightly")
MAX_DAYS = 36_500
Watch = Callable[[int | None], Progress]
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Policy:
    """How a store is kept.

    retention_days: days before today whose hits, sessions and reports are kept; None: all.
    rotate_key: how often the ids of visitors change (never, monthly, daily).
    since, until: write no day before or after (new lines are stored all the same).
    rebuild: write all days anew.
    dry_run: write nothing, take no lock, and return what the run would do.
    """

    retention_days: int | None = None
    rotate_key: str = "never"
    since: date | None = None
    until: date | None = None
    rebuild: bool = False
    dry_run: bool = False

    def __post_init__(self) -> None:
        if self.retention_days is not None and not 1 <= self.retention_days <= MAX_DAYS:
            raise UsageError(
                f"retention_days is {self.retention_days}", expected=f"1 to {MAX_DAYS}"
            )

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
    UsageError for an empty secret, InputError where nothing can be read, and OutputError where the
    store cannot be written or another run holds it.
    """
    read, settings, policy = read or ReadSettings(), settings or Settings(), policy or Policy()
    run = Run(started_at=_stamp(now()))
    secret = usable_secret(secret)
    check_own(store, STORE)
    with Scratch() as folder:
        scratch = folder.path
        if policy.dry_run:
            _plan(names, store, scratch, run, read, settings, policy, now, watch, resources)
            return run
        with held(store):
            _mark(store, run)
            state = load(store)
            upkeep.remove_orphans(store, state)
            inputs, used = incoming(names, scratch, state.bookmarks, read, settings)
            run.unread = list(inputs.unread)
            keys = Keys(secret, policy.rotate_key, settings.keep_identifiers)
            if inputs.read:
                _take_in(store, state, inputs, used, keys, run, settings, watch, resources)
            if policy.rebuild:
                state.due = [day for day in state.days if policy.includes(day)]
                save(store, state)
            run.purged = upkeep.purge(store, state, _first_kept(policy, now()))
            for day in _due(state, policy):
                days.write_day(store, state, day, read, settings, resources)
                state.due.remove(day)
                save(store, state)
                run.days.append(day)
                LOG.info("day written", extra={"told": {"day": day}})
            run.ended_at = _stamp(now())
            _record(store, run)
    LOG.info("done", extra={"told": {"days": len(run.days), "purged": len(run.purged)}})
    return run


def _mark(store: Path, run: Run) -> None:
    """Say in the folder that it is a store, and warn where others can look into it."""
    if not (store / MARK).exists():
        write_whole(store / MARK, lambda draft: _text(draft, mark_text(STORE).strip()))
    if stat.S_IMODE(store.stat().st_mode) & OTHERS:
        run.warnings.append(
            f"Other users of this machine can look into {store}. To keep it private: "
            f"chmod 700 {shlex.quote(str(store))}"
        )
        LOG.warning("store is not private", extra={"told": {"store": str(store)}})


def _plan(
    names: Sequence[str],
    store: Path,
    scratch: Path,
    run: Run,
    read: ReadSettings,
    settings: Settings,
    policy: Policy,
    now: Callable[[], datetime],
    watch: Watch | None,
    resources: Resources | None,
) -> None:
    """Fill in what the run would do. Nothing is written but scratch files."""
    state = load(store)
    inputs, used = incoming(names, scratch, state.bookmarks, read, settings)
    run.unread = list(inputs.unread)
    if inputs.read:
        progress = watch(inputs.total_bytes) if watch else None
        run.inputs, run.touched = planned(inputs, used, progress, resources)
    known = sorted({*state.days, *run.touched})
    due = known if policy.rebuild else {*state.due, *days.due_after(run.touched, known)}
    run.purged = erased(known, _first_kept(policy, now()))
    run.days = sorted(day for day in due if policy.includes(day) and day not in run.purged)


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
    name = _run_name(store, run)
    engine = DuckDBEngine(resources)
    try:
        progress = watch(inputs.total_bytes) if watch else None
        requests = engine.parse_requests(inputs, settings.goals, progress, each_line=True)
        tallies = inputs.account_for(count_lines(engine, requests), may_reject_all=True)
        files = engine.load("files", inputs.table())
        named = identified(engine, requests, files, keys.secret)
        hits, people = stored(engine, requests, named, keys, len(state.files))
        found = {}
        for part, table in (("hits", hits), ("people", people)):
            schema = table.schema().to_pyarrow()
            found[part] = write_parts(
                store / part, engine.batches(table.order_by("day")), schema, name
            )
        rejected = _write_rejects(store, engine, rejects(requests, files), name)
    except OSError as error:
        raise OutputError(
            f"{store} could not be written: {error.strerror or error}",
            expected="a place with room that may be written to",
        ) from error
    finally:
        engine.close()
    for entry, tally in zip(inputs.read, tallies, strict=True):
        run.inputs.append(input_run(entry, used.get(entry.number), **asdict(tally.counts)))
        LOG.info("read", extra={"told": asdict(run.inputs[-1])})
    day = run.started_at[:10]
    state.bookmarks = advanced(inputs.read, state.bookmarks, used, day)
    state.files += _flags(inputs)
    run.touched = sorted(found["hits"])
    for day_of, names in found["hits"].items():
        assert names == found["people"][day_of]
        state.parts.setdefault(day_of, []).extend(names)
    if rejected:
        state.rejects.setdefault(day, []).append(rejected)
    state.due = sorted({*state.due, *days.due_after(found["hits"], state.parts)})
    save(store, state)


def _write_rejects(store: Path, engine: Engine, table: Written, name: str) -> str | None:
    if not engine.fetch(table.rows.agg(n=table.rows.count())).column("n")[0].as_py():
        return None
    file = store / "rejects" / f"{name}.parquet"
    write_whole(file, lambda path: engine.write(table, str(path)))
    return file.name


def _flags(inputs: Inputs) -> list[list[bool]]:
    """What each new file records, by number; files that were left out have no hits."""
    rows = {row["file"]: [row[name] for name in FLAGS] for row in inputs.table().to_pylist()}
    return [rows.get(number, [False] * len(FLAGS)) for number in range(max(rows, default=-1) + 1)]


def _due(state: State, policy: Policy) -> list[str]:
    due = state.days if policy.rebuild else state.due
    return [day for day in due if policy.includes(day)]


def _first_kept(policy: Policy, now: datetime) -> date | None:
    if policy.retention_days is None:
        return None
    return now.date() - timedelta(days=policy.retention_days)


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _run_name(store: Path, run: Run) -> str:
    """A name for the files of a run that no earlier run has."""
    stamp = datetime.fromisoformat(run.started_at).strftime("%Y%m%dT%H%M%SZ")
    taken = {path.stem for path in (store / "runs").glob("*.json")}
    taken |= {path.name.rsplit("-", 1)[0] for path in (store / "hits").glob("date=*/*.parquet")}
    name, number = stamp, 1
    while name in taken:
        number += 1
        name = f"{stamp}.{number}"
    return name


def _record(store: Path, run: Run) -> None:
    text = json.dumps(asdict(run), indent=1)
    path = store / "runs" / f"{_run_name(store, run)}.json"
    write_whole(path, lambda draft: _text(draft, text))


def _text(path: Path, text: str) -> None:
    path.write_text(text + "\n", "utf-8")
