"""Apache's LogFormat directive as a layout.

Specification: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats
"""

import re
from collections.abc import Iterator

from darksocial.errors import UsageError
from darksocial.grammar.layout import STRPTIME, Field, Layout, Literal, Piece, layout
from darksocial.language import gettext as _

SPECIFIER = re.compile(
    r"%[!\d,]*[<>]?(?:\{(?P<name>[^}]*)\})?(?P<letter>\^(?:FB|t[io])|[A-Za-z]|%)"
)
COMMON_LOG_TIME = "%d/%b/%Y:%H:%M:%S %z"

FIELD_OF_LETTER = {
    "h": "client_ip",
    "a": "client_ip",
    "v": "host",
    "V": "host",
    "u": "user",
    "r": "request",
    "m": "method",
    "U": "path",
    "q": "query",
    "s": "status",
    "b": "bytes",
    "B": "bytes",
    "O": "bytes",
    "D": "duration_us",
    "T": "duration_s",
}
FIELD_OF_HEADER = {
    "referer": "referrer",
    "user-agent": "user_agent",
    "host": "host",
    "x-forwarded-for": "forwarded",
    "purpose": "purpose",
    "sec-purpose": "purpose",
    "x-purpose": "purpose",
    "x-moz": "purpose",
}
# Cookies, environment, notes and response headers: their values may hold spaces.
LETTERS_OF_TEXTS = frozenset({"C", "e", "n", "o"})
DURATION_OF_UNIT = {"us": "duration_us", "ms": "duration_ms", "s": "duration_s"}
FORMAT_OF_TIME_WORD = {
    "sec": "epoch_s",
    "msec": "epoch_ms",
    "usec": "epoch_us",
    "msec_frac": "%g",
    "usec_frac": "%f",
}
TIME_SHORTHANDS = {"%T": "%H:%M:%S", "%D": "%m/%d/%y", "%F": "%Y-%m-%d", "%R": "%H:%M", "%h": "%b"}


def compile_apache(directive: str, extras: bool = False) -> Layout:
    """Return the layout of a LogFormat string such as `%h %l %u %t "%r" %>s %b`.

    Quotes may be written as in the configuration file (`\\"`) or plainly. Raises UsageError for
    a directive without a time, or with a time format that cannot be read back.
    """
    text = directive.replace(r"\"", '"').replace(r"\t", "\t")
    return layout(_pieces(text), extras)


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for match in SPECIFIER.finditer(text):
        if match.start() > end:
            yield Literal(text[end : match.start()])
        yield from _piece(match["letter"], match["name"])
        end = match.end()
    if end < len(text):
        yield Literal(text[end:])


def _piece(letter: str, name: str | None) -> Iterator[Piece]:
    if letter == "%":
        yield Literal("%")
    elif letter == "t":
        yield from _time(name)
    elif letter == "i":
        meaning = FIELD_OF_HEADER.get((name or "").lower(), "ignored")
        yield Field(meaning, is_text=True)
    elif letter in LETTERS_OF_TEXTS:
        yield Field("ignored", is_text=True)
    elif letter == "T" and name:
        yield Field(DURATION_OF_UNIT.get(name, "ignored"))
    elif letter == "a" and name:
        yield Field("ignored")
    else:
        yield Field(FIELD_OF_LETTER.get(letter, "ignored"))


def _time(name: str | None) -> Iterator[Piece]:
    if not name:
        yield from (Literal("["), Field("time", COMMON_LOG_TIME), Literal("]"))
        return
    name = name.removeprefix("begin:").removeprefix("end:")
    yield Field("time", FORMAT_OF_TIME_WORD.get(name) or strptime_format(name))


def strptime_format(text: str) -> str:
    """Return a strftime format with its shorthands (`%T`, `%F` ...) written out.

    Raises UsageError for a specifier from which no time can be read back.
    """
    for short, long in TIME_SHORTHANDS.items():
        text = text.replace(short, long)
    unknown = sorted(set(re.findall(r"%(.)", text)) - set(STRPTIME))
    if unknown:
        raise UsageError(
            _("The time format {text!r} uses {specifier}, from which no time can be read.").format(
                text=text, specifier=f"%{unknown[0]}"
            ),
            expected=_("one of {names}").format(
                names=" ".join(f"%{letter}" for letter in STRPTIME)
            ),
        )
    return text
