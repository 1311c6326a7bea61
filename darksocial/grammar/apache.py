"""Apache's LogFormat directive as a layout.

Specification: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats
"""

import re
from collections.abc import Iterator

from darksocial.errors import UsageError
from darksocial.grammar.layout import STRPTIME, Field, Layout, Literal, Piece, layout

DIRECTIVE = re.compile(
    r"%[!\d,]*[<>]?(?:\{(?P<name>[^}]*)\})?(?P<letter>\^(?:FB|t[io])|[A-Za-z]|%)"
)
CLF_TIME = "%d/%b/%Y:%H:%M:%S %z"

PLAIN = {
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
HEADERS = {
    "referer": "referrer",
    "user-agent": "user_agent",
    "host": "host",
    "x-forwarded-for": "forwarded",
    "purpose": "purpose",
    "sec-purpose": "purpose",
    "x-purpose": "purpose",
    "x-moz": "purpose",
}
TEXTS = frozenset({"C", "e", "n", "o"})  # cookies, environment, notes, response headers
UNITS = {"us": "duration_us", "ms": "duration_ms", "s": "duration_s"}
TIME_WORDS = {
    "sec": "epoch_s",
    "msec": "epoch_ms",
    "usec": "epoch_us",
    "msec_frac": "%g",
    "usec_frac": "%f",
}
SHORTHANDS = {"%T": "%H:%M:%S", "%D": "%m/%d/%y", "%F": "%Y-%m-%d", "%R": "%H:%M", "%h": "%b"}


def compile_apache(directive: str, extras: bool = False) -> Layout:
    """Return the layout of a LogFormat string such as `%h %l %u %t "%r" %>s %b`.

    Quotes may be written as in the configuration file (`\\"`) or plainly. Raises UsageError for
    a directive without a time, or with a time format that cannot be read back.
    """
    text = directive.replace(r"\"", '"').replace(r"\t", "\t")
    return layout(_pieces(text), extras)


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for match in DIRECTIVE.finditer(text):
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
        meaning = HEADERS.get((name or "").lower(), "ignored")
        yield Field(meaning, is_text=True)
    elif letter in TEXTS:
        yield Field("ignored", is_text=True)
    elif letter == "T" and name:
        yield Field(UNITS.get(name, "ignored"))
    elif letter == "a" and name:
        yield Field("ignored")
    else:
        yield Field(PLAIN.get(letter, "ignored"))


def _time(name: str | None) -> Iterator[Piece]:
    if not name:
        yield from (Literal("["), Field("time", CLF_TIME), Literal("]"))
        return
    name = name.removeprefix("begin:").removeprefix("end:")
    yield Field("time", TIME_WORDS.get(name) or strptime_format(name))


def strptime_format(text: str) -> str:
    """Return a strftime format with its shorthands (`%T`, `%F` ...) written out.

    Raises UsageError for a specifier that no time can be read back from.
    """
    for short, long in SHORTHANDS.items():
        text = text.replace(short, long)
    unknown = sorted(set(re.findall(r"%(.)", text)) - set(STRPTIME))
    if unknown:
        raise UsageError(
            f"the time format {text!r} uses %{unknown[0]}",
            expected="one of " + " ".join(f"%{letter}" for letter in STRPTIME),
        )
    return text
