"""A layout: what stands in a log line, piece by piece, and the exact grammar that follows from it.

A layout is data. Directives of Apache and nginx compile to it; an engine turns it into a parser.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from darksocial.errors import UsageError

QUOTED = r'(?:[^"\\]|\\.|"[^" ])*'
WORD = r"[^ ]*"
TEXT = r".*?"
# A name can hold spaces, but "- x" is a line with one field more, such as a virtual host in front.
USER = r"(?:[^ -].*?|-[^ ].*?|-)?"

# What a field can mean, and the shape of its unquoted value.
MEANINGS: dict[str, str] = {
    "ignored": WORD,
    "client_ip": WORD,
    "forwarded": TEXT,
    "host": WORD,
    "user": USER,
    "time": "",
    "request": TEXT,
    "method": WORD,
    "url": WORD,
    "path": WORD,
    "query": WORD,
    "status": r"\d{3}|-",
    "bytes": r"\d+|-",
    "referrer": TEXT,
    "user_agent": TEXT,
    "purpose": TEXT,
    "duration_ns": r"\d+|-",
    "duration_us": r"\d+|-",
    "duration_ms": r"[\d.]+|-",
    "duration_s": r"[\d.]+|-",
}
ADDRESS_LIST = r"(?:unknown|[0-9A-Fa-f.:%\[\]]+)(?:, *(?:unknown|[0-9A-Fa-f.:%\[\]]+))*"
SHAPED = {
    "forwarded": rf"-|{ADDRESS_LIST}|",
    **{
        name: MEANINGS[name]
        for name in (
            "status",
            "bytes",
            "duration_ns",
            "duration_us",
            "duration_ms",
            "duration_s",
        )
    },
}
"""Meanings whose values have a shape of their own, in quotes and without."""
ISO = "iso"
EPOCHS = {"epoch_s": r"\d+(?:\.\d+)?", "epoch_ms": r"\d+", "epoch_us": r"\d+"}
TIMES = EPOCHS | {
    ISO: r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?: ?(?:Z|UTC|[+-]\d\d(?::?\d\d)?))?"
}
STRPTIME = {
    "d": r"\d{1,2}",
    "e": r" ?\d{1,2}",
    "m": r"\d{1,2}",
    "y": r"\d\d",
    "Y": r"\d{4}",
    "H": r"\d{1,2}",
    "I": r"\d{1,2}",
    "M": r"\d{1,2}",
    "S": r"\d{1,2}",
    "j": r"\d{3}",
    "b": r"[A-Za-z]{3}",
    "B": r"[A-Za-z]+",
    "a": r"[A-Za-z]{3}",
    "A": r"[A-Za-z]+",
    "p": r"[AaPp][Mm]",
    "z": r"[+-]\d\d(?::?\d\d)?",
    "g": r"\d{3}",
    "f": r"\d{1,6}",
}


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that stands in every line as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A value of a line: its meaning (a key of `MEANINGS`) and, for a time, its format.

    A time format is `epoch_s`, `epoch_ms`, `epoch_us`, `iso` (ISO 8601 and RFC 3339, zone and
    fraction optional) or a strptime format of the specifiers in `STRPTIME` (`%g` stands for
    milliseconds, `%f` for microseconds). With `is_text`, spaces
    can stand in the value, as in a list of addresses that proxies passed on. `pattern` narrows what
    the value can be.
    """

    meaning: str
    time_format: str = ""
    is_text: bool = False
    pattern: str = ""

    @property
    def shape(self) -> str | None:
        """The regular expression that the value has to match, be it in quotes or not."""
        return self.pattern or TIMES.get(self.time_format) or SHAPED.get(self.meaning)


Piece = Literal | Field


@dataclass(frozen=True, slots=True)
class Layout:
    """The pieces of a line in order; with `extras`, anything may follow after a space."""

    pieces: tuple[Piece, ...]
    extras: bool = False

    @property
    def records(self) -> frozenset[str]:
        """The meanings that a line of this layout can tell."""
        return frozenset(p.meaning for p in self.pieces if isinstance(p, Field)) - {"ignored"}

    @property
    def time_format(self) -> str:
        """The format of the layout's time."""
        return next(p.time_format for p in self.fields if p.meaning == "time")

    @property
    def tells_year(self) -> bool:
        """Whether the time has a year; syslog's has none."""
        return self.time_format in TIMES or bool(re.search("%[Yy]", self.time_format))

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields in order, ignored ones included."""
        return tuple(p for p in self.pieces if isinstance(p, Field))

    @property
    def is_open(self) -> bool:
        """Whether anything may follow what the layout describes."""
        return self.extras

    def matches(self, line: str) -> bool:
        """Say whether a line fits the exact grammar."""
        return _compiled(self).match(line) is not None


def layout(pieces: Iterable[Piece], extras: bool = False) -> Layout:
    """Return a layout in which literals and parts of the time are joined and no meaning is twice.

    Raises UsageError where the pieces hold no time, or two values with nothing between them.
    """
    tidy = tuple(_once_each(_joined_times(_joined_literals(pieces))))
    times = [p for p in tidy if isinstance(p, Field) and p.meaning == "time"]
    if not times:
        raise UsageError(
            "the log format has no time",
            expected="%t, %{...}t, $time_local, $time_iso8601 or $msec",
            advice="name the directive as it stands in the server's configuration",
        )
    _check_complete(times[0].time_format)
    for left, right in pairwise(tidy):
        if isinstance(left, Field) and isinstance(right, Field):
            raise UsageError(
                f"in the log format nothing stands between {left.meaning} and {right.meaning}",
                expected="a space, a quote or another separator between two values",
            )
    return Layout(tidy, extras)


def _check_complete(time_format: str) -> None:
    """Refuse half a time, as of a date and an hour that do not stand together."""
    has_day = any(day in time_format for day in ("%d", "%e", "%j"))
    has_hour = any(hour in time_format for hour in ("%H", "%I"))
    if time_format not in TIMES and not (has_day and has_hour):
        raise UsageError(
            f"the log format's time {time_format!r} lacks the {'hour' if has_day else 'day'}",
            expected="day and time of day side by side, as in %{%Y-%m-%d}t %{%T}t",
        )


def _joined_literals(pieces: Iterable[Piece]) -> Iterator[Piece]:
    text = ""
    for piece in pieces:
        if isinstance(piece, Literal):
            text += piece.text
            continue
        if text:
            yield Literal(text)
        text = ""
        yield piece
    if text:
        yield Literal(text)


def _joined_times(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Join times that are written in parts, as in `%{%d/%b/%Y:%T}t.%{msec_frac}t %{%z}t`."""
    time: Field | None = None
    between: Literal | None = None
    for piece in pieces:
        match piece:
            case Field("time", form) if time and not {form, time.time_format} & set(TIMES):
                between_text = between.text if between else ""
                time, between = Field("time", time.time_format + between_text + form), None
            case Literal() if time and not between:
                between = piece
            case _:
                yield from (p for p in (time, between) if p)
                is_time = isinstance(piece, Field) and piece.meaning == "time"
                time, between = (piece if is_time else None), None  # type: ignore[assignment]
                if not is_time:
                    yield piece
    yield from (p for p in (time, between) if p)


def _once_each(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Let the first field of a meaning keep it; later ones are ignored."""
    seen: set[str] = set()
    for piece in pieces:
        if isinstance(piece, Field):
            meaning = piece.meaning
            if meaning in seen:
                is_text = piece.is_text or MEANINGS[meaning] in (TEXT, USER)
                piece = Field("ignored", piece.time_format, is_text)
            seen.add(meaning)
        yield piece


def exact_pattern(of: Layout) -> tuple[str, tuple[str, ...]]:
    """Return the exact grammar as a regular expression and the meaning of each of its groups.

    The expression is valid for RE2 and for Python's `re`; it is linear in the length of a line.
    """
    parts: list[str] = []
    groups: list[str] = []
    for index, piece in enumerate(of.pieces):
        if isinstance(piece, Literal):
            parts.append(_escaped(piece.text))
            continue
        value = _value_pattern(of, index, piece)
        if piece.meaning == "ignored":
            parts.append(f"(?:{value})")
        else:
            parts.append(f"({value})")
            groups.append(piece.meaning)
    return "^" + "".join(parts) + (r"(?: .*)?$" if of.extras else "$"), tuple(groups)


@cache
def _compiled(of: Layout) -> re.Pattern[str]:
    return re.compile(exact_pattern(of)[0], re.ASCII)


def is_quoted(of: Layout, index: int) -> bool:
    """Say whether the piece at `index` stands between double quotes."""
    before = of.pieces[index - 1] if index else Literal("")
    after = of.pieces[index + 1] if index + 1 < len(of.pieces) else Literal("")
    return (
        isinstance(before, Literal)
        and isinstance(after, Literal)
        and before.text.endswith('"')
        and after.text.startswith('"')
    )


def _value_pattern(of: Layout, index: int, field: Field) -> str:
    if field.time_format and not field.pattern:
        return time_pattern(field.time_format)
    if field.shape:
        return f"(?:{field.shape})"
    if is_quoted(of, index):
        return QUOTED
    return TEXT if field.is_text else MEANINGS[field.meaning]


def time_pattern(time_format: str) -> str:
    """Return the regular expression of a time in `time_format`."""
    if time_format in TIMES:
        return TIMES[time_format]
    parts = re.split(r"%([A-Za-z])", time_format)
    literals = [_escaped(text) for text in parts[::2]]
    values = [STRPTIME[letter] for letter in parts[1::2]]
    return "".join(literal + value for literal, value in zip(literals, [*values, ""], strict=True))


def _escaped(text: str) -> str:
    return re.escape(text).replace(r"\ ", " ")
