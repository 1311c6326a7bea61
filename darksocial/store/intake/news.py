"""Find what is new in the inputs of a run, and compute the bookmarks after it.

Files are recognised by their content, since names change at every rotation. logs.py decides where
reading of a log continues, exports.py which rows of an export are new. An object in cloud storage
is recognised by its name and size, and a file that neither grows nor is fetched again by the
SHA-256 of its bytes; these are read once.

Each file is read once to recognise it, which takes time in proportion to its bytes, and then from
where reading continues. Exports that have changed are read again from the beginning.
"""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from darksocial.engines import Engine, count_lines
from darksocial.expressions import ir
from darksocial.grammar.columns import Columns
from darksocial.inputs.accounts import Inputs, LineCounts, Tally
from darksocial.inputs.copies import SAME_LINES
from darksocial.inputs.file import Input
from darksocial.parser.periods import PART_LINES
from darksocial.reading import ByteStream
from darksocial.reading.files import InputFile
from darksocial.reading.resumed import ResumedStream
from darksocial.store.files import marks
from darksocial.store.files.bookmark import WHOLE_FILE, Bookmark, digest, merged
from darksocial.store.files.runs import CHANGED_MEANWHILE, READ_BEFORE, InputRun, Run
from darksocial.store.intake.chains import Ledger, hash_key, name_of_key
from darksocial.store.intake.exports import Exports, is_export, seen_again
from darksocial.store.intake.hit_names import name_of, with_run
from darksocial.store.intake.logs import Decider, Decisions, Log, Start, bookmark_after
from darksocial.store.intake.rows import RowReader

LOG = logging.getLogger("darksocial.nightly")
ROWS_OF_FILES = pa.schema([("file", pa.int32()), ("line", pa.int64())])


@dataclass(slots=True)
class News:
    """What is new in the inputs: `resume` begins it, `sift` completes it once lines are parsed.

    replaced: the names of hits that rows of an export replace (hit_names.py).
    replaced_by: the number of such rows, by number of the input.
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
        """Leave out rows of exports that were read before, and logs that changed during reading.

        In the remaining requests, the identity of hits without a visitor includes the run.
        """
        tallies = inputs.account_for(count_lines(engine, requests), may_reject_all=True)
        of_file = {entry.number: t for entry, t in zip(inputs.read, tallies, strict=True)}
        requests = with_run(requests, run)
        self._leave_out_changed(inputs)
        left_out = self._rows_to_leave_out(inputs.read, run)
        if not self.changed and not left_out.num_rows:
            return requests, list(tallies)
        rows = engine.load("rows_to_leave_out", left_out)
        read_as = requests.mutate(row=requests.line % PART_LINES)
        left = read_as.anti_join(rows.rename(row="line"), ["file", "row"]).drop("row")
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

    def _rows_to_leave_out(self, entries: Iterable[Input], run: str) -> pa.Table:
        """Return the rows of exports that were read before or that a later version replaces."""
        tables = [ROWS_OF_FILES.empty_table()]
        tonight: dict[int, tuple[int, int]] = {}
        for entry in entries:
            if not isinstance(entry.observe, RowReader):
                continue
            if self.exports is None:
                self.exports = Exports(self.before, self.store, name_of_key(self.key))

            def name(line: int, file: int = entry.number) -> int:
                hit = name_of(self.secret, file, line, run)
                tonight[hit] = file, line
                return hit

            difference = self.exports.take(
                entry.observe,
                self.identities[entry.number],
                name,
                names_visitors="visitor" in entry.records,
                open_ended=entry.number in self.open_ended,
            )
            entry.lines_before = len(difference.known_lines)
            self.replaced_by[entry.number] = len(difference.replaced)
            tables.append(_table(entry.number, difference.known_lines))
            for hit in difference.replaced:
                if hit in tonight:
                    file, line = tonight[hit]
                    tables.append(_table(file, np.array([line])))
                else:
                    self.replaced.append(hit)
        return pa.concat_tables(tables)

    def holds_no_lines(self, inputs: Inputs) -> bool:
        """Return whether all inputs are logs that were read before, to their ends."""
        streams = [entry.stream for entry in inputs.read]
        return all(isinstance(s, ResumedStream) and not s.new_bytes for s in streams)

    def record(self, run: Run, inputs: Inputs, tallies: Iterable[Tally]) -> None:
        """Record in the run what was read of the inputs, after `sift`."""
        run.inputs += map(self.input_run, inputs.read, tallies)
        for row in run.inputs:
            LOG.info("read", extra={"fields": asdict(row)})

    def input_run(self, entry: Input, tally: Tally) -> InputRun:
        """Return what was read of an input, after `sift`."""
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
        """Return the bookmarks after the inputs were read on `day`, and write the hashes.

        `name` is the name of the run. Raises OutputError.
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
                new.append(Bookmark(identity, WHOLE_FILE, 0, entry.lines, "", day))
        if self.exports:
            old, later = self.exports.bookmarks(self.present, day, name_of_key(self.key), file)
            gone |= old
            new += later
        file.write(self.store)
        unchanged = [self._seen_again(mark, day) for mark in self.before if mark not in gone]
        return merged([*unchanged, *new])

    def _seen_again(self, mark: Bookmark, day: str) -> Bookmark:
        if mark in self.decisions.recognised:
            return replace(mark, seen=day)
        return seen_again(mark, self.present, day)


def resume(
    inputs: Inputs, bookmarks: Sequence[Bookmark], store: Path, secret: str, ledger: Ledger
) -> News:
    """Set where reading of each input continues, and return what is new.

    Inputs with nothing new are left out, with the reason. `secret` keys the hashes of lines, and
    `ledger` receives the hashes of the run.
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
    """Return which files that are recognised by all their bytes are left out, and why."""
    read_before = {version for mark in news.before for version in mark.versions}
    names: dict[str, str] = {}
    left_out = {}
    for entry in entries:
        identity, ends_open = _identity(entry.file)
        if ends_open:
            news.open_ended.add(entry.number)
        news.identities[entry.number] = identity
        news.present.add(identity)
        if identity in read_before:
            left_out[entry.number] = entry.name, READ_BEFORE
        elif identity in names:
            left_out[entry.number] = entry.name, f"{SAME_LINES} {names[identity]}"
        names.setdefault(identity, entry.name)
    return left_out


def _read_on(log: Log, start: Start) -> None:
    """Set where reading of a log continues; a header before that still names its columns."""
    entry = log.entry
    grammar = entry.parsing.grammar
    note = "; ".join(filter(None, (start.note, log.whole_lines.warning))) or None
    stream = ResumedStream(log.whole_lines, start.offset, waits=log.waits, note=note)
    if stream.new_bytes and isinstance(grammar, Columns) and grammar.header:
        stream = ResumedStream(log.whole_lines, 0, waits=log.waits, note=note)
    entry.stream = stream
    entry.lines_before = start.lines


def _table(file: int, lines: "np.ndarray[Any, Any]") -> pa.Table:
    files = np.full(len(lines), file, np.int32)
    return pa.table([files, lines.astype(np.int64)], schema=ROWS_OF_FILES)


def _is_whole(entry: Input) -> bool:
    """Return whether a file is recognised by all its bytes, not line by line."""
    return is_export(entry) or entry.file.storage is not None


def _identity(file: InputFile) -> tuple[str, bool]:
    """Return the hash of all bytes of a file, and whether it may end in the middle of a line.

    For an object in cloud storage it is the hash of its name and size.
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
