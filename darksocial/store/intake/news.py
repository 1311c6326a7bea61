"""What is new in the inputs of a run, and the bookmarks after it.

Files are known by their content: names change at every rotation. logs.py decides where a log goes
on, exports.py which rows of an export are new. An object in a store is known by its name and size,
and what neither grows nor is fetched anew by the SHA-256 of its bytes; these are read once.

Each file is read once to know it, which costs time in proportion to its bytes, and then from where
it goes on; exports that changed are read whole again.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from darksocial.engines import Engine, count_lines
from darksocial.grammar.columns import Columns
from darksocial.inputs.accounts import Inputs, LineCounts, Tally
from darksocial.inputs.file import Input
from darksocial.reading import ByteStream
from darksocial.reading.files import InputFile
from darksocial.reading.resumed import ResumedStream
from darksocial.store.files import marks
from darksocial.store.files.bookmark import WHOLE, Bookmark, digest
from darksocial.store.files.runs import CHANGED_MEANWHILE, READ_BEFORE, SAME_LINES, InputRun
from darksocial.store.intake.chains import Ledger, hash_key, name_of_key
from darksocial.store.intake.exports import Exports, is_export, seen_again
from darksocial.store.intake.hit_names import name_of, with_run
from darksocial.store.intake.logs import Decider, Decisions, Log, Start, bookmark_after
from darksocial.store.intake.rows import RowReader

ROWS_OF_FILES = pa.schema([("file", pa.int32()), ("line", pa.int64())])


@dataclass(slots=True)
class News:
    """What is new: `resume` begins it, `sift` knows it once all lines have been parsed.

    replaced: hits that rows of an export take the place of, by name (hit_names.py).
    replaced_by: how many rows did so, by number of the input.
    """

    store: Path
    secret: str
    before: Sequence[Bookmark]
    decisions: Decisions = field(default_factory=Decisions)
    identities: dict[int, str] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    exports: Exports | None = None
    open_ended: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    replaced: list[int] = field(default_factory=list)
    replaced_by: dict[int, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The key of the hashes of lines and rows."""
        return hash_key(self.secret)

    def sift(
        self, engine: Engine, inputs: Inputs, requests: ir.Table, run: str
    ) -> tuple[ir.Table, list[Tally]]:
        """Leave out rows of exports that are known, and logs that changed while they were read.

        What is left bears the name of the run where it belongs to nobody.
        """
        tallies = inputs.account_for(count_lines(engine, requests), may_reject_all=True)
        of_file = {entry.number: t for entry, t in zip(inputs.read, tallies, strict=True)}
        requests = with_run(requests, run)
        self._leave_out_changed(inputs)
        known = self._known_rows(inputs.read, run)
        if not self.changed and not known.num_rows:
            return requests, list(tallies)
        left = requests.anti_join(engine.load("known_rows", known), ["file", "line"])
        if self.changed:
            left = left.filter(left.file.notin(sorted(self.changed)))
        left = engine.stage("new_requests", left)
        counts = count_lines(engine, left)
        return left, [
            replace(of_file[entry.number], counts=counts.get(entry.number, LineCounts()))
            for entry in inputs.read
        ]

    def _leave_out_changed(self, inputs: Inputs) -> None:
        for entry in inputs.read:
            if isinstance(entry.stream, ResumedStream) and entry.stream.has_changed:
                self.changed.add(entry.number)
                inputs.unread.append((entry.name, CHANGED_MEANWHILE))
        inputs.read = [entry for entry in inputs.read if entry.number not in self.changed]

    def _known_rows(self, entries: Iterable[Input], run: str) -> pa.Table:
        """The rows of exports that are known, and those that a later version replaces."""
        found = [ROWS_OF_FILES.empty_table()]
        tonight: dict[int, tuple[int, int]] = {}
        for entry in entries:
            if not isinstance(entry.observe, RowReader):
                continue
            if self.exports is None:
                self.exports = Exports(self.before, self.store, name_of_key(self.key))

            def name(line: int, file: int = entry.number) -> int:
                named = name_of(self.secret, file, line, run)
                tonight[named] = file, line
                return named

            difference = self.exports.take(
                entry.observe,
                self.identities[entry.number],
                name,
                names_visitors="visitor" in entry.records,
                open_ended=entry.number in self.open_ended,
            )
            entry.lines_before = len(difference.known_lines)
            self.replaced_by[entry.number] = len(difference.replaced)
            found.append(_table(entry.number, difference.known_lines))
            for hit in difference.replaced:
                if hit in tonight:
                    file, line = tonight[hit]
                    found.append(_table(file, np.array([line])))
                else:
                    self.replaced.append(hit)
        return pa.concat_tables(found)

    def input_run(self, entry: Input, tally: Tally) -> InputRun:
        """Return what was read of an input, once `sift` knows what is new in it."""
        stream = entry.stream if isinstance(entry.stream, ResumedStream) else None
        return InputRun(
            entry.name,
            entry.format,
            lines_before=entry.lines_before,
            lines=tally.counts.lines,
            **asdict(tally.counts),
            unfinished=bool(stream and stream.unfinished),
            bytes=self._new_bytes(entry, stream),
            replaced=self.replaced_by.get(entry.number, 0),
            warning=tally.warning,
        )

    def _new_bytes(self, entry: Input, stream: ResumedStream | None) -> int:
        if stream is None:
            return entry.file.size or 0
        _, start = self.decisions.starts[entry.number]
        return max(0, stream.end - start.offset)

    def bookmarks(self, entries: Iterable[Input], day: str, name: str) -> list[Bookmark]:
        """Return the bookmarks after the inputs have been read on `day`; write what they point to.

        `name` is that of the run. Raises OutputError.
        """
        file = marks.MarksFile(name)
        gone: set[Bookmark] = set()
        new: list[Bookmark] = []
        for entry in entries:
            if entry.number in self.decisions.starts:
                log, start = self.decisions.starts[entry.number]
                if log.lines or log.rest:
                    new.append(bookmark_after(log, start, self.key, day, self.store, file))
                if start.bookmark:
                    gone.add(start.bookmark)
            elif not isinstance(entry.observe, RowReader):
                identity = self.identities[entry.number]
                new.append(Bookmark(identity, WHOLE, 0, entry.lines, "", day))
        if self.exports:
            old, later = self.exports.bookmarks(self.present, day, name_of_key(self.key), file)
            gone |= old
            new += later
        file.write(self.store)
        kept = [self._seen_again(mark, day) for mark in self.before if mark not in gone]
        return sorted({*kept, *new}, key=lambda mark: (mark.head, mark.offset, mark.lines))

    def _seen_again(self, mark: Bookmark, day: str) -> Bookmark:
        if mark in self.decisions.recognised:
            return replace(mark, seen=day)
        return seen_again(mark, self.present, day)


def resume(
    inputs: Inputs, bookmarks: Sequence[Bookmark], store: Path, secret: str, ledger: Ledger
) -> News:
    """Let each input be read from where it goes on; say what is known of it.

    Inputs of which nothing is new are left out with the reason. `secret` keys the hashes of lines,
    `ledger` takes those of the run.
    """
    key = hash_key(secret)
    news = News(store, secret, bookmarks)
    whole = [entry for entry in inputs.read if _is_whole(entry)]
    logs = [entry for entry in inputs.read if not _is_whole(entry)]
    left_out = _left_out_whole(whole, news)
    news.decisions = Decider(logs, bookmarks, store, ledger, key).decide()
    for entry in whole:
        if entry.number not in left_out and is_export(entry):
            entry.observe = RowReader(key, sums="weight" in entry.records)
    for log, start in news.decisions.starts.values():
        _read_on(log, start)
    taken = {*news.decisions.starts, *(e.number for e in whole if e.number not in left_out)}
    inputs.read = [entry for entry in inputs.read if entry.number in taken]
    inputs.unread += [*left_out.values(), *news.decisions.left_out]
    return news


def _left_out_whole(entries: Iterable[Input], news: News) -> dict[int, tuple[str, str]]:
    """Say which files that are known by all their bytes are left out, and why."""
    known = {version for mark in news.before for version in mark.versions}
    names: dict[str, str] = {}
    left_out = {}
    for entry in entries:
        identity, ends_open = _identity(entry.file)
        if ends_open:
            news.open_ended.add(entry.number)
        news.identities[entry.number] = identity
        news.present.add(identity)
        if identity in known:
            left_out[entry.number] = entry.name, READ_BEFORE
        elif identity in names:
            left_out[entry.number] = entry.name, f"{SAME_LINES} {names[identity]}"
        names.setdefault(identity, entry.name)
    return left_out


def _read_on(log: Log, start: Start) -> None:
    """Let a log be read from where it goes on; a header before that still names its columns."""
    entry = log.entry
    grammar = entry.parsing.grammar
    note = "; ".join(filter(None, (start.note, log.looked_at.warning))) or None
    stream = ResumedStream(log.looked_at, start.offset, waits=log.waits, note=note)
    if stream.new_bytes and isinstance(grammar, Columns) and grammar.header:
        stream = ResumedStream(log.looked_at, 0, waits=log.waits, note=note)
    entry.stream = stream
    entry.lines_before = start.lines


def _table(file: int, lines: "np.ndarray[Any, Any]") -> pa.Table:
    files = np.full(len(lines), file, np.int32)
    return pa.table([files, lines.astype(np.int64)], schema=ROWS_OF_FILES)


def _is_whole(entry: Input) -> bool:
    """Whether a file is known by all its bytes, not line by line."""
    return is_export(entry) or entry.file.storage is not None


def _identity(file: InputFile) -> tuple[str, bool]:
    """The hash of all bytes of a file, and whether it may be in the middle of a line.

    Of an object in a store it is the hash of its name and size.
    """
    if file.storage is not None:
        return digest(f"{file.name}\n{file.size}".encode()), False
    hashed = hashlib.sha256()
    last = b""
    with ByteStream(file) as stream:
        for block in stream.blocks():
            hashed.update(block)
            last = block[-1:]
        return hashed.hexdigest(), stream.is_plain_file and last != b"\n"
