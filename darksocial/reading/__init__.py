"""From paths to batches of numbered lines: find files, decompress them, cut them into lines."""

from darksocial.reading.discover import discover
from darksocial.reading.files import Finder, InputFile, Storage, is_uri
from darksocial.reading.lines import LINES, line_batches, lines_as_batch
from darksocial.reading.streams import ByteStream

__all__ = [
    "LINES",
    "ByteStream",
    "Finder",
    "InputFile",
    "Storage",
    "discover",
    "is_uri",
    "line_batches",
    "lines_as_batch",
]
