"""Convert new requests to the hits of the store, by day, without addresses and agents.

Visitors, their addresses and their user agents are keyed hashes. With rotation the
day or the month is part of the hashed text, so that nobody without the key can link two of them.

Hits are stored without goals, with the columns that goals need: so a day can be written again with
other goals (days/goals.py). The number of a hit's file includes which fields the log records.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.parser.requests import VISIT_FIELDS
from darksocial.parser.sums import CONDUCT_COLUMNS, GOAL_COLUMNS
from darksocial.results.parquet import write_dated
from darksocial.results.visitor_keys import with_keys
from darksocial.schema import SCHEMA_VERSION
from darksocial.store.calendar import day_numbers
from darksocial.store.files.layout import draft_of
from darksocial.store.intake.keys import Keys
from darksocial.store.intake.numbering import numbers
from darksocial.visits.visitors import keyed

DIGITS_OF_PERIOD = {"monthly": len("2026-03"), "daily": len("2026-03-02")}
"""How much of a day (YYYY-MM-DD) names its period."""
HIT_COLUMNS = (
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
    *(name for name, _ in CONDUCT_COLUMNS),
    *VISIT_FIELDS,
    *(name for name, _ in GOAL_COLUMNS),
)
AGENT_COLUMNS = (
    "device",
    "os",
    "browser",
    "in_app",
    "in_app_kind",
    "preview_app",
    "preview_origin",
    "preview_privacy",
    "bot",
    "browser_outdated",
)
"""What is stored of an agent beside its keyed hash; itself only with `keep_identifiers`."""


def stored(
    engine: Engine,
    requests: ir.Table,
    identities: ir.Table,
    files: ir.Table,
    keys: Keys,
    first_file: int,
) -> tuple[ir.Table, ir.Table]:
    """Return the hits and the people to store, each with `day` (days since 1970).

    `identities` come from `visitors.identified`. `files` has which fields each file records
    (`FLAGS`); the files are numbered from `first_file` (numbering.py).
    """
    hits = requests.filter(requests.reason.isnull())
    hits = hits.mutate(day=day_numbers(hits.time), period=_period(hits, keys))
    pairs = hits.select("visitor", "period").distinct()
    # The secret is in the text of views, so that the SQL of no step holds it: that is logged.
    whose = engine.stage("whose", engine.view("hashed", _whose(pairs, identities, keys)))
    joined = hits.join(whose.select("visitor", "period", "id", "address"), ["visitor", "period"])
    joined = joined.join(files.select("file", number=numbers(files, first_file)), "file")
    address = joined.client_ip if keys.privacy.keep_identifiers else joined.address
    own = joined.select(
        "day",
        *(name for name in HIT_COLUMNS if name != "file"),
        file=joined.number,
        visitor=joined.id,
        client_ip=address,
        event_hash=keyed(keys.secret, joined.event_key.cast("string")),
        schema_version=ibis.literal(SCHEMA_VERSION, "int16"),
    )
    own = engine.view("hits_to_store", own)
    pairs_by_day = (
        hits.select("day", "visitor", "period").distinct().join(whose, ["visitor", "period"])
    )
    people = pairs_by_day.select(
        "day", "user_agent", "agent", "network", *AGENT_COLUMNS, visitor=pairs_by_day.id
    )
    return own, people


def _period(hits: ir.Table, keys: Keys) -> ir.IntegerValue:
    if keys.rotation == "daily":
        return day_numbers(hits.time)
    if keys.rotation == "monthly":
        return (hits.time.year() * 12 + hits.time.month()).cast("int64")
    return ibis.literal(0, "int64")


def _whose(pairs: ir.Table, identities: ir.Table, keys: Keys) -> ir.Table:
    joined = pairs.join(identities, "visitor")
    mark = ibis.literal("\n") + joined.period.cast("string")
    rotates = keys.rotation != "never"
    agent = joined.user_agent if keys.privacy.keep_identifiers else ibis.null("string")
    return joined.select(
        "visitor",
        "period",
        *AGENT_COLUMNS,
        id=keyed(keys.secret, joined.visitor_id + mark) if rotates else joined.visitor_id,
        address=keyed(keys.secret, joined.client_ip + mark if rotates else joined.client_ip),
        agent=keyed(keys.secret, joined.agent + mark if rotates else joined.agent),
        network=keyed(keys.secret, joined.network + mark if rotates else joined.network),
        user_agent=agent,
    )


def keys_of_day(names: Iterable[str], day: str) -> Iterator[str]:
    """Yield the names of the keys of one day (YYYY-MM-DD), of which each period has its own."""
    for name in names:
        rotation = name.partition("-")[2]
        yield f"{name}-{day[: DIGITS_OF_PERIOD[rotation]]}" if rotation != "never" else name


def write_parts(
    folder: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema, run: str, keys: Keys
) -> dict[str, list[str]]:
    """Write drafts of `folder`/date=D/`run`-0.parquet, from rows in the order of `day`; return the
    names of the finished files by day."""
    own = with_keys(schema.remove(schema.get_field_index("day")), [keys.name])
    names: dict[str, list[str]] = {}
    draft = draft_of(Path(run)).name
    for path in write_dated(folder, draft, own, _dated(batches, own)):
        day = path.parent.name.removeprefix("date=")
        names.setdefault(day, []).append(path.name.removeprefix("."))
    return names


def _dated(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema
) -> Iterator[tuple[pa.Array, pa.RecordBatch]]:
    for batch in batches:
        days = batch.column("day").cast(pa.int32()).cast(pa.date32())
        yield days, batch.select(schema.names).cast(schema)
