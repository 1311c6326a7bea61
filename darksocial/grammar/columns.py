"""Lines that are cut at a separator into columns.

The names of the columns come from a comment line, from a file beside the log, or from the format's
specification.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from darksocial.grammar.keys import Values, patterns
from darksocial.grammar.times import is_moment
from darksocial.grammar.values import AUTO, Step, Value, values

# A quote in the middle of a value is part of it, and so is one that nothing closes.
QUOTED_OR_BARE = r'"(?:[^"]|"")*"(?: |$)|[^ ]+'
QUOTED_CELL = r'"((?:[^"]|"")*)" ?'
DAY_PATTERN = re.compile(r"\d{4}-\d\d-\d\d|\d\d/[A-Za-z]{3}/\d{4}")
CLOCK_PATTERN = re.compile(r"\d{1,2}:\d\d")
GMT_OFFSET = re.compile(r"([+-]\d\d):?(\d\d)")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a line hold which values.

    `names`: the columns in order. `header`: the beginning of a comment line that names them anew,
    wherever in the file it comes. `sidecar`: a file beside the input that names them.
    `min_columns`: a line with fewer columns is a reject (0: a line needs all of them). `day`: the
    date, where lines have only a time of day. `zone`: the time zone that a header gives. The other
    fields are those of `Keys`.
    """

    names: tuple[str, ...]
    separator: str
    values: tuple[Value, ...]
    time_format: str = AUTO
    header: str = ""
    sidecar: str = ""
    min_columns: int = 0
    day: str = ""
    zone: str = ""
    excluded: tuple[tuple[tuple[Step, ...], str], ...] = ()
    converted: tuple[tuple[tuple[Step, ...], str], ...] = ()
    pages: tuple[str, ...] = ()
    conversion_events: tuple[str, ...] = ()
    nulls: tuple[tuple[str, tuple[str, ...]], ...] = ()
    decode: tuple[tuple[str, str], ...] = ()

    @property
    def records(self) -> frozenset[str]:
        """The meanings that a line can hold: those whose columns are present."""
        meanings = {value.meaning for value in self.present}
        return frozenset(meanings | {"time"} if {"date", "clock"} & meanings else meanings)

    @property
    def present(self) -> tuple[Value, ...]:
        """The values whose columns are present, with the templates that can be filled."""
        values = []
        for value in self.values:
            fillable = tuple(t for t in value.templates if t.paths[0][0] in self.names)
            if fillable:
                values.append(replace(value, templates=fillable))
        return tuple(values)

    @property
    def is_open(self) -> bool:
        """Whether further fields may follow those that are described."""
        return False

    @property
    def needed_columns(self) -> int:
        """How many columns a whole line has at least."""
        return self.min_columns or len(self.names)

    @property
    def max_columns(self) -> int:
        """How many columns a line has at most; 0 if later versions of a format may add some."""
        return len(self.names) if self.header or self.sidecar else 0

    @property
    def may_quote(self) -> bool:
        """Whether values with spaces can be in quotes."""
        return self.separator == " "

    def cells(self, line: str) -> list[str]:
        """Cut a line into its columns."""
        if self.may_quote:
            return [
                match[1].replace('""', '"') if (match := re.fullmatch(QUOTED_CELL, cell)) else cell
                for cell in re.findall(QUOTED_OR_BARE, line)
            ]
        return line.split(self.separator)

    def matches(self, line: str) -> bool:
        """Return whether a line has the columns, and a time among them."""
        cells = self.cells(line)
        if not self.names or len(cells) < self.needed_columns:
            return False
        if self.max_columns and any(cells[self.max_columns :]):
            return False
        row = dict(zip(self.names, cells, strict=False))
        texts = {v.meaning: str(row.get(str(v.templates[0].paths[0][0]), "")) for v in self.present}
        if "time" in texts:
            return self.time_format != AUTO or is_moment(texts["time"])
        day, clock = texts.get("date") or self.day, texts.get("clock", "00:00:00")
        return bool(DAY_PATTERN.fullmatch(day) and CLOCK_PATTERN.match(clock))

    def renamed(self, comment: str) -> "Columns":
        """Return the columns as a comment line changes them: a header, a date or an offset."""
        if self.header and comment.startswith(self.header):
            return replace(self, names=tuple(comment[len(self.header) :].split()))
        if not self.header:
            return self
        name, _, text = comment.partition(":")
        if name in ("#Date", "#Start-Date") and (day := DAY_PATTERN.search(text)):
            return replace(self, day=day[0])
        if name == "#GMT-Offset" and (offset := GMT_OFFSET.search(text)):
            return replace(self, zone=f"{offset[1]}:{offset[2]}")
        return self

    @property
    def essence(self) -> "Columns":
        """The columns without the day of a comment line, where each line has its own.

        Files that differ only in that day are then read by one statement.
        """
        has_day = {"time", "date"} & {value.meaning for value in self.present}
        return replace(self, day="") if has_day and self.day else self


def columns(
    names: Sequence[str] = (),
    separator: str = "\t",
    fields: Mapping[str, Values] | None = None,
    *,
    time_format: str = AUTO,
    header: str = "",
    sidecar: str = "",
    min_columns: int = 0,
    excluded: Mapping[str, str] | None = None,
    converted: Mapping[str, str] | None = None,
    pages: Sequence[str] = (),
    conversion_events: Sequence[str] = (),
    nulls: Mapping[str, Sequence[str]] | None = None,
    decode: Mapping[str, str] | None = None,
    **columns_of: Values,
) -> Columns:
    """Return the grammar of a format whose lines are columns.

    `fields` and `columns_of` map meanings to names. The arguments are explained at `Columns`. A
    name with a dot or a bracket is written in double quotes, as in a path (values.py).
    """
    return Columns(
        tuple(names),
        separator,
        values({**(fields or {}), **columns_of}),
        time_format,
        header,
        sidecar,
        min_columns,
        excluded=patterns(excluded),
        converted=patterns(converted),
        pages=tuple(pages),
        conversion_events=tuple(conversion_events),
        nulls=tuple((meaning, tuple(texts)) for meaning, texts in (nulls or {}).items()),
        decode=tuple((decode or {}).items()),
    )
