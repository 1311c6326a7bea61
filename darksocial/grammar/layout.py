"""A layout: the pieces of a log line in order, and the exact grammar that follows from them.

A layout is data. Directives of Apache and nginx compile to it, and the parser compiles it to SQL.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from darksocial.errors import UsageError
from darksocial.language import gettext as _

QUOTED_TEXT = r'(?:[^"\\]|\\.|"[^" ])*'
WORD = r"[^ ]*"
TEXT = r".*?"
# A name can hold spaces, but "- x" is a line with one field more, such as a virtual host in front.
USER_NAME = r"(?:[^ -].*?|-[^ ].*?|-)?"

# What a field can mean, with the pattern of its value outside quotes.
MEANINGS: dict[str, str] = {
    "ignored": WORD,
    "client_ip": WORD,
    "forwarded": TEXT,
    "host": WORD,
    "user": USER_NAME,
    "country": TEXT,
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
HOP = r"(?:unknown|[0-9A-Fa-f.:%\[\]]+)"
# RFC 7239 writes each hop as pairs: `for=192.0.2.60;proto=https`, or `for="[2001:db8::1]:4711"`.
RFC_7239 = r"(?:(?i:for|by|proto|host)=[^ ,;]+[,;]? *)+"
ADDRESS_LIST = rf"{HOP}(?:, *{HOP})*|{RFC_7239}"
# Where a list of addresses is logged in place of the client, as X-Forwarded-For often is.
CLIENTS = rf"[^ ,|\x00-\x1f]+(?:, *{HOP})*"
# What may be in place of a value that cannot be read: the line is a hit without that value.
UNREADABLE = r'[^ "]*'
OPTIONAL_MEANINGS = frozenset(
    {"forwarded", "bytes", "duration_ns", "duration_us", "duration_ms", "duration_s"}
)
# Meanings whose values have a pattern of their own, in quotes and without.
PATTERN_OF_MEANING = {
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
ISO = "iso"
COMMON_LOG_TIME = "%d/%b/%Y:%H:%M:%S %z"
COMMON_LOG_MOMENT = r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d[^\[\]\"]{0,12}\] "
_MOMENT = re.compile(COMMON_LOG_MOMENT)
EPOCHS = {"epoch_s": r"\d+(?:\.\d+)?", "epoch_ms": r"\d+", "epoch_us": r"\d+"}
PATTERN_OF_TIME = EPOCHS | {
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
    "Z": r"[A-Za-z]{1,5}",
}


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that every line holds as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A value of a line: its meaning (a key of `MEANINGS`) and, for a time, its format.

    A time format is `epoch_s`, `epoch_ms`, `epoch_us`, `iso` (ISO 8601 and RFC 3339, zone and
    fraction optional) or a strptime format of the specifiers in `STRPTIME` (`%g` stands for
    milliseconds, `%f` for microseconds). With `is_text`, the value
    may hold spaces, as a list of addresses does. `pattern` narrows what the value can be. A field
    that `yields` counts only where no other of its meaning does not: the first status beside the
    last, the address of a proxy beside that of the client.
    """

    meaning: str
    time_format: str = ""
    is_text: bool = False
    pattern: str = ""
    yields: bool = False

    @property
    def shape(self) -> str | None:
        """The regular expression that the value must match, in quotes or not."""
        return (
            self.pattern
            or PATTERN_OF_TIME.get(self.time_format)
            or PATTERN_OF_MEANING.get(self.meaning)
        )


Piece = Literal | Field


@dataclass(frozen=True, slots=True)
class Layout:
    """The pieces of a line in order; with `extras`, anything may follow after a space.

    If it `is_spaced`, more than one space may stand for each.
    """

    pieces: tuple[Piece, ...]
    extras: bool = False
    is_spaced: bool = False

    @property
    def records(self) -> frozenset[str]:
        """The meanings that a line of this layout can hold."""
        return frozenset(p.meaning for p in self.pieces if isinstance(p, Field)) - {"ignored"}

    @property
    def has_client_header(self) -> bool:
        """Whether the client's address is in a header of proxies, which may be Forwarded."""
        return any(p.meaning == "client_ip" and p.shape for p in self.fields)

    @property
    def time_format(self) -> str:
        """The format of the layout's time."""
        return next(p.time_format for p in self.fields if p.meaning == "time")

    @property
    def has_year(self) -> bool:
        """Whether the time has a year; syslog's has none."""
        return self.time_format in PATTERN_OF_TIME or bool(re.search("%[Yy]", self.time_format))

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields in order, ignored ones included."""
        return tuple(p for p in self.pieces if isinstance(p, Field))

    @property
    def is_open(self) -> bool:
        """Whether further fields may follow those that the layout describes."""
        return self.extras

    def matches(self, line: str) -> bool:
        """Return whether a line fits the exact grammar."""
        if not self._has_literals(line):
            return False
        return _compiled(self).match(line) is not None and not holds_two_records(line)

    def reads(self, line: str) -> bool:
        """Return whether a line is a hit: it matches, but for values that may be missing."""
        if not self._has_literals(line):
            return False
        fits = _compiled(self, is_lenient=True).match(line) is not None
        return fits and not holds_two_records(line)

    def _has_literals(self, line: str) -> bool:
        """Return whether a line holds all literals, in order: if not, no pattern is compiled."""
        place = 0
        for piece in self.pieces:
            if isinstance(piece, Literal):
                for text in piece.text.split(" ") if self.is_spaced else (piece.text,):
                    if (start := line.find(text, place)) < 0:
                        return False
                    place = start + len(text)
        return True


def holds_two_records(line: str) -> bool:
    """Return whether a line holds two times of common logs: two processes wrote at once."""
    return len(_MOMENT.findall(line)) > 1


def layout(pieces: Iterable[Piece], extras: bool = False) -> Layout:
    """Return a layout in which literals and parts of the time are joined and no meaning is twice.

    Where the only address is in a header that proxies write, it is that of the client. Raises
    UsageError if the pieces hold no time, or two values with nothing to separate them.
    """
    tidy = tuple(_once_each(list(_joined_targets(_joined_times(_joined_literals(pieces))))))
    if "client_ip" not in {p.meaning for p in tidy if isinstance(p, Field)}:
        tidy = tuple(
            replace(p, meaning="client_ip", pattern=p.shape or "")
            if isinstance(p, Field) and p.meaning == "forwarded"
            else p
            for p in tidy
        )
    times = [p for p in tidy if isinstance(p, Field) and p.meaning == "time"]
    if not times:
        raise UsageError(
            _("The log format has no time."),
            expected=_("%t, %{...}t, $time_local, $time_iso8601 or $msec"),
            advice=_("copy the directive from the server's configuration"),
        )
    _check_complete(times[0].time_format)
    for left, right in pairwise(tidy):
        if isinstance(left, Field) and isinstance(right, Field) and not left.pattern:
            raise UsageError(
                _("The log format has nothing between {left} and {right}.").format(
                    left=left.meaning, right=right.meaning
                ),
                expected=_("a space, a quote or another separator between two values"),
            )
    return Layout(tidy, extras)


def _check_complete(time_format: str) -> None:
    """Refuse half a time, such as a date whose hour is elsewhere in the line."""
    has_day = any(day in time_format for day in ("%d", "%e", "%j"))
    has_hour = any(hour in time_format for hour in ("%H", "%I"))
    if time_format not in PATTERN_OF_TIME and not (has_day and has_hour):
        if has_day:
            problem = _("The log format's time {time_format!r} lacks the hour.")
        else:
            problem = _("The log format's time {time_format!r} lacks the day.")
        raise UsageError(
            problem.format(time_format=time_format),
            expected=_("day and time of day side by side, as in %{%Y-%m-%d}t %{%T}t"),
        )


def _joined_literals(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Join texts that follow each other."""
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
            case Field("time", form) if time and not {form, time.time_format} & set(
                PATTERN_OF_TIME
            ):
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


def _joined_targets(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Join path and query that follow each other to an address, and separate a host from its path.

    nginx writes `-` for `$args` where there are none, so behind `$is_args` one may be at the end.
    """
    rest = list(pieces)
    while rest:
        match [p.meaning if isinstance(p, Field) else p.text[:1] for p in rest[:3]]:
            case ["path", "ignored", "query"]:
                rest[:3] = [
                    Field("url", pattern=r"[^ ?]*\?[^ ]*|[^ ?]*?"),
                    Field("ignored", pattern="-?"),
                ]
            case ["path", "query", *_]:
                rest[:2] = [Field("url")]
            case ["path", "?", "query"]:
                rest[0] = Field("path", pattern="[^ ?]*")
            case ["host", "url" | "path", *_]:
                rest[0] = Field("host", pattern="[^ /]*")
        yield rest.pop(0)


def _once_each(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Let the first field of a meaning keep it, unless it yields to another; ignore the others."""
    sure = {p.meaning for p in pieces if isinstance(p, Field) and not p.yields}
    taken: set[str] = set()
    for piece in pieces:
        if isinstance(piece, Field):
            meaning = piece.meaning
            if meaning in taken or (piece.yields and meaning in sure):
                is_text = piece.is_text or MEANINGS[meaning] in (TEXT, USER_NAME)
                piece = Field("ignored", piece.time_format, is_text, piece.pattern)
            else:
                taken.add(meaning)
        yield piece


def exact_pattern(grammar: Layout, *, is_lenient: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return the exact grammar as a regular expression and the meaning of each of its groups.

    If it `is_lenient`, values that a hit can lack may have any form. The expression is valid for
    RE2 and for Python's `re`; it is linear in the length of a line.
    """
    parts: list[str] = []
    groups: list[str] = []
    for index, piece in enumerate(grammar.pieces):
        if isinstance(piece, Literal):
            text = _escaped(piece.text)
            parts.append(text.replace(" ", " +") if grammar.is_spaced else text)
            continue
        value = _value_pattern(grammar, index, piece)
        if is_lenient and piece.meaning in OPTIONAL_MEANINGS:
            value += f"|{QUOTED_TEXT if _is_quoted(grammar, index) else UNREADABLE}"
        if piece.meaning == "ignored":
            parts.append(f"(?:{value})")
        else:
            parts.append(f"({value})")
            groups.append(piece.meaning)
    return "^" + "".join(parts) + (r"(?: .*)?$" if grammar.extras else "$"), tuple(groups)


@cache
def _compiled(grammar: Layout, *, is_lenient: bool = False) -> re.Pattern[str]:
    return re.compile(exact_pattern(grammar, is_lenient=is_lenient)[0], re.ASCII)


def _is_quoted(grammar: Layout, index: int) -> bool:
    """Return whether the piece at `index` is between double quotes."""
    pieces = grammar.pieces
    before = pieces[index - 1] if index else Literal("")
    after = pieces[index + 1] if index + 1 < len(pieces) else Literal("")
    return (
        isinstance(before, Literal)
        and isinstance(after, Literal)
        and before.text.endswith('"')
        and after.text.startswith('"')
    )


def _value_pattern(grammar: Layout, index: int, field: Field) -> str:
    if field.time_format and not field.pattern:
        return time_pattern(field.time_format)
    if field.shape:
        return f"(?:{field.shape})"
    if _is_quoted(grammar, index):
        return QUOTED_TEXT
    if field.meaning == "client_ip":
        return CLIENTS
    return TEXT if field.is_text else MEANINGS[field.meaning]


def time_pattern(time_format: str) -> str:
    """Return the regular expression of a time in `time_format`."""
    if time_format in PATTERN_OF_TIME:
        return PATTERN_OF_TIME[time_format]
    parts = re.split(r"%([A-Za-z])", time_format)
    literals = [_escaped(text) for text in parts[::2]]
    values = [STRPTIME[letter] for letter in parts[1::2]]
    return "".join(literal + value for literal, value in zip(literals, [*values, ""], strict=True))


def _escaped(text: str) -> str:
    return re.escape(text).replace(r"\ ", " ")
