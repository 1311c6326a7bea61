"""Apache's LogFormat directive as a layout.

Specification: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats
"""

import re
from collections.abc import Iterator

from darksocial.errors import UsageError
from darksocial.grammar.headers import client_headers, country_headers
from darksocial.grammar.layout import (
    COMMON_LOG_TIME,
    STRPTIME,
    Field,
    Layout,
    Literal,
    Piece,
    layout,
)
from darksocial.language import gettext as _

SPECIFIER = re.compile(
    r"%[!\d,]*(?P<which>[<>]?)(?:\{(?P<name>[^}]*)\})?(?P<letter>\^(?:FB|t[io])|[A-Za-z]|%)"
)

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
    **dict.fromkeys(client_headers(), "forwarded"),
    **dict.fromkeys(country_headers(), "country"),
    "referer": "referrer",
    "user-agent": "user_agent",
    "host": "host",
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
TIME_SHORTHANDS = {
    "%c": "%a %b %e %H:%M:%S %Y",
    "%D": "%m/%d/%y",
    "%F": "%Y-%m-%d",
    "%h": "%b",
    "%R": "%H:%M",
    "%r": "%I:%M:%S %p",
    "%T": "%H:%M:%S",
    "%X": "%H:%M:%S",
    "%x": "%m/%d/%y",
}
"""strftime's shorthands, in the locale C (https://pubs.opengroup.org/onlinepubs/9799919799/)."""
EPOCH_BY_STRFTIME = "%s"
# Tomcat takes a pattern of Java's SimpleDateFormat, which has no percent signs:
# https://tomcat.apache.org/tomcat-10.1-doc/config/valve.html#Access_Logging
JAVA_LETTERS = re.compile(r"'([^']*)'|([A-Za-z])\2*")
STRPTIME_OF_JAVA = {
    "d": "%d",
    "M": "%m",
    "MMM": "%b",
    "MMMM": "%B",
    "y": "%Y",
    "yy": "%y",
    "yyyy": "%Y",
    "H": "%H",
    "h": "%I",
    "m": "%M",
    "s": "%S",
    "SSS": "%g",
    "E": "%a",
    "EEEE": "%A",
    "a": "%p",
    "Z": "%z",
    "X": "%z",
    "z": "%Z",
}


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
        yield from _piece(match["letter"], match["name"], match["which"])
        end = match.end()
    if end < len(text):
        yield Literal(text[end:])


def _piece(letter: str, name: str | None, which: str = "") -> Iterator[Piece]:
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
        # `%s` is the status before an internal redirect, `%>s` the one that was sent.
        yield Field(FIELD_OF_LETTER.get(letter, "ignored"), yields=letter == "s" and which != ">")


def _time(name: str | None) -> Iterator[Piece]:
    if not name:
        yield from (Literal("["), Field("time", COMMON_LOG_TIME), Literal("]"))
        return
    name = name.removeprefix("begin:").removeprefix("end:")
    if name == EPOCH_BY_STRFTIME:
        name = "sec"
    yield Field("time", FORMAT_OF_TIME_WORD.get(name) or strptime_format(name))


def strptime_format(text: str) -> str:
    """Return a strftime format with its shorthands (`%T`, `%F` ...) written out.

    A pattern without percent signs is one of Java's SimpleDateFormat. Raises UsageError for a
    specifier from which no time can be read back.
    """
    if "%" not in text:
        text = JAVA_LETTERS.sub(_of_java, text)
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


def _of_java(match: re.Match[str]) -> str:
    """Return a run of letters of SimpleDateFormat, or a text in apostrophes, for strptime."""
    if match[1] is not None:
        return match[1] or "'"
    run = match[0]
    longest = (run[:length] for length in range(len(run), 0, -1))
    return next((STRPTIME_OF_JAVA[part] for part in longest if part in STRPTIME_OF_JAVA), run)
