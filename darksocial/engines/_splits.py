"""Inputs as Spark's data sources: splits of plain texts with line numbers, and whole files.

Spark cuts a text into splits and reads them in any order. So that lines have the numbers that they
have in the file, the lines of each split are counted first; what stands before a split is a running
sum over that small table, which is joined to the lines. Counting reads a text a second time; it is
left out where no file is large enough to be cut.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from darksocial.engines._workers import bare_uri
from darksocial.inputs.file import Input
from darksocial.reading.lines import MAX_LINE_BYTES, OVERLONG_TEXT_BYTES

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

CODECS = re.compile(r"\.(gz|bz2|deflate|snappy|lz4|zst|zstd|xz)$", re.I)
"""Names by which Spark takes a file for compressed, whatever is in it."""
GLOB = re.compile(r"([\[\]{}*?\\])")


def is_split(file: Input) -> bool:
    """Whether Spark's own reader gives the lines of a file, from any place in it."""
    name = file.file.path.rpartition("/")[2]
    hidden = name.startswith(("_", "."))  # Spark leaves such files out, even if named
    return file.is_plain_text and not hidden and not CODECS.search(name)


def uri_of(file: Input) -> str:
    """The file as Spark is to be told of it."""
    path = file.file.path
    return path if file.file.storage else f"file://{Path(path).absolute()}"


def split_lines(session: "SparkSession", files: Sequence[Input]) -> "DataFrame":
    """The lines of plain texts: file, start of the split, lines before it, value and overlong.

    Lines over the limit of reading/lines.py are cut before they leave the Java side.
    """
    from pyspark.sql import functions as f

    texts = session.read.option("lineSep", "\n").text([_literally(uri_of(file)) for file in files])
    octets = f.col("value").cast("binary")
    overlong = f.octet_length("value") > MAX_LINE_BYTES
    lines = texts.select(
        f.col("_metadata.file_path").alias("path"),
        f.col("_metadata.file_block_start").alias("start"),
        f.when(overlong, f.substring(octets, 1, OVERLONG_TEXT_BYTES))
        .otherwise(octets)
        .alias("value"),
        overlong.alias("overlong"),
    )
    splits = f.broadcast(_splits(session, lines.select("path", "start"), files))
    return lines.join(splits, ["path", "start"]).select(
        "file", "start", "before", "value", "overlong"
    )


def _splits(session: "SparkSession", lines: "DataFrame", files: Sequence[Input]) -> "DataFrame":
    """Each split: path and start, the number of its file, and how many lines stand before it."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    spelled = _spellings(session, files)
    numbers = {"path": list(spelled), "file": pa.array(spelled.values(), pa.int32())}
    named = session.createDataFrame(pa.table(numbers))
    if max(file.file.size or 0 for file in files) <= _certainly_whole(session):
        found = named.select("path", "file", f.lit(0).cast("long").alias("start"))
        counted = found.withColumn("before", f.lit(0).cast("long"))
    else:
        found = lines.groupBy("path", "start").count()
        earlier = (
            Window.partitionBy("path").orderBy("start").rowsBetween(Window.unboundedPreceding, -1)
        )
        before = f.coalesce(f.sum("count").over(earlier), f.lit(0).cast("long"))
        counted = found.withColumn("before", before).join(f.broadcast(named), "path")
    return counted.select("path", "start", "file", "before")


def _spellings(session: "SparkSession", files: Sequence[Input]) -> dict[str, int]:
    """File numbers by what Spark's `file_path` may say of each file: file:/a or file:///a."""
    from darksocial.engines._hadoop import hadoop_configuration, java

    paths = java(session).org.apache.hadoop.fs.Path
    configuration = hadoop_configuration(session)
    found: dict[str, int] = {}
    for file in files:
        path = paths(uri_of(file))
        uri = path.getFileSystem(configuration).makeQualified(path).toUri().toString()
        found |= dict.fromkeys((uri, uri.replace(":///", ":/", 1)), file.number)
    return found


def _certainly_whole(session: "SparkSession") -> int:
    """A size up to which Spark does not cut a file, in bytes."""
    sizes = ("spark.sql.files.maxPartitionBytes", "spark.sql.files.openCostInBytes")
    return min(_bytes(session, size) for size in sizes)


def _bytes(session: "SparkSession", option: str) -> int:
    from darksocial.engines._hadoop import java

    utils = java(session).org.apache.spark.network.util.JavaUtils
    return int(utils.byteStringAsBytes(session.conf.get(option)))


def contents(session: "SparkSession", files: Sequence[Input]) -> "DataFrame":
    """Whole files: path and content, a file in a row. Spark holds up to 2 GB in one."""
    uris = sorted({_literally(uri_of(file)) for file in files})
    return session.read.format("binaryFile").load(uris).select("path", "content")


def numbers_by_uri(files: Sequence[Input]) -> dict[str, list[int]]:
    """The files (several in an archive) that stand at each path."""
    found: dict[str, list[int]] = {}
    for file in files:
        found.setdefault(bare_uri(uri_of(file)), []).append(file.number)
    return found


def _literally(uri: str) -> str:
    """A URI in which nothing is a pattern."""
    return GLOB.sub(r"\\\1", uri)
