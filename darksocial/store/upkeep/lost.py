"""Take back what was set aside in lost/, as far as the store lacks it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from darksocial.results.parquet import write_file
from darksocial.store.calendar import due_after
from darksocial.store.files import layout, parts, records
from darksocial.store.files.bookmark import merged
from darksocial.store.files.checksums import fault_of
from darksocial.store.files.commits import commit, erase
from darksocial.store.files.state import State, bookmarks_in, note_checksum, save
from darksocial.store.intake import repeated
from darksocial.store.intake.numbering import flags_of, inferred_flags, number_of, renumbered

Lost = dict[tuple[str, str], str]
"""Places in lost/, by the earlier place of a file and the number that its name has there."""


def take_back(store: Path, state: State) -> int:
    """Take back the rows that the store lacks, and remove their files; return the number of hits.

    Files that cannot be read stay."""
    lost = _whole(store)
    hits_of_run: dict[str, int] = {}
    for (place, number), hits in sorted(lost.items()):
        if layout.kind_of(place) != "hits":
            continue
        day, name = layout.day_of(place), layout.name_of(place)
        people = lost.get((parts.places_of(day, name)[1], number))
        if people:
            run = layout.run_of(place)
            count = _take_back_part(store, state, day, name, [hits, people])
            hits_of_run[run] = hits_of_run.get(run, 0) + count
    for (place, _), where in sorted(lost.items()):
        if layout.kind_of(place) == "rejects":
            _take_back_rejects(store, state, place, where)
        elif layout.kind_of(place) == "runs":
            _take_back_record(store, state, place, where, hits_of_run)
    save(store, state)
    erase(store, state)
    return sum(hits_of_run.values())


def _whole(store: Path) -> Lost:
    files: Lost = {}
    for where in layout.lost_files(store):
        place = layout.lost_place(where) or ""
        if not fault_of(store / where, place):
            files[place, where.removeprefix(f"{layout.LOST}/{place}")] = where
    return files


def _take_back_part(store: Path, state: State, day: str, name: str, lost: list[str]) -> int:
    """Store the hits of a part that the store lacks; return their number."""
    hits, people = (store / place for place in lost)
    stored = [store / layout.part_of("hits", day, each) for each in state.parts.get(day, ())]
    new = parts.free_name(store, state, day, name)
    places = parts.places_of(day, new)
    with _new_rows(hits, stored, repeated.COMPARED_HIT_COLUMNS) as (count, batches):
        if count:
            changed = _new_numbers(state, hits, people)
            batches = (renumbered(batch, changed) for batch in batches)
            _write(layout.draft_of(store / places[0]), batches)
    state.compared_days = sorted({*state.compared_days, day})
    state.drop(lost)
    if not count:
        return 0
    parts.write(layout.draft_of(store / places[1]), parts.read(people))
    state.parts.setdefault(day, []).append(new)
    state.due = sorted({*state.due, *due_after([day], state.days)})
    commit(store, state, places)
    return count


@contextmanager
def _new_rows(
    source: Path, stored: list[Path], columns: tuple[str, ...]
) -> Iterator[tuple[int, Iterator[pa.RecordBatch]]]:
    """Yield the number of the rows of a file that the stored files lack, and these rows."""
    from darksocial.engines.duckdb import DuckDBEngine

    schema = parts.schema_of(source)
    engine = DuckDBEngine()
    try:
        rows = engine.read("lost_rows", [source])
        if stored:
            before = engine.read("stored_rows", stored)
            rows = engine.stage("new_rows", repeated.new_rows(rows, before, columns))
        [count] = engine.fetch(rows.agg(n=rows.count()), "lost rows").column("n").to_pylist()
        yield (
            int(count),
            (
                batch.select(schema.names).cast(schema)
                for batch in engine.batches(rows, "lost rows")
            ),
        )
    finally:
        engine.close()


def _write(draft: Path, batches: Iterator[pa.RecordBatch]) -> None:
    draft.parent.mkdir(parents=True, exist_ok=True)
    first = next(batches)
    write_file(draft, first.schema, chain([first], batches))


def _new_numbers(state: State, hits: Path, people: Path) -> dict[int, int]:
    """Return new numbers for the files of hits: later files may have the same numbers."""
    table = parts.read(hits)
    inferred = inferred_flags(table, parts.read(people))
    numbers = {}
    for number in pc.unique(table.column("file")).to_pylist():
        is_known = number not in inferred or number < len(state.files)
        flags = flags_of(number, state.files) if is_known else inferred[number]
        numbers[number] = number_of(state.next_file, flags)
        state.next_file += 1
    return numbers


def _take_back_rejects(store: Path, state: State, place: str, where: str) -> None:
    stored = [store / each for each in state.reject_places()]
    run = records.free_name(store, layout.run_of(place))
    new = layout.rejects_of(f"{run}.parquet")
    with _new_rows(store / where, stored, repeated.COMPARED_REJECT_COLUMNS) as (count, batches):
        if count:
            _write(layout.draft_of(store / new), batches)
    state.drop([where])
    if count:
        state.rejects.setdefault(layout.day_of_run(place), []).append(layout.name_of(new))
        commit(store, state, [new])


def _take_back_record(
    store: Path, state: State, place: str, where: str, hits_of_run: dict[str, int]
) -> None:
    """Take back the record of a run, unless another run has recorded all of its lines."""
    recorded = bookmarks_in(records.content(store / where).get("bookmarks", ()))
    state.bookmarks = merged([*recorded, *state.bookmarks])
    if hits_of_run.get(layout.run_of(place)) == 0 or (store / place).exists():
        state.drop([where])
        return
    (store / place).parent.mkdir(exist_ok=True)
    (store / where).rename(store / place)
    note_checksum(store, state, place)
