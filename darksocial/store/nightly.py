"""The nightly run: read what is new, add it to the store, write the days that it changes.

The steps are such that a run that is killed at any moment leaves a store that reads well, and the
next run completes it: new hits count only once state.json names them, and each day that is due
stays so until all its files have been replaced.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from darksocial.analysis import rejects
from darksocial.engines import Engine, Written
from darksocial.engines.duckdb import DuckDBEngine
from darksocial.errors import OutputError
from darksocial.inputs import Input, Inputs, Progress, open_inputs
from darksocial.outputs.directory import write_whole
from darksocial.reading.files import STDIN, InputFile, is_fifo
from darksocial.reading.objects import ObjectStorage
from darksocial.reading.resumed import ResumedStream, has_whole_line
from darksocial.runs import NO_WHOLE_LINE, InputRun, Run
from darksocial.settings import ReadSettings, Resources, Settings
from darksocial.store import days, marks, superseded, upkeep
from darksocial.store.bookmarks import News, resume
from darksocial.store.chains import Ledger
from darksocial.store.ingest import Keys, stored, write_parts
from darksocial.store.lock import held
from darksocial.store.state import FLAGS, State, load, save
from darksocial.visitors import identified

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
    with (
        held(store),
        TemporaryDirectory(prefix="darksocial-") as folder,
        closing(Ledger(Path(folder) / "lines")) as ledger,
    ):
        names = _spooled(names, Path(folder))
        state = load(store)
        upkeep.remove_orphans(store, state)
        inputs = open_inputs(
            names,
            read,
            keep_identifiers=settings.keep_identifiers,
            bare_paths=not settings.keep_identifiers,
            storage=ObjectStorage(),
            leave_out=lambda file: None if has_whole_line(file) else NO_WHOLE_LINE,
        )
        news = resume(inputs, state.bookmarks, store, secret, ledger)
        run.unread = list(inputs.unread)
        if policy.dry_run:
            run.inputs = [_planned(entry) for entry in inputs.read]
            run.days = _due(state, policy)
            return run
        keys = Keys(secret, policy.rotate_key, settings.keep_identifiers)
        if inputs.read:
            _take_in(store, state, inputs, news, keys, run, settings, watch, resources)
        if policy.rebuild:
            state.due = [day for day in state.days if policy.includes(day)]
            save(store, state)
        run.purged = upkeep.purge(store, state, _first_kept(policy, now()))
        marks.remove_unnamed(store, (span for mark in state.bookmarks for span in mark.spans))
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
    news: News,
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
        requests, tallies = news.sift(engine, inputs, requests, name)
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
        changed, replaced = superseded.take_out(store, state, news.replaced, keys, name)
    except OSError as error:
        raise OutputError(
            f"{store} could not be written: {error.strerror or error}",
            expected="a place with room that may be written to",
        ) from error
    finally:
        engine.close()
    for entry, tally in zip(inputs.read, tallies, strict=True):
        stream = entry.stream
        unfinished = isinstance(stream, ResumedStream) and stream.unfinished
        told = asdict(tally.counts)
        run.inputs.append(
            InputRun(
                entry.name,
                entry.format,
                entry.lines_before,
                tally.counts.lines,
                **told,
                unfinished=unfinished,
                replaced=news.replaced_by.get(entry.number, 0),
                warning=tally.warning,
            )
        )
        LOG.info("read", extra={"told": asdict(run.inputs[-1])})
    day = run.started_at[:10]
    run.unread = list(inputs.unread)
    state.bookmarks = news.bookmarks(inputs.read, day, name)
    state.files += _flags(inputs)
    for day_of, names in found["hits"].items():
        assert names == found["people"][day_of]
        state.parts.setdefault(day_of, []).extend(names)
    if rejected:
        state.rejects.setdefault(day, []).append(rejected)
    touched = {*found["hits"], *changed}
    state.due = sorted({*state.due, *days.due_after(touched, state.parts)})
    save(store, state)
    for path in replaced:
        path.unlink()


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
