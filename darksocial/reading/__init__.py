"""From paths to batches of numbered lines: which files, what compression, which bytes."""

from darksocial.reading.discover import discover
from darksocial.reading.files import InputFile
from darksocial.reading.lines import LINES, line_batches
from darksocial.reading.streams import ByteStream

__all__ = ["LINES", "ByteStream", "InputFile", "discover", "line_batches"]
