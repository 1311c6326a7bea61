"""Erase one visitor from a store, including files that were set aside."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from darksocial.errors import OutputError
from darksocial.language import gettext as _
from darksocial.results.directory import write_whole
from darksocial.store.calendar import due_after
from darksocial.store.files import layout, parts
from darksocial.store.files.checksums import FileChecks
from darksocial.store.files.commits import commit
from darksocial.store.files.state import State

VISITOR_COLUMNS = ("visitor", "visitor_id")
"""The columns with the visitor of a row."""
SHARER_COLUMN = "sharer_visitor_id"


def forget(store: Path, state: State, visitor: str) -> int:
    """Erase the hits, sessions and shares of one visitor; return the number of hits.

    The days whose sessions depend on them become due: the next run writes them without the visitor.
    Raises OutputError if a file may still name the visitor afterwards.
    """
    checks = FileChecks(store, state.checksums)
    changed: set[str] = set()
    written: list[str] = []
    hits = 0
    for day in state.days:
        for name in parts.readable(state, day, checks):
            counts = [_count(store / place, visitor) for place in parts.places_of(day, name)]
            if any(counts):
                hits += counts[0]
                changed.add(day)
                written += parts.replaced(
                    store, state, day, [name], lambda table: _without(table, visitor)
                )
    elsewhere = [place for place in _elsewhere(store) if _names(store / place, visitor)]
    shown = {layout.day_of(place) for place in elsewhere if not layout.lost_place(place)}
    state.due = sorted({*state.due, *due_after(changed, state.days), *shown & set(state.days)})
    commit(store, state, written)
    for place in elsewhere:
        _rewrite(store / place, visitor)
    _check_erased(store, visitor)
    return hits


def _rewrite(path: Path, visitor: str) -> None:
    table = _without(parts.read(path), visitor)
    write_whole(path, lambda draft: parts.write(draft, table))


def _elsewhere(store: Path) -> list[str]:
    """Return the files with visitors that are not parts: sessions, shares, lost/."""
    own = (p for p in layout.own_files(store) if layout.kind_of(p) in ("sessions", "shares"))
    places = [*own, *layout.lost_files(store)]
    return [place for place in places if ".parquet" in place]


def _names(path: Path, visitor: str) -> bool:
    """Return whether a file names the visitor; False for one that cannot be read.

    A damaged file keeps no other from being searched: `_check_erased` reports it at the end.
    """
    try:
        return _count(path, visitor) > 0
    except Exception:  # a damaged file makes Arrow raise whatever its bytes lead to
        return False


def _count(path: Path, visitor: str) -> int:
    """Return the number of times that rows of a file name a visitor."""
    names = [
        name for name in pq.read_schema(path).names if name in (*VISITOR_COLUMNS, SHARER_COLUMN)
    ]
    count = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=names):
            for column in batch.columns:
                count += int(pc.sum(pc.equal(column, visitor)).as_py() or 0)
    return count


def _without(table: pa.Table, visitor: str) -> pa.Table:
    """Return a table without the rows of a visitor, and without the visitor in other rows."""
    for name in VISITOR_COLUMNS:
        if name in table.column_names:
            mine = pc.fill_null(pc.equal(table.column(name), visitor), False)
            table = table.filter(pc.invert(mine))
    if SHARER_COLUMN not in table.column_names:
        return table
    index = table.schema.get_field_index(SHARER_COLUMN)
    column = table.column(index)
    mine = pc.fill_null(pc.equal(column, visitor), False)
    cleared = pc.if_else(mine, pa.scalar(None, column.type), column)
    return table.set_column(index, table.schema.field(index), cleared)


def _check_erased(store: Path, visitor: str) -> None:
    """Raise OutputError if a file still names the visitor, or cannot be searched."""
    places = [*layout.own_files(store), *layout.lost_files(store)]
    for place in (place for place in places if ".parquet" in place):
        path = store / place
        try:
            left = _count(path, visitor)
        except Exception as error:  # a damaged file makes Arrow raise whatever its bytes lead to
            raise OutputError(
                _(
                    "{path} cannot be read, and may still name the visitor; no other file does"
                ).format(path=path),
                expected=_("files as `darksocial nightly` wrote them"),
                advice=_("darksocial store recover {store}, and then this command again").format(
                    store=store
                ),
            ) from error
        if left:
            raise OutputError(
                _("{path} still names the visitor").format(path=path),
                expected=_("no trace of the visitor"),
            )
