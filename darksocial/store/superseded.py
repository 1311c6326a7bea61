"""Hits that a later version of their export has replaced are taken out of the store."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from darksocial.engines._parquet import COMPRESSION
from darksocial.outputs.directory import write_whole
from darksocial.store.state import State

PARTS = ("hits", "people")


def take_out(
    store: Path, state: State, hits: Iterable[tuple[int, int]], run: str
) -> tuple[list[str], list[Path]]:
    """Write the hits of each day anew without some, given by file and line.

    The state names the new files afterwards. Returns the days that have changed, and the old files,
    which may be removed once the state has been saved. Raises OutputError.
    """
    lines: dict[int, list[int]] = defaultdict(list)
    for file, line in hits:
        lines[file].append(line)
    days, old = [], []
    for day in state.days if lines else ():
        for name in list(state.parts[day]):
            kept = _kept(store / "hits" / f"date={day}" / name, lines)
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


def _kept(path: Path, lines: dict[int, list[int]]) -> npt.NDArray[np.bool_] | None:
    """Which rows of a file stay; None where all do."""
    table = pq.ParquetFile(path).read(columns=["file", "line"])
    files, numbers = (table.column(name).to_numpy() for name in ("file", "line"))
    gone = np.zeros(len(files), np.bool_)
    for file in set(np.unique(files).tolist()) & set(lines):
        gone |= (files == file) & np.isin(numbers, lines[file])
    return ~gone if gone.any() else None


def _copy(path: Path, new: Path, kept: npt.NDArray[np.bool_] | None) -> None:
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
