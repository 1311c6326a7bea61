"""Remove byte order marks, and turn UTF-16, as PowerShell's `>` writes it, into UTF-8."""

import codecs
from collections.abc import Iterator

UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def as_utf8(blocks: Iterator[bytes]) -> Iterator[bytes]:
    r"""Return the blocks without a byte order mark, decoded to UTF-8 if it was that of UTF-16.

    Bytes that are not UTF-16 become `\xHH`. Blocks without a mark are returned unchanged.
    """
    head = b""
    for block in blocks:
        head += block
        if len(head) >= len(codecs.BOM_UTF8):
            break
    if head.startswith(UTF_16_MARKS):
        yield from _from_utf16(head, blocks)
        return
    if head := head.removeprefix(codecs.BOM_UTF8):
        yield head
    yield from blocks


def _from_utf16(head: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-16")("backslashreplace")
    yield decoder.decode(head).encode()
    for block in blocks:
        yield decoder.decode(block).encode()
    yield decoder.decode(b"", final=True).encode()
