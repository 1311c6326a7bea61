"""The contracts as Parquet."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from darksocial.schema import Contract

COMPRESSION = "zstd"


def with_session_ids(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the batch with `session_id`, from `visitor_id`, `started_at` and `site`.

    It is the visitor_id with the start in seconds since 1970 in hexadecimal and, where the log
    names the site, its CRC-32.
    """
    visitors = batch.column("visitor_id").to_pylist()
    seconds = pc.divide(batch.column("started_at").cast(pa.int64()), 1_000_000).to_pylist()
    sites = (f"-{crc32(s.encode()):08x}" if s else "" for s in batch.column("site").to_pylist())
    starts = zip(visitors, seconds, sites, strict=True)
    ids = [f"{visitor}-{start:x}{site}" for visitor, start, site in starts]
    return batch.append_column("session_id", pa.array(ids, pa.string()))


def with_share_ids(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the batch with `share_id`, from time, app, page and sharer.

    share_id is the time in seconds since 1970 in hexadecimal and the CRC-32 of the others.
    """
    ids = []
    for row in batch.select(["time", "app", "site", "path", "sharer_visitor_id"]).to_pylist():
        key = f"{row['app']} {row['site'] or ''}{row['path']} {row['sharer_visitor_id'] or ''}"
        ids.append(f"{int(row['time'].timestamp()):x}-{crc32(key.encode()):08x}")
    return batch.append_column("share_id", pa.array(ids, pa.string()))


def write_file(path: Path, contract: Contract, batches: Iterable[pa.RecordBatch]) -> None:
    """Write one Parquet file with the contract's schema; without batches it has no rows."""
    with pq.ParquetWriter(path, contract.arrow, compression=COMPRESSION) as writer:
        for batch in batches:
            writer.write_batch(batch)


def write_sessions(folder: Path, contract: Contract, batches: Iterable[pa.RecordBatch]) -> None:
    """Write sessions into `folder`/date=YYYY-MM-DD/, by the UTC day of their start.

    Without sessions the folder stands empty.
    """
    folder.mkdir()
    schema = contract.arrow.append(pa.field("date", pa.string(), False))
    ds.write_dataset(
        pa.RecordBatchReader.from_batches(schema, _dated(batches, schema)),
        folder,
        format="parquet",
        partitioning=ds.partitioning(pa.schema([schema.field("date")]), flavor="hive"),
        file_options=ds.ParquetFileFormat().make_write_options(compression=COMPRESSION),
        basename_template="sessions-{i}.parquet",
        existing_data_behavior="overwrite_or_ignore",
        max_partitions=100_000,
        use_threads=False,
    )


def _dated(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        days = pc.strftime(batch.column("started_at"), format="%Y-%m-%d")
        yield batch.append_column(schema.field("date"), days)
