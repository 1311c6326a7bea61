"""Read and replace the parts of a day: hits and people of the same name belong together."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from darksocial.results.parquet import writing
from darksocial.results.visitor_keys import keys_in, with_keys
from darksocial.store.files.checksums import FileChecks
from darksocial.store.files.layout import LOST, PARTS, draft_of, part_of
from darksocial.store.files.state import State


def read(path: Path) -> pa.Table:
    """Return the rows of a Parquet file."""
    with pq.ParquetFile(path) as file:
        return file.read()


def schema_of(path: Path) -> pa.Schema:
    """Return the columns of a Parquet file."""
    return pq.read_schema(path)


def write(path: Path, table: pa.Table) -> None:
    """Write rows as a Parquet file; its folder is created if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with writing(path, table.schema) as writer:
        writer.write_table(table)


def places_of(day: str, name: str) -> list[str]:
    """Return the places of a part, hits first."""
    return [part_of(kind, day, name) for kind in PARTS]


def readable(state: State, day: str, checks: FileChecks) -> list[str]:
    """Return the names of the parts of a day that are not damaged."""
    return [name for name in state.parts[day] if not any(map(checks.fault, places_of(day, name)))]


def replaced(
    store: Path,
    state: State,
    day: str,
    names: Sequence[str],
    change: Callable[[pa.Table], pa.Table] = lambda table: table,
) -> list[str]:
    """Write drafts of one part in place of several; return its places, to be committed."""
    new = free_name(store, state, day, max(names))
    for place, *others in zip(*(places_of(day, name) for name in [new, *names]), strict=True):
        tables = [read(store / other) for other in others]
        table = pa.concat_tables(tables, promote_options="default")
        keys = keys_in(table.schema for table in tables)
        schema = with_keys(table.schema.remove_metadata(), keys)
        write(draft_of(store / place), change(table.replace_schema_metadata(schema.metadata)))
    state.drop([place for name in names for place in places_of(day, name)])
    state.parts[day] = [*(name for name in state.parts[day] if name not in names), new]
    return places_of(day, new)


def free_name(store: Path, state: State, day: str, name: str) -> str:
    """Return a name for the successor of a part: its own name with the next free revision."""
    stem, _, revision = name.removesuffix(".parquet").partition(".r")
    number = int(revision) if revision.isdigit() else 0
    taken = set(state.parts.get(day, ()))
    while True:
        number += 1
        new = f"{stem}.r{number}.parquet"
        places = places_of(day, new)
        if new not in taken and not any(
            (store / folder / place).exists() for folder in (".", LOST) for place in places
        ):
            return new
