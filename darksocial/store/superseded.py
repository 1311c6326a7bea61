"""Hits that a later version of their export has replaced are taken out of the store."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from darksocial.engines._parquet import COMPRESSION
from darksocial.outputs.directory import write_whole
from darksocial.store.hit_names import visitor_of
from darksocial.store.ingest import Keys
from darksocial.store.state import State

PARTS = ("hits", "people")


def take_out(
    store: Path, state: State, hits: Sequence[int], keys: Keys, run: str
) -> tuple[list[str], list[Path]]:
    """Write the hits of each day anew without some, given by name (hit_names.py).

    The state names the new files afterwards. Returns the days that have changed, and the old files,
    which may be removed once the state has been saved. Raises OutputError.
    """
    days, old = [], []
    for day in state.days if hits else ():
        gone = pa.array([visitor_of(hit, keys.secret, keys.rotation, day) for hit in hits])
        for name in list(state.parts[day]):
            kept = _kept(store / "hits" / f"date={day}" / name, gone)
            if kept is None:
                continue
            new = _free_name(state.parts[day], run)
            paths = [store / part / f"date={day}" for part in PARTS]
            _copy(paths[0] / name, paths[0] / new, kept)
            _copy(paths[1] / name, paths[1] / new, None)
            state.parts[day][state.parts[day].index(name)] = new
            old += [path / name for path in paths]
            days.append(day)
    return sorted(set(days)), old


def _kept(path: Path, visitors: pa.Array) -> pa.Array | None:
    """Which rows of a file stay; None where all do."""
    whose = pq.ParquetFile(path).read(columns=["visitor"]).column("visitor")
    gone = pc.is_in(whose, value_set=visitors)
    return pc.invert(gone) if pc.any(gone).as_py() else None


def _copy(path: Path, new: Path, kept: pa.Array | None) -> None:
    table = pq.ParquetFile(path).read()
    table = table if kept is None else table.filter(kept)
    write_whole(new, lambda draft: pq.write_table(table, draft, compression=COMPRESSION))


def _free_name(names: Iterable[str], run: str) -> str:
    taken = set(names)
    return next(name for name in _names(run) if name not in taken)


def _names(run: str) -> Iterator[str]:
    number = 1
    while True:
        yield f"{run}-{number}.parquet"
        number += 1
