"""Avro object container files, block by block, so that a block cannot expand without bound.

https://avro.apache.org/docs/1.12.0/specification/#object-container-files. fastavro reads the
records; its own reader expands whole blocks, whatever they say they hold.
"""

import bz2
import io
import json
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any

import pyarrow as pa

from darksocial.reading.bounds import LARGEST_RECORD

MAGIC = b"Obj\x01"
SYNC_BYTES = 16
LONGEST_NUMBER = 10
METADATA = {"type": "map", "values": "bytes"}
RAW_DEFLATE = -15
CHECKSUM_BYTES = 4


def read_avro(file: IO[bytes]) -> Iterator[Any]:
    """Return the records. Raises ValueError for damage, and for blocks over 64 MiB."""
    import fastavro

    try:
        _exactly(file, len(MAGIC))
        metadata: Any = fastavro.schemaless_reader(file, METADATA, None)
        schema = fastavro.parse_schema(json.loads(metadata["avro.schema"]))
        expand = EXPANDED[metadata.get("avro.codec", b"null").decode()]
        sync = _exactly(file, SYNC_BYTES)
        while (count := _number(file, may_end=True)) is not None:
            block = io.BytesIO(expand(_exactly(file, _size(file))))
            for _ in range(count):
                yield fastavro.schemaless_reader(block, schema, None)
            if _exactly(file, SYNC_BYTES) != sync:
                raise ValueError("the blocks do not follow each other")
    except (GeneratorExit, KeyboardInterrupt):
        raise
    except Exception as error:  # a schema made by a stranger can fail the reader in any way
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _exactly(file: IO[bytes], count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise EOFError("it ends early")
    return data


def _size(file: IO[bytes]) -> int:
    size = _number(file)
    assert size is not None
    if not 0 <= size <= LARGEST_RECORD:
        raise ValueError(f"a block of {size} bytes")
    return size


def _number(file: IO[bytes], *, may_end: bool = False) -> int | None:
    """A variable-length integer; None where the file may end and does."""
    number = shift = 0
    for at in range(LONGEST_NUMBER):
        byte = file.read(1)
        if not byte and may_end and at == 0:
            return None
        if not byte:
            raise EOFError("it ends early")
        number |= (byte[0] & 0x7F) << shift
        shift += 7
        if byte[0] < 0x80:
            return (number >> 1) ^ -(number & 1)
    raise ValueError("a number is too long")


def _bounded(data: bytes, more: bool) -> bytes:
    if more:
        raise ValueError(f"a block of more than {LARGEST_RECORD >> 20} MiB")
    return data


def _deflate(data: bytes) -> bytes:
    inner = zlib.decompressobj(RAW_DEFLATE)
    return _bounded(inner.decompress(data, LARGEST_RECORD), bool(inner.unconsumed_tail))


def _by(new: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]) -> Callable[[bytes], bytes]:
    def expand(data: bytes) -> bytes:
        inner = new()
        return _bounded(inner.decompress(data, LARGEST_RECORD), not inner.eof)

    return expand


def _zstandard(data: bytes) -> bytes:
    with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
        found: bytes = stream.read(LARGEST_RECORD + 1)
    return _bounded(found, len(found) > LARGEST_RECORD)


def _snappy(data: bytes) -> bytes:
    """A block tells its own size at its beginning, and ends with a checksum."""
    size = shift = 0
    for byte in data[:5]:
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    _bounded(b"", size > LARGEST_RECORD)
    found: bytes = pa.decompress(
        data[:-CHECKSUM_BYTES], decompressed_size=size, codec="snappy", asbytes=True
    )
    return found


EXPANDED: dict[str, Callable[[bytes], bytes]] = {
    "null": bytes,
    "deflate": _deflate,
    "bzip2": _by(bz2.BZ2Decompressor),
    "xz": _by(lzma.LZMADecompressor),
    "zstandard": _zstandard,
    "snappy": _snappy,
}
