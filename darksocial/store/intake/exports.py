"""Exports that are fetched anew: rows that were read before are not counted again.

An export is a file whose records are not lines (CSV, JSON documents, XML, Parquet, Avro), or whose
format names visitors or counts sessions, as those of analytics tools do. The next one of a series
("month to date", the last 30 days) has old rows, in any order, and new ones. So each row that was
read is kept as a hash (rows.py), and a file is a later version of an export if

- half of the rows of the smaller of the two are the same; or
- 100 rows are the same, in a format that names visitors and has a row for each hit; or
- rows stand for many sessions, 20 of them at least, 95% of what the older version has rows about is
  in the newer one too, and 95% of its counts are not smaller there (a report of a month so far, in
  which every count grows).

Of a later version only rows that are not known are counted; equal rows count as often as the file
has more of them than any version before. Two exports that share a few rows are not each other.

A row that stands for many sessions is replaced when its counts have changed: the hit that was
stored for the earlier row is removed, and the later row takes its place, so that the day that was
not over yet ends with its final counts. Of two versions in one run, the later by name counts. Rows
that a later version lacks stay: an export of the last 30 days lacks those before.

Many exports end without a line end, so the last row is read all the same; if it was not whole, it
counts as it was, and once.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from darksocial.grammar.layout import Layout
from darksocial.inputs.file import Input
from darksocial.store.files import marks
from darksocial.store.files.bookmark import SUMS, WHOLE, Bookmark
from darksocial.store.intake.rows import (
    ROW,
    SUM,
    RowReader,
    Rows,
    counts_of,
    occurrences,
    sample_size,
)

ENOUGH_PART = 0.5
ENOUGH_ROWS = 100
GROWN_PART, GROWN_ROWS = 0.95, 20
CANDIDATES = 8
"""So many exports are compared with a file row by row: those that share most samples with it."""
ROWS = "rows"


def is_export(entry: Input) -> bool:
    """Say whether the rows of an input may come again in another file."""
    counted = {"visitor", "weight"} & entry.records and not isinstance(
        entry.parsing.grammar, Layout
    )
    return entry.container != "lines" or bool(counted)


@dataclass(slots=True)
class Export:
    """All versions of one export: the rows that are known, and the bookmarks that said so.

    Rows are None where they are still in marks/, and where they have become part of another export.
    """

    sums: bool
    rows: Rows | None
    bookmarks: list[Bookmark] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    open_row: tuple[int, str] | None = None
    is_new: bool = False
    is_merged: bool = False

    @property
    def dtype(self) -> np.dtype[np.void]:
        """What is kept of a row."""
        return SUM if self.sums else ROW

    @property
    def column(self) -> str:
        """By which hash rows are sorted and looked up."""
        return "about" if self.sums else "row"


@dataclass(frozen=True, slots=True)
class Difference:
    """What is new in a file: the lines that are not, and the names of the hits that it replaces."""

    known_lines: npt.NDArray[np.int64]
    replaced: list[int]


class Exports:
    """The exports of a store, to which a run adds."""

    def __init__(self, bookmarks: Sequence[Bookmark], store: Path, key_name: str) -> None:
        self._store = store
        self._exports: list[Export] = []
        self._samples: dict[int, list[int]] = defaultdict(list)
        for mark in bookmarks:
            if mark.grain and mark.key == key_name and marks.are_there(store, mark.spans):
                export = Export(mark.grain == SUMS, None, [mark])
                self._add(export, self._beginning(export))

    def _beginning(self, export: Export) -> Rows:
        """The first of the rows in marks/, of which samples are taken."""
        [span] = export.bookmarks[0].spans
        count = sample_size(export.bookmarks[0].lines)
        length = min(span.length, count * export.dtype.itemsize)
        return marks.read(self._store, [replace(span, length=length)], export.dtype)

    def _add(self, export: Export, beginning: Rows) -> None:
        for sample in np.unique(beginning[export.column]).tolist():
            self._samples[sample].append(len(self._exports))
        self._exports.append(export)

    def _rows_of(self, export: Export) -> Rows:
        if export.rows is None:
            export.rows = marks.read(self._store, export.bookmarks[0].spans, export.dtype)
        return export.rows

    def take(
        self,
        reader: RowReader,
        version: str,
        name_of: Callable[[int], int],
        *,
        names_visitors: bool,
        open_ended: bool,
    ) -> Difference:
        """Add a file that was read; say what is new in it. `name_of` names the hit of a line.

        `open_ended`: its last row may be written on.
        """
        rows = reader.rows(name_of)
        merged = Export(reader.sums, None, is_new=True)
        same = self._same(rows, merged, names_visitors)
        known = np.concatenate([rows[:0], *map(self._rows_of, same)])
        kept, is_known, replaced = (_updated if reader.sums else _added)(known, rows)
        for mark in (mark for export in same for mark in export.bookmarks if mark.rest):
            is_known |= _written_on(mark, rows, reader.lines, is_known)
        merged.rows = kept[np.argsort(kept[merged.column], kind="stable")]
        for export in same:
            merged.bookmarks += export.bookmarks
            merged.versions += export.versions
            export.rows, export.is_merged = None, True
        merged.versions.append(version)
        if open_ended and len(rows):
            merged.open_row = int(reader.lines[-1]), f"{int(rows['row'][-1]):016x}"
        self._add(merged, merged.rows[: sample_size(len(kept))])
        return Difference(reader.lines[is_known], replaced)

    def _same(self, rows: Rows, later: Export, names_visitors: bool) -> list[Export]:
        """Return the exports of which the rows are a later version."""
        shared: Counter[int] = Counter()
        for value in np.unique(rows[later.column]).tolist():
            for at in self._samples.get(value, ()):
                if self._exports[at].sums == later.sums and not self._exports[at].is_merged:
                    shared[at] += 1
        candidates = [self._exports[at] for at, _ in shared.most_common(CANDIDATES)]
        return [e for e in candidates if _is_same(self._rows_of(e), rows, e.sums, names_visitors)]

    def bookmarks(
        self, present: set[str], day: str, key_name: str, file: marks.MarksFile
    ) -> tuple[set[Bookmark], list[Bookmark]]:
        """Return the bookmarks that are no longer valid, and those that take their place.

        `present` are the identities of the whole files that were there.
        """
        gone: set[Bookmark] = set()
        new: list[Bookmark] = []
        for export in self._exports:
            if export.is_merged or export.rows is None or not export.is_new:
                continue
            gone.update(export.bookmarks)
            others = {v for mark in export.bookmarks for v in mark.versions} & present
            *earlier, last = export.versions
            wholes = sorted((others | set(earlier)) - {last})
            span = file.add(export.rows, export.dtype)
            line, row = export.open_row or (0, "")
            new.append(
                Bookmark(
                    head=last,
                    head_bytes=WHOLE,
                    offset=line,
                    lines=len(export.rows),
                    last="",
                    seen=day,
                    key=key_name,
                    rest=row,
                    marks=str(span),
                    grain=SUMS if export.sums else ROWS,
                    wholes=" ".join(wholes),
                )
            )
        return gone, new


def seen_again(mark: Bookmark, present: set[str], day: str) -> Bookmark:
    """Return a bookmark of a whole file that was there, with the versions that still are."""
    if not mark.versions & present:
        return mark
    wholes = " ".join(sorted(set(mark.wholes.split()) & present))
    return replace(mark, seen=day, wholes=wholes)


def _is_same(known: Rows, rows: Rows, sums: bool, names_visitors: bool) -> bool:
    common = int((occurrences(rows["row"]) < counts_of(rows["row"], known["row"])).sum())
    if common and common >= ENOUGH_PART * min(len(known), len(rows)):
        return True
    if sums:
        return _has_grown(known, rows)
    return names_visitors and common >= ENOUGH_ROWS


def _has_grown(known: Rows, rows: Rows) -> bool:
    """Whether all that is known is in the rows, with counts that are not smaller."""
    about, counts = _summed(known)
    later, later_counts = _summed(rows)
    if len(about) < GROWN_ROWS or not len(later):
        return False
    at = np.minimum(np.searchsorted(later, about), len(later) - 1)
    there = later[at] == about
    grown = there & (later_counts[at] >= counts)
    return bool(grown.sum() >= GROWN_PART * len(about))


def _summed(rows: Rows) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.float64]]:
    about, at = np.unique(rows["about"], return_inverse=True)
    counts: npt.NDArray[np.float64] = np.bincount(at, rows["count"], len(about)).astype(np.float64)
    return about, counts


def _added(known: Rows, rows: Rows) -> tuple[Rows, npt.NDArray[np.bool_], list[int]]:
    """What is known afterwards, which rows were, and what they replace (nothing)."""
    is_known = occurrences(rows["row"]) < counts_of(rows["row"], known["row"])
    return np.concatenate([known, rows[~is_known]]), is_known, []


def _written_on(
    mark: Bookmark, rows: Rows, lines: npt.NDArray[np.int64], is_known: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Which row, if any, is one that was read before its end was there: it counts as it was then.

    All rows before it are still there, and it stands at the same line.
    """
    is_row: npt.NDArray[np.bool_] = lines == mark.offset
    is_gone = not np.any(rows["row"] == np.uint64(int(mark.rest, 16)))
    has_grown = bool(is_gone and is_known[lines < mark.offset].all())
    return is_row if has_grown else np.zeros(len(lines), np.bool_)


def _updated(known: Rows, rows: Rows) -> tuple[Rows, npt.NDArray[np.bool_], list[int]]:
    """The same for rows with counts: all rows about the same thing are replaced together."""
    unchanged = _unchanged(known, rows)
    is_known = np.isin(rows["about"], unchanged)
    stays = np.isin(known["about"], unchanged) | ~np.isin(known["about"], rows["about"])
    gone = known[~stays]
    replaced: list[int] = gone["hit"].tolist()
    return np.concatenate([known[stays], rows[~is_known]]), is_known, replaced


def _unchanged(known: Rows, rows: Rows) -> npt.NDArray[np.uint64]:
    """What both have the same rows about."""
    about, before = _digests(known)
    later, after = _digests(rows)
    both, at, of = np.intersect1d(about, later, return_indices=True)
    same: npt.NDArray[np.uint64] = both[before[at] == after[of]]
    return same


def _digests(rows: Rows) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """By what rows are about, the sum of their hashes (modulo 2**64)."""
    about, at = np.unique(rows["about"], return_inverse=True)
    sums = np.zeros(len(about), np.uint64)
    np.add.at(sums, at, rows["row"])
    return about, sums
