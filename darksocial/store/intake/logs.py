"""Decide where reading of each log continues, so that every line is read once.

A log is recognised by the hashes of its lines (chains.py), not by its name. Two logs share k lines
if their first k lines are the same. The first of these cases that holds decides:

| case | meaning | read from |
| --- | --- | --- |
| another input has all its lines, and perhaps others | a copy | not read |
| exactly its lines were read before | the log itself | its end |
| all its lines begin a longer log that was read | an older copy | not read |
| it differs from a log that was read, see below | the tail was replaced | line k + 1, reported |
| it begins with a log that was read | it has grown | the end of that log |
| none of these | another log | line 1 |

A log can be an older copy because a backup was restored, because a power failure destroyed its
tail, because copytruncate had copied and not yet truncated it, or because its beginning was
compressed. If such a log was written to afterwards, its tail was replaced. But two logs that only
begin alike, such as those of two hosts, are different logs. So a log whose tail was replaced must
share a line with a time in it (comments and banners prove nothing), it must share more lines than
any log from which it has grown has, and one of these must hold:

- the log that was read is not among the inputs, and no other input continues it, now or earlier;
- k is 1,000 or more, which two logs never share by chance. For two inputs that are both new, this
  is required as well.

A log that so far has only lines with which another begins holds nothing new. When it continues
differently, it becomes one of the cases above: its lines are delayed then, not lost. At most one
log continues from where another was read.

A line without an end is read later, unless the file is compressed and complete. If such a file
turns out to be the beginning of a longer one, that line is read again, complete.

Bookmarks of earlier versions, and bookmarks that were hashed with another secret, hold the first
4 KiB of a log and the last line before the offset. They show whether a log has grown, but none of
the other cases.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from darksocial.inputs.copies import SAME_LINES
from darksocial.inputs.file import Input
from darksocial.language import gettext as _
from darksocial.reading.resumed import KEY_HEAD_BYTES, WholeLines, offset_of_line
from darksocial.store.files import marks
from darksocial.store.files.bookmark import Bookmark, digest
from darksocial.store.files.runs import BEGINS_WHAT_WAS_READ, READ_BEFORE
from darksocial.store.intake.beginnings import Beginnings
from darksocial.store.intake.chains import Chain, Hashes, Ledger, hashed, name_of_key

PROOF_LINES = 1000
"""No two logs share this number of first lines by chance. Assumed."""
DIVERGED = _("differs from what was read before, from line {line:,} on, and is read from there")
TIME_PATTERN = re.compile(rb"\d\d:\d\d|\d{4}-\d\d-\d\d|\d{9}")
MAX_TIME_BYTES, MAX_TIME_LINES = 4096, 1000
"""A time is searched for in this number of bytes of a line, and in this number of lines."""
LOW_BITS = 0xFFFFFFFF
LINE_TYPE = "<u4"


class Log:
    """An input of which all lines are hashed, in the ledger."""

    def __init__(self, entry: Input, whole_lines: WholeLines, ledger: Ledger, key: str) -> None:
        chain = Chain(key)
        self.entry, self.whole_lines = entry, whole_lines
        self.first = self.first_timed = 0
        self._ledger, self._start = ledger, ledger.length
        for lines in whole_lines.blocks():
            if not self.first_timed and chain.lines < MAX_TIME_LINES:
                self.first_timed = _first_timed(lines, chain.lines)
            sums = chain.extend(lines)
            self.first = self.first or int(sums[0])
            ledger.append(sums)
        self.lines, self.chain = chain.lines, int(chain.last)
        self.waits = whole_lines.is_growing
        counted = not self.waits and whole_lines.rest_bytes > 0
        self.rest = f"{int(hashed([whole_lines.rest], key)[0]):016x}" if counted else ""

    @property
    def is_written_to(self) -> bool:
        """Whether its next line has been begun."""
        return self.waits and self.whole_lines.rest_bytes > 0

    def hash_at(self, line: int) -> int:
        """Return 32 bits of the running hash at a line, counted from 1."""
        return int(self.hashes(line - 1, line)[0]) & LOW_BITS

    def hashes(self, start: int, stop: int) -> Hashes:
        """Return the running hashes after line `start` up to line `stop`."""
        return self._ledger[self._start + start : self._start + stop]

    def begins_with(self, lines: Hashes, chains: Hashes) -> Hashes:
        """Return the positions of those logs (lines, hash at the last) with which this one begins.

        Logs with more lines are never among them.
        """
        shorter = np.flatnonzero(lines <= self.lines)
        own = self.hashes(0, self.lines)[lines[shorter].astype(np.int64) - 1]
        positions: Hashes = shorter[own == chains[shorter]].astype(np.uint64)
        return positions


class Read:
    """A log that was read before: its bookmark, and its hashes in marks/."""

    def __init__(self, bookmark: Bookmark, store: Path) -> None:
        self.bookmark, self.lines, self.first = bookmark, bookmark.lines, bookmark.first_hash
        self._store, self._spans = store, bookmark.spans

    def hash_at(self, line: int) -> int:
        """Return 32 bits of the running hash at a line, counted from 1."""
        return marks.read_one(self._store, self._spans, line - 1, LINE_TYPE)


@dataclass(frozen=True, slots=True)
class Start:
    """Where reading of a log starts: after `lines` lines, which end at `offset`.

    `bookmark`, if any, is the one that the log continues. `note` says what is unusual, and `former`
    names the bookmarks that the log had before it lost its tail.
    """

    lines: int = 0
    offset: int = 0
    bookmark: Bookmark | None = None
    note: str | None = None
    former: str = ""


@dataclass(slots=True)
class Decisions:
    """Where each log starts, which logs are left out, and which bookmarks were recognised."""

    starts: dict[int, tuple[Log, Start]] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    recognised: set[Bookmark] = field(default_factory=set)


class EarlyBookmarks:
    """Bookmarks with only the first bytes of a log and its last line."""

    def __init__(self, bookmarks: Iterable[Bookmark]) -> None:
        self._by_head: dict[int, dict[str, list[Bookmark]]] = {}
        for mark in bookmarks:
            if mark.head_bytes > 0:
                heads = self._by_head.setdefault(mark.head_bytes, {})
                heads.setdefault(mark.head, []).append(mark)

    def near(self, head: bytes) -> list[Bookmark]:
        """Return the bookmarks of logs that begin with these bytes, the largest offset first."""
        matches = [
            mark
            for length, heads in self._by_head.items()
            if length <= len(head)
            for mark in heads.get(digest(head[:length]), ())
        ]
        return sorted(matches, key=lambda mark: -mark.offset)

    def matching(self, lines: WholeLines) -> list[Bookmark]:
        """Return the bookmarks of a log, whose lines at the `offsets` were watched."""
        tails = {offset: digest(line) for offset, line in lines.tails.items()}
        return [mark for mark in self.near(lines.head) if tails.get(mark.offset) == mark.last]

    def offsets(self, head: bytes) -> set[int]:
        """Return the offsets to watch in a log that begins with these bytes."""
        return {mark.offset for mark in self.near(head)}


class Decider:
    """Decides for all logs of a run, by the lines that they share."""

    def __init__(
        self, entries: Sequence[Input], bookmarks: Sequence[Bookmark], store: Path, ledger: Ledger,
        key: str,
    ) -> None:  # fmt: skip
        own = name_of_key(key)
        chained = [mark for mark in bookmarks if mark.key == own and mark.chain]
        self._early = EarlyBookmarks(mark for mark in bookmarks if mark.key != own)
        self._logs = [
            Log(entry, WholeLines(entry.file, self._early.offsets), ledger, key)
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
        """Return where each log starts, and which logs are left out."""
        remaining = self._without_copies()
        # A copy shares the most with its log, and would hide the log that both come from.
        self._shared = self._shared_by(remaining)
        remaining = [log for log in remaining if not self._was_read(log)]
        begun = {log: self._grown_from(log) for log in remaining}
        self._taken = {chain for mark in self._moved_on for chain in mark.lineage}
        for log in remaining:
            start = self._diverged(log, begun[log]) or begun[log]
            self._decided.starts[log.entry.number] = log, start
        return self._decided

    def _shared_by(self, logs: Sequence[Log]) -> dict[Log, list[tuple[int, Sequence[Log | Read]]]]:
        """Return for each log those inputs and earlier logs that share the most lines with it."""
        beginnings: Beginnings[Log | Read] = Beginnings([*logs, *self._reads])
        return {log: beginnings.shared(log) for log in logs}

    def _without_copies(self) -> list[Log]:
        """Leave out each log that another begins with, or that has the same lines as another."""
        by_size = sorted(self._logs, key=lambda log: (-log.lines, not log.is_written_to))
        remaining: dict[Log, None] = {}
        unended: dict[str, Log] = {}
        for log in by_size:
            longer = self._sharing_all(log, remaining)
            if not log.lines and log.rest:
                longer = unended.get(log.rest)
                unended.setdefault(log.rest, log)
            if longer:
                self._leave_out(log, f"{SAME_LINES} {longer.entry.name}")
            else:
                remaining[log] = None
        return [log for log in self._logs if log in remaining]

    def _sharing_all(self, log: Log, remaining: Container[Log]) -> Log | None:
        """Return one of the logs that have all lines of another."""
        for lines, others in self._shared[log]:
            for other in others if lines == log.lines else ():
                if isinstance(other, Log) and other in remaining:
                    return other
        return None

    def _was_read(self, log: Log) -> bool:
        """Leave out a log, and return True, if everything in it was read before."""
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
        """Return where a log starts that has grown since it was read; else its beginning."""
        matches = self._begun_by(log)
        self._decided.recognised.update(matches)
        for mark in matches[:1] or self._early.matching(log.whole_lines):
            if mark not in self._moved_on:
                self._moved_on.add(mark)
                same_rest = mark.lines == log.lines and mark.rest and mark.rest == log.rest
                rest = log.whole_lines.rest_bytes if same_rest else 0
                return Start(mark.lines, mark.offset + rest, mark, former=mark.former)
        return Start()

    def _begun_by(self, log: Log) -> list[Bookmark]:
        """Return the bookmarks of logs that this one begins with, the longest first."""
        if log.first not in self._grown or not log.lines:
            return []
        bookmarks, lines, chains = self._grown[log.first]
        matches = [bookmarks[int(position)] for position in log.begins_with(lines, chains)]
        return sorted(matches, key=lambda mark: -mark.lines)

    def _diverged(self, log: Log, begun: Start) -> Start | None:
        """Return where a log starts whose tail was replaced; None if it was not."""
        for lines, others in self._shared[log]:
            if lines > begun.lines and 0 < log.first_timed <= lines:
                for other in others:
                    if other is not log and self._was_replaced(other, lines):
                        return self._continued(log, begun, other, lines)
        return None

    def _was_replaced(self, other: "Log | Read", lines: int) -> bool:
        """Return whether a log that shares these lines with another is a later state of it."""
        enough = lines >= PROOF_LINES
        if isinstance(other, Log):
            return enough and other.entry.number in self._decided.starts
        return enough or not self._taken & other.bookmark.lineage

    def _continued(self, log: Log, begun: Start, other: "Log | Read", lines: int) -> Start:
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
    """Return the bookmark of a log that was read to its end, and add its new hashes to the file."""
    whole_lines = log.whole_lines
    length = min(KEY_HEAD_BYTES, whole_lines.end or whole_lines.rest_bytes)
    return Bookmark(
        head=digest(whole_lines.head[:length]),
        head_bytes=length,
        offset=whole_lines.end,
        lines=log.lines,
        last=digest(whole_lines.last_line),
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
    hashed_lines = sum(span.length for span in spans) // width
    while (
        spans and hashed_lines < log.lines and spans[-1].length // width <= log.lines - hashed_lines
    ):
        hashed_lines -= spans.pop().length // width
    yield from spans
    if hashed_lines < log.lines:
        yield file.add(log.hashes(hashed_lines, log.lines), LINE_TYPE)


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
    """Return the number of the first line with a time that is not a comment; 0 if there is none."""
    for number, line in enumerate(lines[:MAX_TIME_LINES], start=before + 1):
        if not line.startswith(b"#") and TIME_PATTERN.search(line[:MAX_TIME_BYTES]):
            return number
    return 0
