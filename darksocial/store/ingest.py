"""New lines to stored hits: what sessions are made from, by day, without addresses and agents.

A visitor, and the address that a preview was fetched from, are keyed hashes. With rotation the day
or the month is part of what is hashed, so that nobody without the key can link one to the next.

Hits are stored as if there were no goals, with what goals look at: so a day can be written anew
with other goals (goals.py). What the format of a hit's log recorded is part of its `file`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from darksocial.engines import Engine
from darksocial.parser.requests import VISIT_FIELDS
from darksocial.parser.sums import GOAL_COLUMNS
from darksocial.results.parquet import write_dated
from darksocial.schema import SCHEMA_VERSION
from darksocial.store.layout import draft_of
from darksocial.store.numbering import numbers
from darksocial.visits.visitors import keyed

DAY_SECONDS = 86400
ROTATIONS = ("never", "monthly", "daily")
OF_HIT = (
    "file",
    "line",
    "time",
    "host",
    "kind",
    "tie_break",
    "path",
    "query",
    "referrer",
    "referrer_host",
    *VISIT_FIELDS,
    *(name for name, _ in GOAL_COLUMNS),
)
OF_AGENT = (
    "device",
    "os",
    "browser",
    "in_app",
    "in_app_kind",
    "preview_app",
    "preview_origin",
    "preview_privacy",
    "bot",
)
"""What of an agent is kept; the agent itself only with --keep-identifiers."""


@dataclass(frozen=True, slots=True)
class Keys:
    """How visitors and addresses are hashed: the secret, and how often ids change (`ROTATIONS`)."""

    secret: str
    rotation: str = "never"
    keep_identifiers: bool = False


def stored(
    engine: Engine,
    requests: ir.Table,
    named: ir.Table,
    files: ir.Table,
    keys: Keys,
    first_file: int,
) -> tuple[ir.Table, ir.Table]:
    """Return the hits and the people to store, each with `day` (days since 1970).

    `named` comes from `visitors.identified`; `files` has what each file records (`FLAGS`);
    they are numbered from `first_file` on (numbering.py).
    """
    hits = requests.filter(requests.reason.isnull())
    hits = hits.mutate(day=hits.time.epoch_seconds() // DAY_SECONDS, period=_period(hits, keys))
    pairs = hits.select("visitor", "period").distinct()
    whose = engine.stage("whose", _whose(pairs, named, keys))
    joined = hits.join(whose.select("visitor", "period", "id", "address"), ["visitor", "period"])
    joined = joined.join(files.select("file", number=numbers(files, first_file)), "file")
    address = joined.client_ip if keys.keep_identifiers else joined.address
    own = joined.select(
        "day",
        *(name for name in OF_HIT if name != "file"),
        file=joined.number,
        visitor=joined.id,
        client_ip=address,
        schema_version=ibis.literal(SCHEMA_VERSION, "int16"),
    )
    seen = hits.select("day", "visitor", "period").distinct().join(whose, ["visitor", "period"])
    people = seen.select("day", "user_agent", *OF_AGENT, visitor=seen.id)
    return own, people


def _period(hits: ir.Table, keys: Keys) -> ir.IntegerValue:
    if keys.rotation == "daily":
        return hits.time.epoch_seconds() // DAY_SECONDS
    if keys.rotation == "monthly":
        return (hits.time.year() * 12 + hits.time.month()).cast("int64")
    return ibis.literal(0, "int64")


def _whose(pairs: ir.Table, named: ir.Table, keys: Keys) -> ir.Table:
    found = pairs.join(named, "visitor")
    mark = ibis.literal("\n") + found.period.cast("string")
    rotates = keys.rotation != "never"
    kept = found.user_agent if keys.keep_identifiers else ibis.null("string")
    return found.select(
        "visitor",
        "period",
        *OF_AGENT,
        id=keyed(keys.secret, found.visitor_id + mark) if rotates else found.visitor_id,
        address=keyed(keys.secret, found.client_ip + mark if rotates else found.client_ip),
        user_agent=kept,
    )


def write_parts(
    folder: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema, run: str
) -> dict[str, list[str]]:
    """Write drafts of `folder`/date=D/`run`-0.parquet, rows in the order of `day`; return the names
    of the finished files by day."""
    own = schema.remove(schema.get_field_index("day"))
    found: dict[str, list[str]] = {}
    draft = draft_of(Path(run)).name
    for path in write_dated(folder, draft, own, _dated(batches, own)):
        day = path.parent.name.removeprefix("date=")
        found.setdefault(day, []).append(path.name.removeprefix("."))
    return found


def _dated(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema
) -> Iterator[tuple[pa.Array, pa.RecordBatch]]:
    for batch in batches:
        seconds = pc.multiply(batch.column("day"), DAY_SECONDS).cast(pa.timestamp("s"))
        days = pc.strftime(seconds, format="%Y-%m-%d")
        yield days, batch.select(schema.names).cast(schema)
