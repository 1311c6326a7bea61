"""Write and check Parquet files in this process, batch by batch."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

COMPRESSION = "zstd"


@dataclass(frozen=True, slots=True)
class Damaged:
    """A file that cannot be read, and the reason."""

    path: Path
    reason: str


def first_damaged(paths: Iterable[Path]) -> Damaged | None:
    """Read files to their ends; return the first that cannot be read."""
    for path in paths:
        try:
            with path.open("rb") as file:
                for batch in pq.ParquetFile(file).iter_batches():
                    batch.validate()
        except (OSError, pa.ArrowException) as error:
            reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
            return Damaged(path, reason)
    return None


def writing(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Return a writer of one file, whose pages have checksums to detect damage."""
    return pq.ParquetWriter(path, schema, compression=COMPRESSION, write_page_checksum=True)


def write_file(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """Write one Parquet file with the schema; without batches the file has no rows."""
    with writing(path, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def write_days(
    folder: Path, name: str, schema: pa.Schema, day: str, batches: Iterable[pa.RecordBatch]
) -> None:
    """Write batches into `folder`/date=YYYY-MM-DD/, by the UTC day of the column `day`.

    The rows must be in the order of that column. Without rows the folder is empty.
    """
    folder.mkdir()
    write_dated(folder, name, schema, _dated(batches, day))


def write_dated(
    folder: Path,
    name: str,
    schema: pa.Schema,
    batches: Iterable[tuple[pa.Array, pa.RecordBatch]],
) -> list[Path]:
    """Write batches, each with the days of its rows, into `folder`/date=DAY/`name`-0.parquet.

    Days (date32) must be in order, since one file is open at a time. Returns the files.
    """
    written: list[Path] = []
    with ExitStack() as stack:
        for days, batch in batches:
            for day, rows in _runs(days, batch):
                path = folder / f"date={day}" / f"{name}-0.parquet"
                if not written or path != written[-1]:
                    stack.close()
                    path.parent.mkdir(parents=True, exist_ok=True)
                    writer = stack.enter_context(writing(path, schema))
                    written.append(path)
                writer.write_batch(rows)
    return written


def _runs(days: pa.Array, batch: pa.RecordBatch) -> Iterator[tuple[date, pa.RecordBatch]]:
    runs = pc.run_end_encode(days)
    starts = [0, *runs.run_ends.to_pylist()]
    for day, (start, end) in zip(runs.values.to_pylist(), pairwise(starts), strict=True):
        yield day, batch.slice(start, end - start)


def _dated(
    batches: Iterable[pa.RecordBatch], day: str
) -> Iterator[tuple[pa.Array, pa.RecordBatch]]:
    for batch in batches:
        yield batch.column(day).cast(pa.date32()), batch
