"""Recognise exports that are fetched again, so that rows that were read before count once.

An export is a file whose records are not lines (CSV, JSON documents, XML, Parquet, Avro), or whose
format names visitors or counts sessions, like those of analytics tools. The next export of a series
("month to date", the last 30 days) has old rows, in any order, and new ones. So a hash of each row
is stored (rows.py), and a file is a later version of an export if

- half of the rows of the smaller of the two are the same; or
- 100 rows are the same, in a format that names visitors and has a row for each hit; or
- its rows represent many sessions, the older version has 20 subjects or more, 95% of these are in
  the newer version too, and 95% of their counts are not smaller there (a report of the month to
  date, in which every count grows).

Only rows of a later version that no earlier version had are counted. Of equal rows, those are
counted that the file has in excess of any earlier version. Two exports that share only a few rows
are different exports.

A row that represents many sessions is replaced when its counts change: the hit of the earlier row
is removed, and the later row is counted instead, so that a day that was not over yet ends with its
final counts. Of two versions in one run, the one whose name sorts last counts. Rows that a later
version lacks stay: an export of the last 30 days lacks those before.

Many exports end without a line end, so the last row is always read. If it was incomplete, it counts
as it was, and once.
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
from darksocial.store.files.bookmark import SUM_ROWS, WHOLE_FILE, Bookmark
from darksocial.store.intake.rows import (
    ROW_TYPE,
    SUM_TYPE,
    RowReader,
    Rows,
    counts_of,
    occurrences,
    sample_size,
)

MIN_COMMON_PROPORTION = 0.5
MIN_COMMON_ROWS = 100
MIN_GROWN_PROPORTION, MIN_SUBJECTS = 0.95, 20
MAX_CANDIDATES = 8
"""How many exports are compared with a file row by row: those that share most samples with it."""
HIT_ROWS = "rows"


def is_export(entry: Input) -> bool:
    """Return whether the rows of an input may appear again in another file."""
    counted = {"visitor", "weight"} & entry.records and not isinstance(
        entry.parsing.grammar, Layout
    )
    return entry.container != "lines" or bool(counted)


@dataclass(slots=True)
class Export:
    """All versions of one export: the rows that were read, and their bookmarks.

    Rows are None if they are still in marks/, or if they are part of another export now.
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
        """The type of the rows."""
        return SUM_TYPE if self.sums else ROW_TYPE

    @property
    def column(self) -> str:
        """The hash by which rows are sorted and looked up."""
        return "about" if self.sums else "row"


@dataclass(frozen=True, slots=True)
class Difference:
    """The lines of a file that were read before, and the names of the hits that it replaces."""

    known_lines: npt.NDArray[np.int64]
    replaced: list[int]


class Exports:
    """The exports of a store, including those that the run adds."""

    def __init__(self, bookmarks: Sequence[Bookmark], store: Path, key_name: str) -> None:
        self._store = store
        self._exports: list[Export] = []
        self._samples: dict[int, list[int]] = defaultdict(list)
        for mark in bookmarks:
            if mark.grain and mark.key == key_name and marks.are_there(store, mark.spans):
                export = Export(mark.grain == SUM_ROWS, None, [mark])
                self._add(export, self._beginning(export))

    def _beginning(self, export: Export) -> Rows:
        """Return the first of the rows in marks/, which are the samples."""
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
        """Add a file that was read, and return what it shares with earlier versions.

        `name_of` returns the name of the hit of a line. If the file is `open_ended`, its last row
        may be incomplete.
        """
        rows = reader.rows(name_of)
        merged = Export(reader.sums, None, is_new=True)
        same = self._same(rows, merged, names_visitors)
        before = np.concatenate([rows[:0], *map(self._rows_of, same)])
        all_rows, is_known, replaced = (_updated if reader.sums else _added)(before, rows)
        for mark in (mark for export in same for mark in export.bookmarks if mark.rest):
            is_known |= _completed(mark, rows, reader.lines, is_known)
        merged.rows = all_rows[np.argsort(all_rows[merged.column], kind="stable")]
        for export in same:
            merged.bookmarks += export.bookmarks
            merged.versions += export.versions
            export.rows, export.is_merged = None, True
        merged.versions.append(version)
        if open_ended and len(rows):
            merged.open_row = int(reader.lines[-1]), f"{int(rows['row'][-1]):016x}"
        self._add(merged, merged.rows[: sample_size(len(all_rows))])
        return Difference(reader.lines[is_known], replaced)

    def _same(self, rows: Rows, later: Export, names_visitors: bool) -> list[Export]:
        """Return the exports of which these rows are a later version."""
        shared: Counter[int] = Counter()
        for value in np.unique(rows[later.column]).tolist():
            for number in self._samples.get(value, ()):
                if self._exports[number].sums == later.sums and not self._exports[number].is_merged:
                    shared[number] += 1
        candidates = [self._exports[number] for number, _ in shared.most_common(MAX_CANDIDATES)]
        return [e for e in candidates if _is_same(self._rows_of(e), rows, e.sums, names_visitors)]

    def bookmarks(
        self, present: set[str], day: str, key_name: str, file: marks.MarksFile
    ) -> tuple[set[Bookmark], list[Bookmark]]:
        """Return the bookmarks that are no longer valid, and those that replace them.

        `present` are the identities of the whole files among the inputs.
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
                    head_bytes=WHOLE_FILE,
                    offset=line,
                    lines=len(export.rows),
                    last="",
                    seen=day,
                    key=key_name,
                    rest=row,
                    marks=str(span),
                    grain=SUM_ROWS if export.sums else HIT_ROWS,
                    wholes=" ".join(wholes),
                )
            )
        return gone, new


def seen_again(mark: Bookmark, present: set[str], day: str) -> Bookmark:
    """Return the bookmark of a whole file, updated if one of its versions is among the inputs."""
    if not mark.versions & present:
        return mark
    wholes = " ".join(sorted(set(mark.wholes.split()) & present))
    return replace(mark, seen=day, wholes=wholes)


def _is_same(before: Rows, rows: Rows, sums: bool, names_visitors: bool) -> bool:
    common = int((occurrences(rows["row"]) < counts_of(rows["row"], before["row"])).sum())
    if common and common >= MIN_COMMON_PROPORTION * min(len(before), len(rows)):
        return True
    if sums:
        return _has_grown(before, rows)
    return names_visitors and common >= MIN_COMMON_ROWS


def _has_grown(before: Rows, rows: Rows) -> bool:
    """Return whether the rows hold what was read before, with counts that are not smaller."""
    about, counts = _summed(before)
    later, later_counts = _summed(rows)
    if len(about) < MIN_SUBJECTS or not len(later):
        return False
    indices = np.minimum(np.searchsorted(later, about), len(later) - 1)
    there = later[indices] == about
    grown = there & (later_counts[indices] >= counts)
    return bool(grown.sum() >= MIN_GROWN_PROPORTION * len(about))


def _summed(rows: Rows) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.float64]]:
    about, inverse = np.unique(rows["about"], return_inverse=True)
    counts: npt.NDArray[np.float64] = np.bincount(inverse, rows["count"], len(about)).astype(
        np.float64
    )
    return about, counts


def _added(before: Rows, rows: Rows) -> tuple[Rows, npt.NDArray[np.bool_], list[int]]:
    """Return all rows of the export, which of the new ones were read before, no replaced hits."""
    is_known = occurrences(rows["row"]) < counts_of(rows["row"], before["row"])
    return np.concatenate([before, rows[~is_known]]), is_known, []


def _completed(
    mark: Bookmark, rows: Rows, lines: npt.NDArray[np.int64], is_known: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Return which row, if any, was read before it was complete: it counts as it was then.

    It is at the same line as then, and all rows before it still exist.
    """
    is_row: npt.NDArray[np.bool_] = lines == mark.offset
    is_gone = not np.any(rows["row"] == np.uint64(int(mark.rest, 16)))
    has_grown = bool(is_gone and is_known[lines < mark.offset].all())
    return is_row if has_grown else np.zeros(len(lines), np.bool_)


def _updated(before: Rows, rows: Rows) -> tuple[Rows, npt.NDArray[np.bool_], list[int]]:
    """Return the same as `_added` for rows with counts, with the hits that they replace.

    All rows about the same subject are replaced together."""
    unchanged = _unchanged(before, rows)
    is_known = np.isin(rows["about"], unchanged)
    stays = np.isin(before["about"], unchanged) | ~np.isin(before["about"], rows["about"])
    gone = before[~stays]
    replaced: list[int] = gone["hit"].tolist()
    return np.concatenate([before[stays], rows[~is_known]]), is_known, replaced


def _unchanged(before: Rows, rows: Rows) -> npt.NDArray[np.uint64]:
    """Return the subjects about which both have the same rows."""
    about, digests_before = _digests(before)
    later, digests_after = _digests(rows)
    both, indices, later_indices = np.intersect1d(about, later, return_indices=True)
    same: npt.NDArray[np.uint64] = both[digests_before[indices] == digests_after[later_indices]]
    return same


def _digests(rows: Rows) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """Return the subjects of rows, each with the sum of its hashes (modulo 2**64)."""
    about, inverse = np.unique(rows["about"], return_inverse=True)
    sums = np.zeros(len(about), np.uint64)
    np.add.at(sums, inverse, rows["row"])
    return about, sums
