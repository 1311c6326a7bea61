"""From which days on visitors are hashed with another key, so that nobody is followed past them.

A store may change the key of visitor ids (`--rotate-key`, another secret): the same person is
another visitor from then on. Each Parquet file of hits, people and sessions that a nightly run
writes says in its metadata by which keys its visitors are hashed, as names that reveal no key. A
file of an earlier version says nothing, and of a day without names it is not known.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from darksocial.results.explain import legible

METADATA = b"darksocial.visitor_keys"
DATE = "date="


def with_keys(schema: pa.Schema, names: Iterable[str]) -> pa.Schema:
    """Return a schema whose metadata names the keys; without a name it stays as it is."""
    text = " ".join(sorted(set(names)))
    return schema.with_metadata({**(schema.metadata or {}), METADATA: text}) if text else schema


def keys_in(schemas: Iterable[pa.Schema]) -> set[str]:
    """Return the names of the keys in the metadata of schemas; none if one of them has none."""
    texts = [(schema.metadata or {}).get(METADATA, b"").decode() for schema in schemas]
    return set(" ".join(texts).split()) if all(texts) else set()


def key_changes(out: Path, first: date | None = None, last: date | None = None) -> tuple[date, ...]:
    """Return the days of a store from which on visitors are hashed with another key, in order:
    those from `first` to `last`, or all.

    Days of which the key is not known are left out, and an analysis has one key. Raises InputError
    if a file cannot be read.
    """
    with legible(out):
        return tuple(_changes(out, first, last))


def _changes(out: Path, first: date | None, last: date | None) -> Iterator[date]:
    """Yield the days of changes; files of days before `first` are opened only as far as they are
    needed to know the key before."""
    since, until = (f"{DATE}{day}" for day in (first or date.min, last or date.max))
    folders = sorted((out / "sessions").glob(f"{DATE}*"))
    earlier = (_names_in(folder) for folder in reversed(folders) if folder.name < since)
    before = next(filter(None, earlier), set[str]())
    for folder in folders:
        if since <= folder.name <= until:
            names = _names_in(folder)
            if names and before and names - before:
                yield date.fromisoformat(folder.name.removeprefix(DATE))
            before = names or before


def _names_in(folder: Path) -> set[str]:
    """Return the names of the keys of a day; none if they are not known."""
    return keys_in(map(pq.read_schema, sorted(folder.glob("*.parquet"))))
