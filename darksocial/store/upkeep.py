"""What a store needs from time to time: purging, forgetting, checking, and fewer, larger files."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from darksocial.engines._parquet import COMPRESSION
from darksocial.errors import OutputError
from darksocial.outputs.directory import write_whole
from darksocial.runs import StoreInfo
from darksocial.store import marks
from darksocial.store.days import due_after
from darksocial.store.state import State, save

BY_DAY = ("hits", "people", "sessions", "shares", "reports")
PARTS = ("hits", "people")


def remove_orphans(store: Path, state: State) -> None:
    """Remove what killed runs left: files that the state does not name, and drafts."""
    for part in PARTS:
        for path in (store / part).glob("date=*/*"):
            if path.name not in state.parts.get(path.parent.name.removeprefix("date="), ()):
                path.unlink()
    named = {name for names in state.rejects.values() for name in names}
    for path in (store / "rejects").glob("*"):
        if path.name not in named:
            path.unlink()
    for path in store.glob("**/.*"):
        if path.is_file() and path.name != ".lock":
            path.unlink()


def purge(store: Path, state: State, first_kept: date | None) -> list[str]:
    """Erase all days before `first_kept`, and the bookmarks that were last used before it."""
    if first_kept is None:
        return []
    limit = first_kept.isoformat()
    old = sorted({day for day in (*state.parts, *_days(store)) if day < limit})
    state.parts = {day: names for day, names in state.parts.items() if day >= limit}
    state.rejects = {day: names for day, names in state.rejects.items() if day >= limit}
    state.bookmarks = [mark for mark in state.bookmarks if mark.seen >= limit]
    state.due = [day for day in state.due if day >= limit]
    save(store, state)
    for day in old:
        for name in BY_DAY:
            shutil.rmtree(store / name / f"date={day}", ignore_errors=True)
    remove_orphans(store, state)
    return old


def _days(store: Path) -> Iterator[str]:
    for name in BY_DAY:
        for path in (store / name).glob("date=*"):
            yield path.name.removeprefix("date=")


def forget(store: Path, state: State, visitor: str) -> int:
    """Erase the hits, sessions and shares of one visitor; return how many hits there were.

    The days whose sessions depend on them are due anew: the next run writes them without the
    visitor. Raises OutputError where the visitor is still found afterwards.
    """
    lost = {
        day: sum(_drop(path, "visitor", visitor) for path in _parts(store, state, "hits", day))
        for day in state.days
    }
    changed = [day for day, hits in lost.items() if hits]
    state.due = sorted({*state.due, *due_after(changed, state.days)})
    save(store, state)
    for day in state.days:
        for path in _parts(store, state, "people", day):
            _drop(path, "visitor", visitor)
    for path in (store / "sessions").glob("date=*/*.parquet"):
        _drop(path, "visitor_id", visitor)
    for path in (store / "shares").glob("date=*/*.parquet"):
        _rewrite(path, lambda table: _without_sharer(table, visitor))
    left = [path for path in store.glob("*/date=*/*.parquet") if _holds(path, visitor)]
    if left:
        raise OutputError(f"{left[0]} still holds the visitor", expected="no trace of it")
    return sum(lost.values())


def _parts(store: Path, state: State, part: str, day: str) -> list[Path]:
    return [store / part / f"date={day}" / name for name in state.parts[day]]


def _drop(path: Path, column: str, value: str) -> int:
    """Drop the rows of a file whose column has a value; return how many there were."""
    table = pq.ParquetFile(path).read()
    mine = pc.fill_null(pc.equal(table.column(column), value), False)
    count = int(pc.sum(mine).as_py() or 0)
    if count:
        _rewrite(path, lambda table: table.filter(pc.invert(mine)))
    return count


def _without_sharer(table: pa.Table, visitor: str) -> pa.Table:
    at = table.schema.get_field_index("sharer_visitor_id")
    column = table.column(at)
    mine = pc.fill_null(pc.equal(column, visitor), False)
    cleared = pc.if_else(mine, pa.scalar(None, column.type), column)
    return table.set_column(at, table.schema.field(at), cleared)


def _rewrite(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    _create(path, change(pq.ParquetFile(path).read()))


def _holds(path: Path, visitor: str) -> bool:
    table = pq.ParquetFile(path).read()
    names = {"visitor", "visitor_id", "sharer_visitor_id"} & set(table.column_names)
    return any(pc.any(pc.equal(table.column(name), visitor)).as_py() for name in sorted(names))


def compact(store: Path, state: State) -> int:
    """Write the parts of each day as one file; return how many files went."""
    gone = 0
    for day in state.days:
        names = state.parts[day]
        if len(names) < 2:
            continue
        new = f"{max(names).removesuffix('.parquet')}.compact.parquet"
        for part in PARTS:
            tables = [pq.ParquetFile(path).read() for path in _parts(store, state, part, day)]
            table = pa.concat_tables(tables)
            _create(store / part / f"date={day}" / new, table)
        gone += len(PARTS) * (len(names) - 1)
        state.parts[day] = [new]
        save(store, state)
    remove_orphans(store, state)
    return gone


def _create(path: Path, table: pa.Table) -> None:
    write_whole(path, lambda draft: pq.write_table(table, draft, compression=COMPRESSION))


def verify(store: Path, state: State) -> list[str]:
    """Return what is wrong with a store: files that are missing, damaged, or of another day."""
    found = []
    for day in state.days:
        for part in PARTS:
            found += [_fault(path, None) for path in _parts(store, state, part, day)]
        if day not in state.due:
            for name, column in (("sessions", "started_at"), ("shares", "time")):
                path = store / name / f"date={day}" / f"{name}-0.parquet"
                found.append(_fault(path, (column, day)))
            if not (store / "reports" / f"date={day}" / "summary.json").is_file():
                found.append(f"reports/date={day}/summary.json is missing")
    named = [name for names in state.rejects.values() for name in names]
    found += [_fault(store / "rejects" / name, None) for name in named]
    found += marks.faults(store, (span for mark in state.bookmarks for span in mark.spans))
    return [fault for fault in found if fault]


def _fault(path: Path, dated: tuple[str, str] | None) -> str | None:
    try:
        table = pq.ParquetFile(path).read()
    except (OSError, pa.ArrowException) as error:
        return f"{path} cannot be read: {error}"
    if dated and table.num_rows:
        column, day = dated
        days = pc.unique(pc.strftime(table.column(column), format="%Y-%m-%d")).to_pylist()
        if days != [day]:
            return f"{path} holds {column} of {', '.join(days)}"
    return None


def info(store: Path, state: State) -> StoreInfo:
    """Return what a store holds."""
    paths = [path for path in store.glob("**/*") if path.is_file()]
    counts = {
        name: sum(_rows(path) for path in (store / name).glob("**/*.parquet"))
        for name in ("hits", "sessions", "shares", "rejects")
    }
    size = sum(path.stat().st_size for path in paths)
    return StoreInfo(
        tuple(state.days),
        tuple(state.due),
        len(paths),
        size,
        bookmarks=len(state.bookmarks),
        **counts,
    )


def _rows(path: Path) -> int:
    return int(pq.read_metadata(path).num_rows)
