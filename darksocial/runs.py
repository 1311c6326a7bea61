"""What a nightly run did, and what a store holds: outputs draw both."""

from dataclasses import dataclass, field

from darksocial import __version__

READ_BEFORE = "was read before"
SAME_LINES = "holds the same lines as"
BEGINS_WHAT_WAS_READ = "is the beginning of a log that was read before"
NO_WHOLE_LINE = "holds no whole line yet"
CHANGED_MEANWHILE = "was changed while it was read; the next run reads it"
NOTHING_NEW = (READ_BEFORE, SAME_LINES, BEGINS_WHAT_WAS_READ, NO_WHOLE_LINE)
"""How reasons begin for which a file is left out every night: nothing is wrong with it."""


@dataclass(frozen=True, slots=True)
class InputRun:
    """What a run read of one file, of which earlier runs had read `lines_before`.

    `unfinished`: its last line is still being written. `replaced`: so many rows of an export took
    the place of earlier ones. `warning`: what was odd about the file.
    """

    file: str
    format: str
    lines_before: int
    lines: int
    hits: int
    rejects: int
    blanks: int
    unfinished: bool
    replaced: int = 0
    warning: str | None = None


@dataclass(slots=True)
class Run:
    """What a run did, as it is written to runs/."""

    started_at: str
    ended_at: str = ""
    version: str = __version__
    inputs: list[InputRun] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    purged: list[str] = field(default_factory=list)


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
