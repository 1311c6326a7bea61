"""Avro object container files, block by block, so that no block expands beyond a fixed size.

https://avro.apache.org/docs/1.12.0/specification/#object-container-files. fastavro reads the
records, but its own container reader expands whole blocks without a limit.
"""

import bz2
import io
import json
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any

import pyarrow as pa

from darksocial.language import gettext as _
from darksocial.reading.bounds import MAX_RECORD_BYTES, MIB

AVRO_MAGIC = b"Obj\x01"
SYNC_BYTES = 16
MAX_NUMBER_BYTES = 10
METADATA_SCHEMA = {"type": "map", "values": "bytes"}
# zlib: a window of 2**15 bytes, and no header around the data.
RAW_DEFLATE_WINDOW_BITS = -15
SNAPPY_CHECKSUM_BYTES = 4
# A size below 64 MiB has at most five bytes of seven bits.
SNAPPY_SIZE_BYTES = 5


def read_avro(file: IO[bytes]) -> Iterator[Any]:
    """Return the records. Raises ValueError if the file is damaged or a block exceeds 64 MiB."""
    import fastavro

    try:
        _exactly(file, len(AVRO_MAGIC))
        metadata: Any = fastavro.schemaless_reader(file, METADATA_SCHEMA, None)
        schema = fastavro.parse_schema(json.loads(metadata["avro.schema"]))
        expand = EXPANDERS[metadata.get("avro.codec", b"null").decode()]
        sync = _exactly(file, SYNC_BYTES)
        while (count := _number(file, may_end=True)) is not None:
            block = io.BytesIO(expand(_exactly(file, _size(file))))
            for _record in range(count):
                yield fastavro.schemaless_reader(block, schema, None)
            if _exactly(file, SYNC_BYTES) != sync:
                raise ValueError(_("the blocks do not follow each other"))
    except (GeneratorExit, KeyboardInterrupt):
        raise
    except Exception as error:  # an untrusted schema can make the reader fail in any way
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _exactly(file: IO[bytes], count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise EOFError(_("it ends early"))
    return data


def _size(file: IO[bytes]) -> int:
    size = _number(file)
    assert size is not None
    if not 0 <= size <= MAX_RECORD_BYTES:
        raise ValueError(_("a block of {size} bytes").format(size=size))
    return size


def _number(file: IO[bytes], *, may_end: bool = False) -> int | None:
    """Return a variable-length integer, or None where the file may end and does."""
    number = shift = 0
    for index in range(MAX_NUMBER_BYTES):
        byte = file.read(1)
        if not byte and may_end and index == 0:
            return None
        if not byte:
            raise EOFError(_("it ends early"))
        number |= (byte[0] & 0x7F) << shift
        shift += 7
        if byte[0] < 0x80:
            return (number >> 1) ^ -(number & 1)
    raise ValueError(_("a number is too long"))


def _bounded(data: bytes, more: bool) -> bytes:
    """Return the data. Raises ValueError if there is more of it than a record may have."""
    if more:
        raise ValueError(_("a block of more than {n} MiB").format(n=MAX_RECORD_BYTES // MIB))
    return data


def _deflate(data: bytes) -> bytes:
    inner = zlib.decompressobj(RAW_DEFLATE_WINDOW_BITS)
    return _bounded(inner.decompress(data, MAX_RECORD_BYTES), bool(inner.unconsumed_tail))


def _expander(
    new: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor],
) -> Callable[[bytes], bytes]:
    def expand(data: bytes) -> bytes:
        inner = new()
        return _bounded(inner.decompress(data, MAX_RECORD_BYTES), not inner.eof)

    return expand


def _zstandard(data: bytes) -> bytes:
    with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
        expanded: bytes = stream.read(MAX_RECORD_BYTES + 1)
    return _bounded(expanded, len(expanded) > MAX_RECORD_BYTES)


def _snappy(data: bytes) -> bytes:
    """Expand a block, which begins with its size and ends with a checksum."""
    size = shift = 0
    for byte in data[:SNAPPY_SIZE_BYTES]:
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    _bounded(b"", size > MAX_RECORD_BYTES)
    expanded: bytes = pa.decompress(
        data[:-SNAPPY_CHECKSUM_BYTES], decompressed_size=size, codec="snappy", asbytes=True
    )
    return expanded


EXPANDERS: dict[str, Callable[[bytes], bytes]] = {
    "null": bytes,
    "deflate": _deflate,
    "bzip2": _expander(bz2.BZ2Decompressor),
    "xz": _expander(lzma.LZMADecompressor),
    "zstandard": _zstandard,
    "snappy": _snappy,
}
