"""Where each log of a run goes on: every line is read once, whatever has happened to the files.

A log is known by the hashes of its lines (chains.py), not by its name. Two logs share k lines if
their first k lines are the same. The first of these cases that holds decides:

| case | what it is | read from |
| --- | --- | --- |
| another input has all its lines, and perhaps more | a copy | nothing |
| all its lines were read, and no more | the log itself | its end |
| all its lines begin a log that was read, which had more | an older copy | nothing |
| it differs from a log that was read, see below | the tail was replaced | line k + 1, reported |
| it begins with a log that was read | it has grown | where that ended |
| none of these | a log of its own | line 1 |

A log can be an older copy because a backup was restored, a power failure took its tail, it was
caught by copytruncate between copying and truncating, or its beginning was compressed. Its tail was
replaced if such a log was written to afterwards. But two logs that begin alike, as those of two
hosts may, are not each other. So a log whose tail was replaced must share a line with a time in it
(comments and banners show nothing), more lines than any log it has grown from, and either

- the log that was read is not among the inputs, nor has another input gone on from it, tonight or
  before; or
- k is 1,000 or more, which no two logs share by chance. Two inputs that are both new are held to
  this as well.

A log that so far has only lines with which another begins holds nothing new. Once it goes on
otherwise, it is one of the cases above: lines are delayed then, not lost. One log at most goes on
from where another was read to.

A line without an end waits, unless the file is compressed and whole. If such a file turns out to
be the beginning of a longer one, that line is read again, whole.

Bookmarks of earlier versions, and those that were hashed with another secret, know the first 4 KiB
of a log and the last line before the offset. That a log has grown is known by these as before, the
other cases are not.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from darksocial.inputs.file import Input
from darksocial.reading.resumed import HEAD_BYTES, WholeLines, offset_of_line
from darksocial.store.files import marks
from darksocial.store.files.bookmark import Bookmark, digest
from darksocial.store.files.runs import BEGINS_WHAT_WAS_READ, READ_BEFORE, SAME_LINES
from darksocial.store.intake.beginnings import Beginnings
from darksocial.store.intake.chains import Chain, Hashes, Ledger, hashed, name_of_key

ENOUGH_LINES = 1000
"""No two logs share so many first lines by chance."""
DIVERGED = "differs from what was read before, from line {line:,} on, and is read from there"
TIME = re.compile(rb"\d\d:\d\d|\d{4}-\d\d-\d\d|\d{9}")
TIME_BYTES, TIME_LINES = 4096, 1000
"""Where a time is looked for: in so many bytes of a line, in so many lines."""
LOW_BITS = 0xFFFFFFFF
LINE_TYPE = "<u4"


class Log:
    """An input that was looked at: its lines as hashes, in the ledger."""

    def __init__(self, entry: Input, looked_at: WholeLines, ledger: Ledger, key: str) -> None:
        chain = Chain(key)
        self.entry, self.looked_at = entry, looked_at
        self.first = self.first_timed = 0
        self._ledger, self._start = ledger, ledger.length
        for lines in looked_at.blocks():
            if not self.first_timed and chain.lines < TIME_LINES:
                self.first_timed = _first_timed(lines, chain.lines)
            sums = chain.extend(lines)
            self.first = self.first or int(sums[0])
            ledger.append(sums)
        self.lines, self.chain = chain.lines, int(chain.last)
        self.waits = looked_at.is_growing
        counted = not self.waits and looked_at.rest_bytes > 0
        self.rest = f"{int(hashed([looked_at.rest], key)[0]):016x}" if counted else ""

    @property
    def is_written_to(self) -> bool:
        """Whether its next line has been begun: that of a copy is a part of it."""
        return self.waits and self.looked_at.rest_bytes > 0

    def at(self, line: int) -> int:
        """Return 32 bits of the running hash at a line, from 1."""
        return int(self.hashes(line - 1, line)[0]) & LOW_BITS

    def hashes(self, start: int, stop: int) -> Hashes:
        """Return the running hashes behind line `start` up to line `stop`."""
        return self._ledger[self._start + start : self._start + stop]

    def begins_with(self, lines: Hashes, chains: Hashes) -> Hashes:
        """Return the positions of those logs (lines, hash at the last) that this one begins with.

        Those with more lines are among none.
        """
        at = np.flatnonzero(lines <= self.lines)
        own = self.hashes(0, self.lines)[lines[at].astype(np.int64) - 1]
        found: Hashes = at[own == chains[at]].astype(np.uint64)
        return found


class Read:
    """A log that was read, by its bookmark and the hashes in marks/."""

    def __init__(self, bookmark: Bookmark, store: Path) -> None:
        self.bookmark, self.lines, self.first = bookmark, bookmark.lines, bookmark.first_hash
        self._store, self._spans = store, bookmark.spans

    def at(self, line: int) -> int:
        """Return 32 bits of the running hash at a line, from 1."""
        return marks.read_one(self._store, self._spans, line - 1, LINE_TYPE)


@dataclass(frozen=True, slots=True)
class Start:
    """Where a log is read from: behind `lines` lines, which end at `offset`.

    `bookmark`, if any, is the one that the log has moved on from. `note` says what is odd, and
    `former` names the bookmarks of what the log was before it lost its tail.
    """

    lines: int = 0
    offset: int = 0
    bookmark: Bookmark | None = None
    note: str | None = None
    former: str = ""


@dataclass(slots=True)
class Decisions:
    """What is read of each log, which logs are left out, and whose bookmarks were recognised."""

    starts: dict[int, tuple[Log, Start]] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    recognised: set[Bookmark] = field(default_factory=set)


class Legacy:
    """Bookmarks that know the first bytes of a log and its last line, and no more."""

    def __init__(self, bookmarks: Iterable[Bookmark]) -> None:
        self._by_head: dict[int, dict[str, list[Bookmark]]] = {}
        for mark in bookmarks:
            if mark.head_bytes > 0:
                heads = self._by_head.setdefault(mark.head_bytes, {})
                heads.setdefault(mark.head, []).append(mark)

    def near(self, head: bytes) -> list[Bookmark]:
        """Return the bookmarks of logs that begin with these bytes, the furthest first."""
        found = [
            mark
            for length, heads in self._by_head.items()
            if length <= len(head)
            for mark in heads.get(digest(head[:length]), ())
        ]
        return sorted(found, key=lambda mark: -mark.offset)

    def of(self, looked_at: WholeLines) -> list[Bookmark]:
        """Return the bookmarks of a log that was looked at while `near` was watched."""
        tails = {offset: digest(line) for offset, line in looked_at.tails.items()}
        return [mark for mark in self.near(looked_at.head) if tails.get(mark.offset) == mark.last]

    def offsets(self, head: bytes) -> set[int]:
        """Return the offsets to watch in a log that begins with these bytes."""
        return {mark.offset for mark in self.near(head)}


class Decider:
    """Decides for all logs of a run, by what they share."""

    def __init__(
        self, entries: Sequence[Input], bookmarks: Sequence[Bookmark], store: Path, ledger: Ledger,
        key: str,
    ) -> None:  # fmt: skip
        own = name_of_key(key)
        chained = [mark for mark in bookmarks if mark.key == own and mark.chain]
        self._legacy = Legacy(mark for mark in bookmarks if mark.key != own)
        self._logs = [
            Log(entry, WholeLines(entry.file, self._legacy.offsets), ledger, key)
            for entry in entries
        ]
        self._reads = [
            Read(m, store) for m in chained if m.lines and marks.are_there(store, m.spans)
        ]
        self._shared = self._shared_by(self._logs)
        self._grown = _by_first_line(chained)
        self._unended = {mark.rest: mark for mark in chained if not mark.lines}
        self._moved_on: set[Bookmark] = set()
        self._taken: set[str] = set()
        self._decided = Decisions()

    def decide(self) -> Decisions:
        """Return what is read of each log."""
        kept = self._without_copies()
        # A copy shares the most with its log, and would hide the log that both come from.
        self._shared = self._shared_by(kept)
        kept = [log for log in kept if not self._was_read(log)]
        begun = {log: self._grown_from(log) for log in kept}
        self._taken = {chain for mark in self._moved_on for chain in mark.lineage}
        for log in kept:
            start = self._diverged(log, begun[log]) or begun[log]
            self._decided.starts[log.entry.number] = log, start
        return self._decided

    def _shared_by(self, logs: Sequence[Log]) -> dict[Log, list[tuple[int, Sequence[Log | Read]]]]:
        """Return for each log the others, and those that were read, that share most with it."""
        beginnings: Beginnings[Log | Read] = Beginnings([*logs, *self._reads])
        return {log: beginnings.shared(log) for log in logs}

    def _without_copies(self) -> list[Log]:
        """Leave out each log that another begins with, or that has the same lines as another."""
        by_size = sorted(self._logs, key=lambda log: (-log.lines, not log.is_written_to))
        kept: dict[Log, None] = {}
        unended: dict[str, Log] = {}
        for log in by_size:
            longer = self._sharing_all(log, kept)
            if not log.lines and log.rest:
                longer = unended.get(log.rest)
                unended.setdefault(log.rest, log)
            if longer:
                self._leave_out(log, f"{SAME_LINES} {longer.entry.name}")
            else:
                kept[log] = None
        return [log for log in self._logs if log in kept]

    def _sharing_all(self, log: Log, kept: Container[Log]) -> Log | None:
        """Return one of the logs that have all lines of another."""
        for lines, others in self._shared[log]:
            for other in others if lines == log.lines else ():
                if isinstance(other, Log) and other in kept:
                    return other
        return None

    def _was_read(self, log: Log) -> bool:
        """Leave out a log if there is nothing in it that was not read before."""
        if not log.lines and log.rest in self._unended:
            self._leave_out(log, READ_BEFORE)
            self._decided.recognised.add(self._unended[log.rest])
            return True
        reads = [
            other.bookmark
            for lines, others in self._shared[log]
            if lines == log.lines
            for other in others
            if isinstance(other, Read)
        ]
        if not reads or any(mark.lines == log.lines for mark in reads):
            return False
        self._leave_out(log, BEGINS_WHAT_WAS_READ)
        self._decided.recognised.update(reads)
        return True

    def _leave_out(self, log: Log, reason: str) -> None:
        self._decided.left_out.append((log.entry.name, reason))

    def _grown_from(self, log: Log) -> Start:
        """Return where a log goes on that has grown since it was read; else its beginning."""
        found = self._begun_by(log)
        self._decided.recognised.update(found)
        for mark in found[:1] or self._legacy.of(log.looked_at):
            if mark not in self._moved_on:
                self._moved_on.add(mark)
                same_rest = mark.lines == log.lines and mark.rest and mark.rest == log.rest
                rest = log.looked_at.rest_bytes if same_rest else 0
                return Start(mark.lines, mark.offset + rest, mark, former=mark.former)
        return Start()

    def _begun_by(self, log: Log) -> list[Bookmark]:
        """Return the bookmarks of logs that this one begins with, the longest first."""
        if log.first not in self._grown or not log.lines:
            return []
        bookmarks, lines, chains = self._grown[log.first]
        found = [bookmarks[int(at)] for at in log.begins_with(lines, chains)]
        return sorted(found, key=lambda mark: -mark.lines)

    def _diverged(self, log: Log, begun: Start) -> Start | None:
        """Return where a log goes on that shares more lines with another than it has grown from."""
        for lines, others in self._shared[log]:
            if lines > begun.lines and 0 < log.first_timed <= lines:
                for other in others:
                    if other is not log and self._was_replaced(other, lines):
                        return self._gone_on(log, begun, other, lines)
        return None

    def _was_replaced(self, other: "Log | Read", lines: int) -> bool:
        """Whether a log that shares so many lines with another has taken its place."""
        enough = lines >= ENOUGH_LINES
        if isinstance(other, Log):
            return enough and other.entry.number in self._decided.starts
        return enough or not self._taken & other.bookmark.lineage

    def _gone_on(self, log: Log, begun: Start, other: "Log | Read", lines: int) -> Start:
        former = {*begun.former.split()}
        if isinstance(other, Read):
            self._taken |= other.bookmark.lineage
            self._decided.recognised.add(other.bookmark)
            former |= other.bookmark.lineage
        offset = offset_of_line(log.entry.file, lines)
        note = DIVERGED.format(line=lines + 1)
        return Start(lines, offset, begun.bookmark, note, " ".join(sorted(former)))


def bookmark_after(
    log: Log, start: Start, key: str, day: str, store: Path, file: marks.MarksFile
) -> Bookmark:
    """Return the bookmark of a log that was read to its end; its new hashes go to the file."""
    looked_at = log.looked_at
    length = min(HEAD_BYTES, looked_at.end or looked_at.rest_bytes)
    return Bookmark(
        head=digest(looked_at.head[:length]),
        head_bytes=length,
        offset=looked_at.end,
        lines=log.lines,
        last=digest(looked_at.last_line),
        seen=day,
        key=name_of_key(key),
        first=f"{log.first:016x}",
        chain=f"{log.chain:016x}",
        rest=log.rest,
        marks=" ".join(map(str, _spans_after(log, start, key, store, file))),
        former=start.former,
    )


def _spans_after(
    log: Log, start: Start, key: str, store: Path, file: marks.MarksFile
) -> Iterator[marks.Span]:
    before = start.bookmark
    begun = before is not None and before.key == name_of_key(key) and not start.note
    spans = list(before.spans) if before and begun else []
    if not marks.are_there(store, spans):
        spans = []
    width = np.dtype(LINE_TYPE).itemsize
    known = sum(span.length for span in spans) // width
    while spans and known < log.lines and spans[-1].length // width <= log.lines - known:
        known -= spans.pop().length // width
    yield from spans
    if known < log.lines:
        yield file.add(log.hashes(known, log.lines), LINE_TYPE)


def _by_first_line(
    bookmarks: Iterable[Bookmark],
) -> dict[int, tuple[list[Bookmark], Hashes, Hashes]]:
    groups: dict[int, list[Bookmark]] = {}
    for mark in bookmarks:
        if mark.lines:
            groups.setdefault(mark.first_hash, []).append(mark)
    return {
        first: (
            group,
            np.array([mark.lines for mark in group], np.uint64),
            np.array([int(mark.chain, 16) for mark in group], np.uint64),
        )
        for first, group in groups.items()
    }


def _first_timed(lines: Sequence[bytes], before: int) -> int:
    """The number of the first line with a time in it that is no comment; 0: none has."""
    for number, line in enumerate(lines[:TIME_LINES], start=before + 1):
        if not line.startswith(b"#") and TIME.search(line[:TIME_BYTES]):
            return number
    return 0
