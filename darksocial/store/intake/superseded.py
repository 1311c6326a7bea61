"""Remove hits from the store that a later version of their export replaces."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from darksocial.store.files import layout, parts
from darksocial.store.files.checksums import FileChecks
from darksocial.store.files.state import State
from darksocial.store.intake.hit_names import visitor_of
from darksocial.store.intake.keys import Keys


def remove_replaced(
    store: Path, state: State, hits: Sequence[int], keys: Keys
) -> tuple[list[str], list[str]]:
    """Write drafts of the hits of each day without hits of some names (hit_names.py).

    Returns the days that have changed, and the places of the drafts, to be committed with the
    state. Damaged files are left unchanged. Raises OSError.
    """
    changed, places = [], []
    checks = FileChecks(store, state.checksums)
    for day in state.days if hits else ():
        gone = pa.array([visitor_of(hit, keys.secret, keys.rotation, day) for hit in hits])
        for name in parts.readable(state, day, checks):
            if _holds(store / layout.part_of("hits", day, name), gone):
                without = partial(_without, visitors=gone)
                places += parts.replaced(store, state, day, [name], without)
                changed.append(day)
    return sorted(set(changed)), places


def _holds(path: Path, visitors: pa.Array) -> bool:
    with pq.ParquetFile(path) as file:
        whose = file.read(columns=["visitor"]).column("visitor")
    return bool(pc.any(pc.is_in(whose, value_set=visitors)).as_py())


def _without(table: pa.Table, visitors: pa.Array) -> pa.Table:
    """Return the rows of other visitors, in a table of hits or people."""
    return table.filter(pc.invert(pc.is_in(table.column("visitor"), value_set=visitors)))
