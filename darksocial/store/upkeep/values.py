"""What a store holds, and what its recovery did: outputs draw both."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What a store holds: days with hits, files, bytes on disk, sessions, and days that are due.

    schema_version: of state.json.
    unreadable: files whose rows cannot be counted.
    lost: files that were set aside in lost/.
    foreign: files that darksocial did not write.
    """

    days: tuple[str, ...]
    due: tuple[str, ...]
    files: int
    bytes: int
    hits: int
    sessions: int
    shares: int
    rejects: int
    bookmarks: int
    schema_version: int
    unreadable: tuple[str, ...]
    lost: tuple[str, ...]
    foreign: tuple[str, ...]


@dataclass(slots=True)
class Recovery:
    """What `darksocial store recover` did.

    source: where the state comes from: state.json, its copy, or the files alone.
    days: the days that have hits.
    aside: damaged files that are in lost/ now, each with its fault.
    removed: damaged tables of campaigns and partners, each with its fault.
    hits_back: the number of hits that were taken back from lost/.
    left: files in lost/ that cannot be taken back.
    bookmarks: the number of logs of which it is known how far they were read.
    reads_again: whether the next run compares the lines that it reads with those in the store.
    guesses_fields: whether it was inferred which fields the logs of hits of version 1 recorded.
    """

    source: str
    days: tuple[str, ...] = ()
    aside: list[tuple[str, str]] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)
    hits_back: int = 0
    left: tuple[str, ...] = ()
    bookmarks: int = 0
    reads_again: bool = False
    guesses_fields: bool = False
