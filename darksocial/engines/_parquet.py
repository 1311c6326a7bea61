"""Parquet files, written by this process from batches of rows."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

COMPRESSION = "zstd"


def write_file(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write one Parquet file with the schema; without batches it has no rows."""
    with pq.ParquetWriter(path, schema, compression=COMPRESSION) as writer:
        for batch in batches:
            writer.write_batch(batch)


def write_days(
    folder: Path, name: str, schema: pa.Schema, day: str, batches: Iterable[pa.RecordBatch]
) -> None:
    """Write batches into `folder`/date=YYYY-MM-DD/, by the UTC day of the column `day`.

    Without rows the folder stands empty.
    """
    folder.mkdir()
    dated = schema.append(pa.field("date", pa.string(), False))
    write_dated(folder, name, dated, _dated(batches, day, dated))


def write_dated(
    folder: Path, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]
) -> None:
    """Write batches that have `date` (YYYY-MM-DD) into `folder`/date=.../`name`-N.parquet."""
    ds.write_dataset(
        pa.RecordBatchReader.from_batches(schema, batches),
        folder,
        format="parquet",
        partitioning=ds.partitioning(pa.schema([schema.field("date")]), flavor="hive"),
        file_options=ds.ParquetFileFormat().make_write_options(compression=COMPRESSION),
        basename_template=f"{name}-{{i}}.parquet",
        existing_data_behavior="overwrite_or_ignore",
        max_partitions=100_000,
        use_threads=False,
    )


def _dated(
    batches: Iterable[pa.RecordBatch], day: str, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        days = pc.strftime(batch.column(day), format="%Y-%m-%d")
        yield batch.append_column(schema.field("date"), days)
