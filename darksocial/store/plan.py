"""What a nightly run would do. Nothing is written, and no lock is taken."""

from dataclasses import asdict
from datetime import date, timedelta

import ibis.expr.types as ir

from darksocial.engines import Engine, count_lines
from darksocial.engines.duckdb import DuckDBEngine
from darksocial.inputs import Input, Inputs, Progress
from darksocial.reading.resumed import ResumedStream
from darksocial.runs import InputRun
from darksocial.settings import Resources
from darksocial.store.bookmarks import Bookmark
from darksocial.store.days import EPOCH
from darksocial.store.ingest import DAY_SECONDS


def planned(
    inputs: Inputs,
    used: dict[int, Bookmark],
    progress: Progress | None,
    resources: Resources | None,
) -> tuple[list[InputRun], list[str]]:
    """Parse what is new; return what would be read of each file, and the days of its hits."""
    engine = DuckDBEngine(resources)
    try:
        requests = engine.parse_requests(inputs, (), progress)
        tallies = inputs.account_for(count_lines(engine, requests), may_reject_all=True)
        return [
            input_run(entry, used.get(entry.number), **asdict(tally.counts))
            for entry, tally in zip(inputs.read, tallies, strict=True)
        ], _days(engine, requests)
    finally:
        engine.close()


def input_run(
    entry: Input, bookmark: Bookmark | None, *, hits: int, rejects: int, blanks: int
) -> InputRun:
    """Return what was read of an input, given what became of its lines."""
    stream = entry.stream if isinstance(entry.stream, ResumedStream) else None
    end = stream.end if stream else entry.file.size or 0
    return InputRun(
        entry.name,
        entry.format,
        lines_before=entry.lines_before,
        lines=hits + rejects + blanks,
        hits=hits,
        rejects=rejects,
        blanks=blanks,
        unfinished=bool(stream and stream.unfinished),
        bytes=end - (bookmark.offset if bookmark else 0),
    )


def _days(engine: Engine, requests: ir.Table) -> list[str]:
    """The days (ISO 8601) on which there are hits."""
    hits = requests.filter(requests.reason.isnull())
    days = hits.select(day=hits.time.epoch_seconds() // DAY_SECONDS).distinct()
    return sorted(_named(row["day"]) for row in engine.fetch(days).to_pylist())


def _named(day: int) -> str:
    return (EPOCH + timedelta(days=day)).isoformat()


def erased(days: list[str], first_kept: date | None) -> list[str]:
    """Return the days that retention would erase."""
    return [day for day in days if first_kept and day < first_kept.isoformat()]
