"""What a nightly run did, and what a store holds: outputs draw both."""

from dataclasses import dataclass, field

from darksocial import __version__

READ_BEFORE = "was read before"
SAME_LINES = "holds the same lines as"
NO_WHOLE_LINE = "holds no whole line yet"
NOTHING_NEW = (READ_BEFORE, SAME_LINES, NO_WHOLE_LINE)
"""How reasons begin for which a file is left out every night: nothing is wrong with it."""


@dataclass(frozen=True, slots=True)
class InputRun:
    """What a run read of one file, of which earlier runs had read `lines_before`.

    `unfinished`: its last line is still being written. `bytes` are new: of a log decompressed, of
    another file as it lies on disk.
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


@dataclass(slots=True)
class Run:
    """What a run did, as it is written to runs/; without `ended_at` what it would do.

    `touched` are the days of the new hits, `days` those that were written, `purged` those that were
    erased; `warnings` are whole sentences.
    """

    started_at: str
    ended_at: str = ""
    version: str = __version__
    inputs: list[InputRun] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    purged: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What a store holds: days with hits, files, bytes on disk, sessions, and days that are due."""

    days: tuple[str, ...]
    due: tuple[str, ...]
    files: int
    bytes: int
    hits: int
    sessions: int
    shares: int
    rejects: int
    bookmarks: int
