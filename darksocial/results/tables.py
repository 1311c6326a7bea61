"""Convert rows of internal tables to rows of the contracts, batch by batch."""

from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc

from darksocial.privacy.urls import Parameters, bare_batch


def with_session_ids(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the batch with `session_id`, from `visitor_id`, `started_at` and `site`.

    It is the visitor_id with the start in seconds since 1970 in hexadecimal and, if the log
    names the site, the CRC-32 of the site.
    """
    visitors = batch.column("visitor_id").to_pylist()
    seconds = pc.divide(batch.column("started_at").cast(pa.int64()), 1_000_000).to_pylist()
    sites = (f"-{crc32(s.encode()):08x}" if s else "" for s in batch.column("site").to_pylist())
    starts = zip(visitors, seconds, sites, strict=True)
    ids = [f"{visitor}-{start:x}{site}" for visitor, start, site in starts]
    return batch.append_column("session_id", pa.array(ids, pa.string()))


def with_share_ids(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the batch with `share_id`, from time, app, page, sharer and the id in the address.

    share_id is the time in seconds since 1970 in hexadecimal and the CRC-32 of the others.
    """
    ids = []
    columns = ["time", "app", "site", "path", "sharer_visitor_id", "tracked_id"]
    for row in batch.select(columns).to_pylist():
        key = f"{row['app']} {row['site'] or ''}{row['path']} {row['sharer_visitor_id'] or ''}"
        key += f" {row['tracked_id']}" if row["tracked_id"] else ""
        ids.append(f"{int(row['time'].timestamp()):x}-{crc32(key.encode()):08x}")
    return batch.append_column("share_id", pa.array(ids, pa.string()))


def as_sessions(
    batch: pa.RecordBatch, schema: pa.Schema, dropped: Parameters | None
) -> pa.RecordBatch:
    """Return rows of visits as rows of the sessions contract, with or without identifiers.

    `dropped` are the parameters of queries that are not written; None: queries stay unchanged.
    """
    bare = bare_batch(batch, dropped) if dropped else batch
    return with_session_ids(bare).select(schema.names).cast(schema)


def as_shares(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return rows of share events as rows of the shares contract."""
    return with_share_ids(batch).select(schema.names).cast(schema)


def as_named(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return lines with the name of their file (`name`) in place of its number (`file`)."""
    columns = ("name" if name == "file" else name for name in schema.names)
    return batch.select(list(columns)).rename_columns(schema.names).cast(schema)
