"""Read inputs with Spark: splits of plain text with line numbers, and whole files.

Spark cuts a text into splits and reads them in any order. To number lines as in the file, the lines
of each split are counted first. A running sum over that small table gives the number of lines
before each split, and is joined to the lines. Counting reads a text a second time, so it is left
out if no file is large enough to be cut.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from darksocial.engines._workers import comparable_uri
from darksocial.inputs.file import Input
from darksocial.reading.lines import MAX_LINE_BYTES, OVERLONG_TEXT_BYTES

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Spark takes files with these names for compressed, whatever their content is.
COMPRESSED_NAME = re.compile(r"\.(gz|bz2|deflate|snappy|lz4|zst|zstd|xz)$", re.I)
GLOB_SIGN = re.compile(r"([\[\]{}*?\\])")


def is_split(file: Input) -> bool:
    """Return whether Spark's own reader can read the lines of a file from any place in it."""
    name = file.file.path.rpartition("/")[2]
    hidden = name.startswith(("_", "."))  # Spark leaves such files out even if they are listed
    return file.is_plain_text and not hidden and not COMPRESSED_NAME.search(name)


def uri_of(file: Input) -> str:
    """Return the URI of a file for Spark."""
    path = file.file.path
    return path if file.file.storage else f"file://{Path(path).absolute()}"


def split_lines(session: "SparkSession", files: Sequence[Input]) -> "DataFrame":
    """Return the lines of plain texts: file, start of the split, lines before it, value, overlong.

    Lines over the limit of reading/lines.py are truncated before they leave the Java side.
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
    """Return each split: path, start, number of its file, and how many lines precede it."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    spelled = _spellings(session, files)
    numbers = {"path": list(spelled), "file": pa.array(spelled.values(), pa.int32())}
    file_numbers = session.createDataFrame(pa.table(numbers))
    if max(file.file.size or 0 for file in files) <= _max_whole_bytes(session):
        splits = file_numbers.select("path", "file", f.lit(0).cast("long").alias("start"))
        counted = splits.withColumn("before", f.lit(0).cast("long"))
    else:
        splits = lines.groupBy("path", "start").count()
        earlier = (
            Window.partitionBy("path").orderBy("start").rowsBetween(Window.unboundedPreceding, -1)
        )
        before = f.coalesce(f.sum("count").over(earlier), f.lit(0).cast("long"))
        counted = splits.withColumn("before", before).join(f.broadcast(file_numbers), "path")
    return counted.select("path", "start", "file", "before")


def _spellings(session: "SparkSession", files: Sequence[Input]) -> dict[str, int]:
    """Return file numbers by every spelling in Spark's `file_path`: file:/a and file:///a."""
    from darksocial.engines._hadoop import hadoop_configuration, java

    paths = java(session).org.apache.hadoop.fs.Path
    configuration = hadoop_configuration(session)
    numbers: dict[str, int] = {}
    for file in files:
        path = paths(uri_of(file))
        uri = path.getFileSystem(configuration).makeQualified(path).toUri().toString()
        numbers |= dict.fromkeys((uri, uri.replace(":///", ":/", 1)), file.number)
    return numbers


def _max_whole_bytes(session: "SparkSession") -> int:
    """Return the size in bytes up to which Spark does not cut a file."""
    sizes = ("spark.sql.files.maxPartitionBytes", "spark.sql.files.openCostInBytes")
    return min(_bytes(session, size) for size in sizes)


def _bytes(session: "SparkSession", option: str) -> int:
    from darksocial.engines._hadoop import java

    utils = java(session).org.apache.spark.network.util.JavaUtils
    return int(utils.byteStringAsBytes(session.conf.get(option)))


def contents(session: "SparkSession", files: Sequence[Input]) -> "DataFrame":
    """Return whole files: path and content, one row each. Spark holds up to 2 GB in a row."""
    uris = sorted({_literally(uri_of(file)) for file in files})
    return session.read.format("binaryFile").load(uris).select("path", "content")


def numbers_by_uri(files: Sequence[Input]) -> dict[str, list[int]]:
    """Return the numbers of the files at each path; an archive holds several."""
    numbers: dict[str, list[int]] = {}
    for file in files:
        numbers.setdefault(comparable_uri(uri_of(file)), []).append(file.number)
    return numbers


def _literally(uri: str) -> str:
    """Return a URI whose glob signs are escaped."""
    return GLOB_SIGN.sub(r"\\\1", uri)
