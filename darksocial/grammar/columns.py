"""Lines cut at a separator into columns, whose names stand in a comment line, in a file beside,
or in the format's specification."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from darksocial.grammar.keys import Values, patterns
from darksocial.grammar.values import AUTO, Step, Value, is_moment, values

QUOTED_OR_BARE = r'"(?:[^"]|"")*"|[^ ]+'
DAY = re.compile(r"\d{4}-\d\d-\d\d|\d\d/[A-Za-z]{3}/\d{4}")
GMT_OFFSET = re.compile(r"([+-]\d\d):?(\d\d)")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a line hold what.

    `names`: the columns in order. `header`: the beginning of a comment line that names them anew,
    wherever it stands. `sidecar`: a file beside the input that names them. `fewest`: with how many
    columns a line is whole (0: with all). `day`: the date, where lines have a time of day alone.
    `zone`: what a header said of the time zone. The other fields are those of `Keys`.
    """

    names: tuple[str, ...]
    separator: str
    values: tuple[Value, ...]
    time_format: str = AUTO
    header: str = ""
    sidecar: str = ""
    fewest: int = 0
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
        """The meanings that a line can tell: those whose columns are there."""
        told = {value.meaning for value in self.told}
        return frozenset(told | {"time"} if {"date", "clock"} & told else told)

    @property
    def told(self) -> tuple[Value, ...]:
        """The values whose columns are there, with the templates that can be filled."""
        found = []
        for value in self.values:
            kept = tuple(t for t in value.templates if t.paths[0][0] in self.names)
            if kept:
                found.append(replace(value, templates=kept))
        return tuple(found)

    @property
    def is_open(self) -> bool:
        """Whether anything may follow what is described."""
        return False

    @property
    def least(self) -> int:
        """With how many columns a line is whole."""
        return self.fewest or len(self.names)

    @property
    def may_quote(self) -> bool:
        """Whether values with spaces can stand in quotes."""
        return self.separator == " "

    def cells(self, line: str) -> list[str]:
        """Cut a line into its columns."""
        if self.may_quote:
            return [cell.strip('"') for cell in re.findall(QUOTED_OR_BARE, line)]
        return line.split(self.separator)

    def matches(self, line: str) -> bool:
        """Say whether a line has the columns, and a time among them."""
        cells = self.cells(line)
        if not self.names or len(cells) < self.least:
            return False
        row = dict(zip(self.names, cells, strict=False))
        texts = {v.meaning: str(row.get(str(v.templates[0].paths[0][0]), "")) for v in self.told}
        if "time" in texts:
            return self.time_format != AUTO or is_moment(texts["time"])
        day, clock = texts.get("date") or self.day, texts.get("clock", "00:00:00")
        return bool(DAY.match(day)) and ":" in clock

    def renamed(self, comment: str) -> "Columns":
        """Return the columns as they are after a comment line: a header, a date, an offset."""
        if self.header and comment.startswith(self.header):
            return replace(self, names=tuple(comment[len(self.header) :].split()))
        if not self.header:
            return self
        name, _, text = comment.partition(":")
        if name in ("#Date", "#Start-Date") and (day := DAY.search(text)):
            return replace(self, day=day[0])
        if name == "#GMT-Offset" and (offset := GMT_OFFSET.search(text)):
            return replace(self, zone=f"{offset[1]}:{offset[2]}")
        return self

    @property
    def essence(self) -> "Columns":
        """The columns without the day of a comment line, where each line has its own."""
        has_day = {"time", "date"} & {value.meaning for value in self.told}
        return replace(self, day="") if has_day and self.day else self


def columns(
    names: Sequence[str] = (),
    separator: str = "\t",
    *,
    time_format: str = AUTO,
    header: str = "",
    sidecar: str = "",
    fewest: int = 0,
    excluded: Mapping[str, str] | None = None,
    converted: Mapping[str, str] | None = None,
    pages: Sequence[str] = (),
    conversion_events: Sequence[str] = (),
    nulls: Mapping[str, Sequence[str]] | None = None,
    decode: Mapping[str, str] | None = None,
    **named: Values,
) -> Columns:
    """Return the grammar of a format whose lines are columns; `named` maps meanings to names.

    The arguments are explained at `Columns`. A name that has a dot or a bracket stands in double
    quotes, as in a path (values.py).
    """
    return Columns(
        tuple(names),
        separator,
        values(named),
        time_format,
        header,
        sidecar,
        fewest,
        excluded=patterns(excluded),
        converted=patterns(converted),
        pages=tuple(pages),
        conversion_events=tuple(conversion_events),
        nulls=tuple((meaning, tuple(texts)) for meaning, texts in (nulls or {}).items()),
        decode=tuple((decode or {}).items()),
    )
