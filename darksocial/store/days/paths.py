"""Decode the paths of hits that were stored as they were sent, by versions before 6."""

from collections.abc import Callable
from functools import partial

import pyarrow as pa

from darksocial.engines import Engine
from darksocial.expressions import ir
from darksocial.lookups.paths import decoded_path, decoded_referrer
from darksocial.store.days.goals import LATER_HIT_COLUMNS, VERSION_COLUMN
from darksocial.store.earlier import completed

DECODED_SINCE_VERSION = 6
DECODERS: dict[str, Callable[[str], str]] = {
    "path": decoded_path,
    "request_path": decoded_path,
    "referrer": decoded_referrer,
}
"""How each column of a hit is decoded."""


def with_decoded_paths(engine: Engine, hits: ir.Table) -> ir.Table:
    """Return stored hits whose paths are all decoded, whichever version stored them."""
    hits = completed(hits, LATER_HIT_COLUMNS)
    version = hits[VERSION_COLUMN].fill_null(1)
    earlier = hits.filter(version < DECODED_SINCE_VERSION).limit(1).select(VERSION_COLUMN)
    if not engine.fetch(earlier, "hits with encoded paths").num_rows:
        return hits
    for name, decoder in DECODERS.items():
        encoded = hits.filter(hits[name].contains("%"))
        keys = encoded.select(encoded=encoded[name]).distinct()
        texts = engine.look_up(f"decoded_{name}", keys, partial(_look_up, decoder=decoder))
        joined = hits.left_join(texts, hits[name] == texts.encoded)
        hits = joined.mutate(**{name: joined.decoded.fill_null(joined[name])})
        hits = hits.drop("encoded", "decoded")
    return hits


def _look_up(keys: pa.RecordBatch, decoder: Callable[[str], str]) -> pa.RecordBatch:
    """Map each text to itself, decoded."""
    encoded = keys.column("encoded").to_pylist()
    decoded = list(map(decoder, encoded))
    schema = pa.schema([("encoded", pa.string()), ("decoded", pa.string())])
    return pa.RecordBatch.from_pydict({"encoded": encoded, "decoded": decoded}, schema=schema)
