"""All files that are read, and what became of their lines."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, groupby

import pyarrow as pa

from darksocial.errors import InputError
from darksocial.inputs.file import Input
from darksocial.inputs.gaps import ORIGIN_FIELDS
from darksocial.language import gettext as _
from darksocial.parser import Parsing
from darksocial.reading.progress import Progress


@dataclass(frozen=True, slots=True)
class LineStream:
    """Lines of one format: how they become hits, and their batches (schema `reading.LINES`)."""

    parsing: Parsing
    batches: Iterable[pa.RecordBatch]


@dataclass(frozen=True, slots=True)
class LineCounts:
    """What became of a file's lines. `blanks` counts blank lines and comments."""

    hits: int = 0
    rejects: int = 0
    blanks: int = 0

    @property
    def lines(self) -> int:
        return self.hits + self.rejects + self.blanks


FILE_COLUMNS = pa.schema(
    [
        ("file", pa.int32()),
        ("name", pa.string()),
        ("records_referrer", pa.bool_()),
        ("records_agent", pa.bool_()),
        ("records_visitor", pa.bool_()),
        ("aggregated", pa.bool_()),
    ]
)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one file's lines, and what was wrong with the file as a whole."""

    file: str
    format: str
    counts: LineCounts
    warning: str | None


@dataclass(slots=True)
class Inputs:
    """The files that are read, and those that are left out with the reason."""

    read: list[Input] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)

    @property
    def files(self) -> list[Input]:
        """The files that are read, in the order of their numbers."""
        return self.read

    @property
    def total_bytes(self) -> int | None:
        """The size on disk of all files that are read, or None if one of them is a pipe."""
        sizes = [entry.file.size for entry in self.read]
        return None if None in sizes else sum(size or 0 for size in sizes)

    def leave_out(self, reasons: Mapping[int, str]) -> None:
        """Leave out the files with these numbers, each for its reason, and number the others."""
        self.unread += [(e.name, reasons[e.number]) for e in self.read if e.number in reasons]
        self.read = [entry for entry in self.read if entry.number not in reasons]
        for number, entry in enumerate(self.read):
            entry.number = number

    def table(self) -> pa.Table:
        """Return a table of the files: number, name, and what the format of each records."""
        rows = [
            {
                "file": entry.number,
                "name": entry.name,
                "records_referrer": bool(ORIGIN_FIELDS & entry.records),
                "records_agent": "user_agent" in entry.records,
                "records_visitor": bool({"visitor", "user_agent"} & entry.records)
                and "weight" not in entry.records,
                "aggregated": "weight" in entry.records,
            }
            for entry in self.read
        ]
        return pa.Table.from_pylist(rows, schema=FILE_COLUMNS)

    def account_for(
        self, counts: Mapping[int, LineCounts], *, may_reject_all: bool = False
    ) -> tuple[Tally, ...]:
        """Return what became of each file's lines, once all have been read.

        Raises RuntimeError if a line is missing from the counts or counted twice, which would be a
        fault of darksocial. Raises InputError if there were lines but no hit, unless
        `may_reject_all`.
        """
        tallies = tuple(
            Tally(
                entry.name,
                entry.format,
                counts.get(entry.number, LineCounts()),
                entry.warning,
            )
            for entry in self.read
        )
        for entry, tally in zip(self.read, tallies, strict=True):
            if entry.lines != tally.counts.lines:
                raise RuntimeError(
                    _("{file}: {lines} lines were read, but {counted} were counted.").format(
                        file=tally.file, lines=entry.lines, counted=tally.counts.lines
                    )
                )
        any_hits = any(tally.counts.hits for tally in tallies)
        if any(tally.counts.rejects for tally in tallies) and not (any_hits or may_reject_all):
            raise InputError(
                _("No line of {files} could be parsed.").format(
                    files=", ".join(tally.file for tally in tallies)
                ),
                expected=_("lines in the format {format}").format(format=tallies[0].format),
                advice=_("`darksocial formats FILE` shows in which format a file would be read"),
            )
        return tallies

    def read_through(self, progress: Progress | None = None) -> None:
        """Read all files to their ends, for what is known of them then."""
        for stream in self.streams(progress):
            for _batch in stream.batches:
                pass

    def streams(self, progress: Progress | None = None) -> Iterator[LineStream]:
        """Return the lines of all files, in a stream for each way in which lines become hits."""
        entries = sorted(self.read, key=lambda entry: (entry.format, repr(entry.parsing.grammar)))
        sections = chain.from_iterable(entry.sections(progress) for entry in entries)
        for parsing, group in groupby(sections, key=lambda section: section[0]):
            yield LineStream(parsing, (batch for _parsing, batch in group))
