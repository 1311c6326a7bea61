"""What a nightly run did: outputs draw it, and it is written to runs/."""

from dataclasses import dataclass, field
from typing import Any

from darksocial._version import __version__
from darksocial.inputs.copies import SAME_LINES
from darksocial.inputs.earlier import WRITTEN_BY_DARKSOCIAL
from darksocial.schema import SCHEMA_VERSION

READ_BEFORE = "was read before"
BEGINS_WHAT_WAS_READ = "is the beginning of a log that was read before"
NO_WHOLE_LINE = "holds no whole line yet"
CHANGED_MEANWHILE = "was changed while it was read; the next run reads it"
NOTHING_NEW = (
    READ_BEFORE,
    SAME_LINES,
    BEGINS_WHAT_WAS_READ,
    NO_WHOLE_LINE,
    WRITTEN_BY_DARKSOCIAL,
)
"""How the reasons begin for which a file is left out every night although nothing is wrong with it.

Reasons are part of the records of runs, where they are compared: so they are not translated."""


@dataclass(frozen=True, slots=True)
class InputRun:
    """What a run read of one file, of which earlier runs had read `lines_before`.

    unfinished: whether its last line is still being written.
    bytes: new bytes, decompressed for a log, and on the disk for another file.
    replaced: the number of rows of an export that replaced earlier ones.
    warning: what was unusual about the file.
    """

    file: str
    format: str
    lines_before: int
    lines: int
    hits: int
    rejects: int
    blanks: int
    unfinished: bool
    bytes: int = 0
    replaced: int = 0
    warning: str | None = None


@dataclass(slots=True)
class Run:
    """What a run did, as it is written to runs/; without `ended_at`, what it would do.

    name: the name of its record and of the files that it wrote.
    interrupted: what was read by earlier runs that were killed before they were recorded.
    stored_before: hits among `inputs` that the store already held: after it was recovered, or
    because they are the same events.
    skipped: days that could not be written, and why; the next run tries them again.
    touched, purged: days of the new hits; days that were erased.
    warnings: whole sentences.
    lost: files that state.json does not name, which were moved to lost/.
    bookmarks: how far the logs were read, including those of `interrupted`.
    earlier: checksums (size, SHA-256) of earlier records, since the last one that holds any.
    """

    started_at: str
    ended_at: str = ""
    version: str = __version__
    schema_version: int = SCHEMA_VERSION
    name: str = ""
    inputs: list[InputRun] = field(default_factory=list)
    interrupted: list[InputRun] = field(default_factory=list)
    stored_before: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    purged: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    bookmarks: list[dict[str, Any]] = field(default_factory=list)
    earlier: dict[str, tuple[int, str]] = field(default_factory=dict)
